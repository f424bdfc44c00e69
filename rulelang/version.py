"""The version of rulelang."""

__version__ = "0.1.0"
