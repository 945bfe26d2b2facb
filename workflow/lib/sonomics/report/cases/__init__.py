"""Single cases on the page: table, example pictures, decisions, case text, and the page that may be shared."""
