"""What people read after a run: summaries, tables and charts."""
