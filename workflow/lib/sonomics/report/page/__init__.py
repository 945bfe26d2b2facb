"""What the page is made of: sections, tables, figures, numbers, embedded data."""
