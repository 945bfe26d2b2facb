"""The typed settings of a study: one module a phase, the source of the schema and of docs/parameters.md."""
