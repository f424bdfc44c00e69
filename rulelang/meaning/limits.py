"""Limits of fields and outcomes, and which types can be combined how."""

from __future__ import annotations

from datetime import datetime, time

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.constants import constant
from rulelang.meaning.vocabulary import type_word
from rulelang.syntax import tree as t
from rulelang.vocabulary.declarations import Value
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Type, is_numeric


def limit(name: str, type_: Type, written: t.Expression, kind: str) -> tuple[Value | None, tuple[Diagnostic, ...]]:
    """The value of a limit (``at_least`` or ``at_most``) of something called ``name``, or None with what is wrong."""
    facts = {"name": name, "type": type_word(type_)}
    if not is_numeric(type_) and not isinstance(type_, Date | DateTime | Length):
        return None, (Diagnostic("cap-type", written.span, facts),)
    found = constant(written, type_)
    if found is not None:
        return found[0], ()
    if isinstance(type_, DateTime) and isinstance(written, t.DateLiteral):
        # A limit that is a day takes all of it in.
        return datetime.combine(written.value, time.min if kind == "at_least" else time.max), ()
    code = "not-numeric" if is_numeric(type_) else "not-a-date"
    return None, (Diagnostic(code, written.span, facts),)


def policy_fits(policy: str, type_: Type) -> bool:
    """Whether values of a type can be combined so."""
    if policy == "sum":
        return is_numeric(type_) or isinstance(type_, Length)
    if policy in ("highest", "lowest"):
        ordered = isinstance(type_, Choice) and type_.ordered
        return ordered or is_numeric(type_) or isinstance(type_, Date | DateTime | Length)
    return True


def unfit_date(type_: ListOf, span: Span) -> tuple[Diagnostic, ...]:
    """What is wrong with the date that a list goes by: it has to be one of the fields, and a date."""
    name = type_.dated_by
    if name is None or isinstance(type_.field_type(name), Date | DateTime):
        return ()
    found = type_.field_type(name)
    if found is None:
        names = [each for key, label, _ in type_.fields for each in (key, label) if each]
        return (Diagnostic("unknown-name", span, {"name": name}, nearest(name, names)),)
    return (Diagnostic("not-a-date", span, {"name": name, "type": type_word(found)}),)
