"""Positions in a source text, and messages about it in English and Chinese."""
