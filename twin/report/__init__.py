"""How people see a study: figures, tables, the page and the memo."""
