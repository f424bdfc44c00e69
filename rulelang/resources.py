"""Finds the grammars and rulesets that ship with the package.

An installed wheel carries them inside the package (``rulelang/_bundled``); in a checkout they stand beside it.
"""

from pathlib import Path

__all__ = ["grammars", "rulesets"]

_PACKAGE = Path(__file__).resolve().parent


def grammars() -> Path:
    """Returns the folder of grammar files and word tables."""
    return _folder("grammars")


def rulesets() -> Path:
    """Returns the folder that holds one folder per shipped ruleset."""
    return _folder("rulesets")


def _folder(name: str) -> Path:
    """Returns the bundled copy of a shipped folder, or the checkout's.

    Raises FileNotFoundError when neither is there, which means a damaged installation.
    """
    for candidate in (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"rulelang is not installed completely: its folder “{name}” is missing; reinstall it")
