"""The heads of the records in an example: a field of the records, or what is expected of them (``expect alert``)."""

from __future__ import annotations

from rulelang.syntax.fold import fold
from rulelang.syntax.words import load_words


def expected_part(head: str) -> str | None:
    """The outcome that is expected under a head: ``expect alert``, 应为 预警; None where it says no such thing."""
    words = load_words()
    folded = fold(head, words.traditional).key
    phrases = {each for table in words.all_phrases.values() for each in table.get("EXPECT", ())}
    for phrase in sorted(phrases, key=len, reverse=True):
        rest = head[len(phrase) :]
        apart = not phrase.isascii() or rest[:1] in " :\t"
        if folded.startswith(phrase) and rest.strip(_GAP) and apart:
            return rest.strip(_GAP)
    return None


_GAP = " \t:：\u3000"
