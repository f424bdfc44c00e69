"""Which columns may be meant by a field that has none: slips of the pen, and titles that say it in other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from rulelang.diagnostics.nearest import nearest
from rulelang.values.text import near_key
from rulelang.vocabulary.declarations import Field

_WORD = re.compile(r"[a-z]+|[0-9]+[a-z]*|[\u4e00-\u9fff]+")
_SAME = {
    **dict.fromkeys(("order", "orders", "purchase", "purchases", "bought"), "order"),
    **dict.fromkeys(("revenue", "sales", "turnover", "spend", "spent", "spending"), "spend"),
    **dict.fromkeys(("phone", "mobile", "telephone", "tel"), "phone"),
    **dict.fromkeys(("id", "no", "number", "nr"), "id"),
    **dict.fromkeys(("income", "earnings"), "income"),
}
# Words that many titles have, and that alone make nothing the same.
_COMMON = frozenset({"total", "date", "day", "of", "the", "in", "on", "is", "has"})
_TIMES = frozenset({"first", "last", "latest", "next", "previous"})
_SLIP = 0.75


def likely_columns(field: Field, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns, the likeliest first."""
    names = [each for each in (field.name, field.label) if each]
    said = [column for column in columns if any(_words(name) == _words(column) for name in names)]
    close = [near for name in names for near in nearest(name, columns) if _is_slip(name, near) or _share(name, near)]
    return tuple(dict.fromkeys((*said, *close)))


def _words(title: str) -> frozenset[str]:
    found = _WORD.findall(near_key(title.replace("_", " ").replace("-", " ")))
    return frozenset(_SAME.get(each, each) for each in _parted(title, found)) - _COMMON or frozenset({title})


def _parted(title: str, found: Iterable[str]) -> list[str]:
    """The words of a title; where its key has lost the spaces, those of the title itself."""
    words = re.split(r"[\s_\-./]+", title.strip().lower())
    return [each for each in words if each] if len(words) > 1 else list(found)


def _share(name: str, column: str) -> bool:
    """Whether both have a word in common that says what it is about, not only when."""
    common = _words(name) & _words(column)
    return any(not each[0].isdigit() and each not in _TIMES for each in common)


def _is_slip(name: str, column: str) -> bool:
    left, right = (near_key(each).replace("_", "").replace(" ", "") for each in (name, column))
    chinese = not left.isascii() and not right.isascii()
    return chinese or SequenceMatcher(None, left, right).ratio() >= _SLIP
