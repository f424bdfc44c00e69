"""Text to tree and back: parsing rule files, formatting trees."""
