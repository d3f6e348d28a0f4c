"""The words of the grammar: one module of tables for each kind of recipe."""
