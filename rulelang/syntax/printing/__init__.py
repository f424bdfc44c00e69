"""From the syntax tree back to text: one layout in either language."""
