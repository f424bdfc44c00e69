"""Business rules in plain English and Chinese: read like prose, decided exactly, explained."""

__version__ = "0.1.0"
