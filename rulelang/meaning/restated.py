"""A base whose amounts are in another currency: ``extends "retail/tiers" in EUR``. The figures stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

import attrs

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.meaning.constants import constant
from rulelang.syntax import statements as s
from rulelang.syntax.printing.expressions import print_one
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import load_words
from rulelang.vocabulary.types import Money

Node = TypeVar("Node")

_MOST_LISTED = 12


def currencies_of(node: object) -> Iterator[str]:
    """The currencies of types and amounts in statements, in their order."""
    if isinstance(node, tuple | list):
        for each in node:
            yield from currencies_of(each)
    elif attrs.has(type(node)) and not isinstance(node, Span | Source):
        own = getattr(node, "currency", None)
        if isinstance(own, str):
            yield own
        for name in _names(type(node)):
            yield from currencies_of(getattr(node, name))


def restated(node: Node, old: str, new: str) -> Node:
    """Statements with one currency in the place of another."""
    found: Any = node
    if type(found) is tuple:
        parts: Any = tuple(restated(each, old, new) for each in found)
        found = found if all(a is b for a, b in zip(parts, found, strict=True)) else parts
        return cast(Node, found)
    if not attrs.has(type(found)) or isinstance(found, Span | Source):
        return node
    changes: dict[str, Any] = {}
    for name in _names(type(found)):
        before = getattr(found, name)
        after = new if name == "currency" and before == old else restated(before, old, new)
        if after is not before:
            changes[name] = after
    return cast(Node, attrs.evolve(found, **changes) if changes else found)


def _names(kind: type) -> tuple[str, ...]:
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(each.name for each in attrs.fields(kind) if each.init and each.name != "span")
    return names


_FIELDS: dict[type, tuple[str, ...]] = {}  # what classes have, which never changes


def one_currency(statement: s.ExtendsStatement, nodes: object) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The currency that the amounts of a base are in; none where it has no amounts, or amounts in several currencies,
    which can't be restated in one.
    """
    own = tuple(dict.fromkeys(currencies_of(nodes)))
    if len(own) == 1:
        return own[0], ()
    facts = {"base": statement.path, "currency": statement.currency}
    if not own:
        return None, (Diagnostic("base-without-amounts", statement.span, facts),)
    return None, (Diagnostic("base-currency", statement.span, {**facts, "currencies": own}),)


def kept_figures(
    statement: s.ExtendsStatement, base: Iterable[s.Statement], own: Iterable[s.Statement]
) -> Diagnostic | None:
    """The thresholds whose figures are still those of the base, though their currency is another one."""
    anew = {name for each in own if isinstance(each, s.ThresholdStatement) for name in (each.name.text, each.label)}
    kept: dict[str, str] = {}
    first: s.ThresholdStatement | None = None
    for each in base:
        if not isinstance(each, s.ThresholdStatement) or {each.name.text, each.label} & (anew - {None}):
            continue
        value = constant(each.value)
        if value is not None and isinstance(value[1], Money) and value[0] != 0:
            kept[each.name.text] = each.label or each.name.text
            first = first or each
    if first is None:
        return None
    facts: Mapping[str, Any] = {
        "base": statement.path,
        "currency": statement.currency,
        "names": tuple(kept)[:_MOST_LISTED],
        "names_zh": tuple(kept.values())[:_MOST_LISTED],
        "example": _written(first, "en"),
        "example_zh": _written(first, "zh"),
    }
    return Diagnostic("base-figures-kept", statement.span, facts)


def _written(threshold: s.ThresholdStatement, lang: str) -> str:
    name = threshold.label if lang == "zh" and threshold.label else threshold.name.text
    value = print_one(threshold.value, Speller.of(load_words(), lang))
    return f"阈值{name}＝{value}" if lang == "zh" else f"threshold {name} = {value}"


__all__ = ["Node", "kept_figures", "one_currency", "restated"]
