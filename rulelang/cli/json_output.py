"""What commands print with ``--format json``: an object whose first key, ``format``, counts up when a key changes its
meaning or goes; new keys may come at any time. ``schemas`` beside this file has a JSON schema of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source

FORMAT = 1

_FOLDER = Path(__file__).with_name("schemas")


def versioned(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts under the number of their format."""
    return {"format": FORMAT, **facts}


def as_json(facts: Mapping[str, Any]) -> str:
    """The text that a command prints; a number is a number, be it whole or not, with all its decimals."""
    mark = uuid4().hex

    def marked(value: object) -> str:
        if not isinstance(value, Decimal):
            raise TypeError(f"{type(value).__name__} has no form in JSON")
        return f"{mark}{value:f}"

    text = json.dumps(versioned(facts), ensure_ascii=False, indent=2, default=marked)
    return re.sub(rf'"{mark}([-.0-9]+)"', r"\1", text)  # json would write it as a float, with other digits


def failure_json(exit_code: int, diagnostics: Sequence[Diagnostic], sources: Sequence[Source], lang: str) -> str:
    """What a command prints that could not do its work."""
    from rulelang.diagnostics.export import to_json

    return as_json({"exit_code": exit_code, **to_json(diagnostics, sources, lang)})


def schemas() -> tuple[str, ...]:
    """The names of all schemas: those of commands, and of outputs that differ by what was asked."""
    return tuple(sorted(each.stem for each in _FOLDER.glob("*.json")))


def schema(name: str) -> dict[str, Any]:
    """A JSON schema. Raises FileNotFoundError where there is none of that name."""
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return found
