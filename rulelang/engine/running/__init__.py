"""Deciding for every row: reads, decides, writes, counts."""
