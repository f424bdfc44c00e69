"""What rules are called where somebody reads of them."""

from __future__ import annotations

import re

from rulelang.explain.words import in_language
from rulelang.model.program import Model

ELSE_WORD = {"en": "else", "zh": "默认"}
_UNNAMED = re.compile(r"((?:.*, )?)line (\d+)")


def rule_name(model: Model, name: str, language: str) -> str:
    """A rule's name as a reader of the language knows it."""
    if name == "else":
        return ELSE_WORD[language]
    if language == "zh" and (line := _UNNAMED.fullmatch(name)):
        return f"{line[1]}第{line[2]}行"
    label = next((each.label for each in model.rules if each.name == name), None)
    return in_language(name, label, language)
