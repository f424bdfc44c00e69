"""Values that messages and explanations don't show unless asked to."""

from __future__ import annotations

from typing import Any

from rulelang.vocabulary.declarations import Field

HIDDEN = "***"


def shown(field: Field, value: Any, reveal: bool = False) -> Any:
    """A value as it may be shown: stars for a personal or sensitive field, unless ``reveal``; None stays None."""
    return HIDDEN if field.privacy and not reveal and value is not None else value
