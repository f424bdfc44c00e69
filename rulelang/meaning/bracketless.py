"""Names that nobody declared and that are a condition on records run into the name of their list: 状态为退货的订单."""

from __future__ import annotations

import re

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.meaning.vocabulary import Vocabulary
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import ListOf

_COMPARED = re.compile("为|是|等于|超过|不足|不低于|不超过|缺失|属于|=|＝|>|<")


def without_brackets(node: t.Name, vocabulary: Vocabulary) -> Diagnostic | None:
    """``brackets-missing`` where a name speaks of a field of the list that it ends or begins with."""
    for field in vocabulary.fields.values():
        if not isinstance(field.type, ListOf):
            continue
        parts = [each for key, label, _ in field.type.fields for each in (key, label) if each]
        for name in (each for each in (field.name, field.label, field.type.element) if each):
            for pattern, written in _SHAPES:
                match = re.fullmatch(pattern.format(re.escape(name)), node.text)
                said = "" if match is None else match["said"]
                if match is not None and any(each in said for each in parts) and _COMPARED.search(said):
                    facts = {"found": said, "written": written.format(**match.groupdict(""))}
                    return Diagnostic("brackets-missing", node.span, facts)
    return None


_SHAPES = (
    ("(?P<said>.+)的(?P<list>{0})(?P<rest>的.+)?", "（{said}）的{list}{rest}"),
    ("(?P<list>.*{0})(?P<rest>都?满足)(?P<said>.+)", "{list}{rest}（{said}）"),
)


__all__ = ["without_brackets"]
