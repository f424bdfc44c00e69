"""How JSON is read here: numbers exact, NaN missing, a key twice refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from rulelang.diagnostics.diagnostic import Diagnostic


class NotJson(ValueError):  # noqa: N818 - it names what was found
    """A text is no JSON that can be used; ``finding`` says why, to be completed with the row."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_json(text: str) -> Any:
    """The value of a JSON text, decimals as Decimal.

    Raises NotJson: ``broken-json``, ``duplicate-key`` or ``too-deep``.
    """
    try:
        value = _DECODER.decode(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(Diagnostic("broken-json", facts={"line": error.lineno, "at": error.colno})) from error
    except RecursionError as error:
        raise NotJson(Diagnostic("too-deep")) from error
    except (ValueError, ArithmeticError) as error:  # half a surrogate pair, an integer of more than 4,300 digits
        raise NotJson(Diagnostic("broken-json")) from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(each for each in names if names.count(each) > 1)
        raise NotJson(Diagnostic("duplicate-key", facts={"key": twice}))
    return found


def _constant(word: str) -> object:
    """NaN is missing; the infinities stay words, which no number field takes."""
    return None if word == "NaN" else word


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant)
