"""Finds the grammars and rulesets that ship with the package.

An installed wheel carries them inside the package (``rulelang/_bundled``); in a checkout they stand beside
it. The folders hold plain files, so callers read them with ``pathlib``.
"""

from pathlib import Path

__all__ = ["grammars", "rulesets"]

_PACKAGE = Path(__file__).resolve().parent


def grammars() -> Path:
    """Returns the folder of grammar files and word tables. Raises FileNotFoundError where it is missing."""
    return _folder("grammars")


def rulesets() -> Path:
    """Returns the folder of shipped rulesets. Raises FileNotFoundError where it is missing."""
    return _folder("rulesets")


def _folder(name: str) -> Path:
    """Returns the bundled copy of a folder, or the checkout's; neither means a damaged installation."""
    for candidate in (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"rulelang is damaged: its folder “{name}” is missing; install it again")
