"""What sets a group apart, in words: ``spend_12m high, last_order recent``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rulelang.grouping.measures import Measure
from rulelang.vocabulary.types import Choice

_MOST_NAMED = 3
_NOTABLE = 0.3  # deviations from the mean of all

_WORDS = {
    "en": {
        "number": ("{field} low", "{field} high"),
        "rank": ("{field} low", "{field} high"),
        "age": ("{field} recent", "{field} long ago"),
        "yes": ("{field} mostly no", "{field} mostly yes"),
        "member": ("", "{field} mostly {member}"),
        "": ("in the middle", "in the middle"),
    },
    "zh": {
        "number": ("{field}偏低", "{field}偏高"),
        "rank": ("{field}偏低", "{field}偏高"),
        "age": ("{field}较近", "{field}较久"),
        "yes": ("{field}多为否", "{field}多为是"),
        "member": ("", "{field}多为{member}"),
        "": ("居中", "居中"),
    },
}
_COMMA = {"en": ", ", "zh": "、"}


def distinction(measures: Sequence[Measure], deviations: Sequence[Any], language: str) -> str:
    """The few measures in which a group differs most from all, each with the side on which it lies.

    ``deviations`` are the means of the group, in deviations from the mean of all.
    """
    order = sorted(range(len(measures)), key=lambda place: -abs(deviations[place]))
    words = [
        _word(measures[place], deviations[place] > 0, language) for place in order if abs(deviations[place]) >= _NOTABLE
    ]
    said = [each for each in words if each][:_MOST_NAMED]
    return _COMMA[language].join(said) or _WORDS[language][""][0]


def _word(measure: Measure, high: bool, language: str) -> str:
    member = measure.member
    if language == "zh" and isinstance(measure.field.type, Choice):
        found = measure.field.type.member(member)
        member = found.label or member if found is not None else member
    return _WORDS[language][measure.kind][int(high)].format(field=shown_name(measure, language), member=member)


def shown_name(measure: Measure, language: str) -> str:
    """The field for a reader of a language."""
    field = measure.field
    return field.label if language == "zh" and field.label else field.name
