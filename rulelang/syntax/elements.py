"""What one record of a list is called: ``order`` in English, 订单 (the list itself) in Chinese.

English has a word for one of them, ``any order has (…)``; Chinese says the list's name, 任一订单满足（…）. A file that
is put into the other language says it as that language does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from rulelang.syntax import statements as s
from rulelang.syntax import tree as t

Words = Mapping[str, str]


def words_for_one(statements: Iterable[s.Statement], chinese: bool) -> Words:
    """How one record of each list is said, by whatever the list is called; nothing for a word of two lists."""
    found: dict[str, set[str]] = {}
    for each in statements:
        if not isinstance(each, s.FieldStatement) or each.type.kind != "list":
            continue
        names = [word for word in (each.name, each.label, each.type.name) if word is not None]
        word = None if chinese else each.type.name
        if word is None:
            word = next((one for one in names if one.isascii() != chinese), None)
        for name in names:
            found.setdefault(name, set()).add(word or name)
    return {name: next(iter(words)) for name, words in found.items() if len(words) == 1}


def spoken_of(node: Any, words: Words) -> Any:
    """The tree with every record that is spoken of called so."""
    if not words:
        return node
    if isinstance(node, tuple):
        return tuple(spoken_of(each, words) for each in node)
    if not attrs.has(type(node)) or not type(node).__module__.startswith("rulelang.syntax"):
        return node
    changed = {
        each.name: spoken_of(getattr(node, each.name), words)
        for each in attrs.fields(type(node))
        if each.init and each.name != "span"
    }
    node = attrs.evolve(node, **changed)
    place = _PLACES.get(type(node))
    return node if place is None else attrs.evolve(node, **{place: _said(getattr(node, place), words.get)})


def _said(name: Any, word: Callable[[str], str | None]) -> Any:
    if isinstance(name, t.Name):
        said = word(name.text)
        return name if said is None else t.Name(said, span=name.span)
    return (word(name) or name) if isinstance(name, str) else name


# Where a word stands for one record.
_PLACES: Mapping[type, str] = {
    t.Quantified: "list",
    t.Gap: "list",
    s.ForEachStatement: "element",
    s.OutcomeStatement: "element",
    s.RuleStatement: "element",
    s.TableStatement: "element",
    s.Action: "element",
}

__all__ = ["Words", "spoken_of", "words_for_one"]
