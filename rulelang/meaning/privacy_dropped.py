"""Fields that a file declares anew and that were personal or sensitive where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.syntax import statements as s
from rulelang.syntax.parse import declared_names

_PRIVATE = ("personal", "sensitive")


def privacy_dropped(elsewhere: Iterable[s.Statement], own: Iterable[s.Statement]) -> Iterator[Diagnostic]:
    """``privacy-dropped`` for each field of ``own`` that says neither where its declaration ``elsewhere`` says one."""
    before = {name: each for each in elsewhere if isinstance(each, s.FieldStatement) for name in declared_names(each)}
    for statement in own:
        if not isinstance(statement, s.FieldStatement) or _privacy(statement) is not None:
            continue
        base = next((before[name] for name in declared_names(statement) if name in before), None)
        if base is not None and (kind := _privacy(base)) is not None:
            facts = {
                "field": statement.name,
                "kind": kind,
                "kind_zh": {"personal": "个人信息", "sensitive": "敏感信息"}[kind],
            }
            labels = (Label("first-declared-here", base.span),)
            yield Diagnostic("privacy-dropped", statement.span, facts, labels=labels)


def _privacy(statement: s.FieldStatement) -> str | None:
    return next((each.kind for each in statement.attributes if each.kind in _PRIVATE), None)
