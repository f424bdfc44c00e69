"""The fingerprint of a ruleset: a hash of what it means.

Two files have the same fingerprint exactly when nothing that can decide a customer differs: wording (labels, notes,
reasons, names of rules), comments, file names and the language they are written in don't count; the entries of
lists, thresholds, the order of rules and how outcomes combine and the versions of plug-ins whose functions are
called do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from rulelang.model.contents import expressions, functions_called
from rulelang.model.expressions import And, Comparison, ElementRef, FieldRef, Literal, Lookup, Named
from rulelang.model.program import Assignment, Branch, Header, Model, Requirement, Rule
from rulelang.model.walking import parts
from rulelang.values.durations import Duration
from rulelang.values.numbers import show_number
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.lookups import is_dated
from rulelang.vocabulary.types import Choice, ListOf, Member

SHOWN = 16

# What each class says about the meaning; a class that isn't named here counts with all its attributes.
MEANING: Mapping[type, tuple[str, ...]] = {
    Header: ("valid_from", "valid_until"),
    Field: ("name", "type", "may_be_blank", "at_least", "at_most", "missing_values"),
    Outcome: ("name", "type", "policy", "last_resort", "when_missing", "at_least", "at_most"),
    Threshold: ("name", "type", "value", "dated"),
    ReferenceList: ("name", "values"),
    Member: ("key",),
    Rule: ("branches", "priority", "valid_from", "valid_until"),
    Branch: ("condition", "assignments"),
    Assignment: ("outcome", "value", "at_least", "at_most"),
    Requirement: ("condition",),
    Function: ("name", "plugin", "version"),
    ElementRef: ("list", "name"),
}


def fingerprint(model: Model) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a model's meaning."""
    parts = (
        model.header,
        _by_name(model.fields),
        _by_name(model.outcomes),
        _by_name(model.thresholds),
        _by_name(model.lists),
        tuple(rule for rule in model.rules if not rule.switched_off),
        tuple(model.requirements),
        *((tuple(model.measures),) if model.measures else ()),
        *((cells,) if (cells := tables(model)) else ()),
        *((called,) if model.functions and (called := _called(model)) else ()),
        *((_by_name(model.record_outcomes),) if model.record_outcomes else ()),
        *((model.working_days,) if model.working_days is not None else ()),
    )
    return hashlib.sha256(_text(parts).encode()).hexdigest()[:SHOWN]


def tables(model: Model) -> tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...]:
    """All cells of the tables in which values are looked up, and of lists whose rows carry dates."""
    if not model.lists:
        return ()
    read = {each.table for outermost in expressions(model) for each in parts(outermost) if isinstance(each, Lookup)} | {
        name for name, each in model.lists.items() if is_dated(each)
    }
    return tuple((name, model.lists[name].columns, model.lists[name].rows) for name in sorted(read))


def _called(model: Model) -> tuple[Function, ...]:
    return tuple(model.functions[each] for each in functions_called(model))


def meaning(part: object) -> str:
    """A text that two parts of models share exactly when they mean the same: rules, branches, declarations."""
    return _text(part)


def _by_name(declared: Mapping[str, object]) -> tuple[object, ...]:
    """Declarations in an order of their own: where they stand in the file means nothing."""
    return tuple(declared[name] for name in sorted(declared))


def _text(part: object) -> str:
    """One spelling per meaning; tags and brackets keep different structures apart."""
    kind = type(part)
    if kind is str:
        return f"{len(part)}:{part}"  # type: ignore[arg-type]  # it is one
    if kind is tuple:
        return f"[{','.join([_text(each) for each in part])}]"  # type: ignore[attr-defined]  # it is one
    if kind in _SPELLED:
        return f"{kind.__name__}({','.join([_text(getattr(part, name)) for name in _SPELLED[kind]])})"
    match part:
        case Named():
            return _text(part.operand)
        case Comparison(operator="=", left=asked, right=Literal(value=True)):
            return _text(asked)  # "vip is yes" asks what "vip" asks
        case Choice():
            return f"Choice({_text(part.keys() if part.ordered else tuple(sorted(part.keys())))},{part.ordered})"
        case ListOf():
            fields = tuple((name, type_) for name, _, type_ in part.fields)
            # Which date its windows use is told by each window.
            limits = f",{_text(part.limits)}" if part.limits else ""
            return f"ListOf({_text(part.element)},{_text(fields)},{_text(part.complete_from)}{limits})"
        case Duration():
            return f"{part.amount} {part.unit}"
        case bool() | None:
            return str(part)
        case int() | Decimal():
            return f"number {show_number(part)}"
        case str():
            return f"{len(part)}:{part}"
        case date():
            return part.isoformat()
        case frozenset():
            return f"{{{','.join(_text(each) for each in sorted(part))}}}"
        case tuple():
            return f"[{','.join(map(_text, part))}]"
    if attrs.has(kind):
        return f"{kind.__name__}({','.join([_text(getattr(part, name)) for name in _names(kind)])})"
    raise TypeError(f"{kind.__name__} has no place in a fingerprint")


def _names(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    """What a class says about the meaning. The type of an expression follows from the declarations it rests on."""
    everything = (each.name for each in attrs.fields(kind) if each.eq and each.name != "type")
    return MEANING.get(kind) or tuple(everything)


# The classes a large ruleset is mostly made of, which are spelled as they are.
_SPELLED = {kind: _names(kind) for kind in (FieldRef, Literal, And, Rule, Branch, Assignment)}
