"""The project's SQLite file: one module per table, one short-lived connection per operation."""
