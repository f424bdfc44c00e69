"""From a place where a statement stopped making sense to the finding a user reads. Never the parser's own names.

Each small function looks for one kind of mistake; the first that recognises it gives the finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax.drive import MAX_DEPTH, Drive
from rulelang.syntax.expected import expected_words, near_names, near_words, unit_words
from rulelang.syntax.fault import Fault
from rulelang.syntax.literals import number_value
from rulelang.syntax.missing import what_is_missing
from rulelang.syntax.natural import said_naturally
from rulelang.syntax.spaced import spaces_within

_CONDITIONAL = ("rule", "replace", "for_each")
_GROUPS = re.compile(r"\d+(?:[,，]\d+)+")
_FIGURES_FOLLOW = re.compile(r"[,，]\d")
_THREE_FIGURES_FOLLOW = re.compile(r"，\d{3}(?!\d)")
_BEFORE_OR_AFTER = re.compile("之?前|以前|之?后|以后|before|after", re.IGNORECASE)
_ACTION = re.compile(r"[^=]+=|[^为]+为|tag\b|add\b|打标签", re.IGNORECASE)
_SWALLOWED = re.compile("([^为是]+)([为是])([^为是]*)")
_UNITS_OF_A_RANGE = frozenset({*unit_words(), "CNY", "USD", "EUR", "GBP", "HKD", "JPY"})
_QUOTED = re.compile('["“「『][^"“”「」『』\n]*["”」』]')
_WORD = re.compile("[a-z_][a-z0-9_]*")
_LONGEST_SHOWN = 30
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_FAR = 20  # characters around a place in which a slip is looked for
_QUOTES = tuple("\"'“”‘’「『")
_TOO_MUCH = ("nesting-too-deep", "too-many-terms")
_NOT_ABOUT_A_WORD = frozenset({"text", "end", "unclosed-text", "unclosed-name", "empty-name", *_TOO_MUCH})


def failure_diagnostic(source: Source, drive: Drive, names: Iterable[str] = ()) -> Diagnostic:
    """The finding for the failure of a pass over a statement. ``names`` are declared."""
    fault = Fault.of(source, drive, names)
    failure, words = fault.failure, fault.words
    for recognise in _MISTAKES:
        found = recognise(fault)
        if found is not None:
            return found
    shown = fault.found if len(fault.found) <= _LONGEST_SHOWN else fault.found[:_LONGEST_SHOWN] + "…"
    facts = {"found": shown, **expected_words(fault.expected, words, fault.language)}
    span = source.span(failure.position, max(failure.end, failure.position + 1))
    return Diagnostic("unexpected-text", span, facts, _near(fault))


def _near(fault: Fault) -> tuple[str, ...]:
    """What may have been meant: of a Chinese name that nobody declared another name, never a phrase of the language."""
    before, at = fault.failure.before, fault.failure.position
    known = fault.names
    if fault.found in known:
        return ()
    undeclared = before is not None and before.type in ("NAME", "NEW_NAME") and before.text not in known
    start = before.start if undeclared and before is not None else at
    run = _IDEOGRAPHS.match(fault.source.text, start, start + _FAR)
    near = () if run is None else near_names(run.group(), known)
    if not near and not undeclared:
        # A slip may have made a name begin like a phrase: 不足额 without its 额 is 不足.
        whole, place = _around(fault.source.text, at)
        if not any(name in whole[:place] for name in known):
            near = next(filter(None, (near_names(whole[shift:], known) for shift in range(place + 1))), ())
    if not near and not undeclared and fault.rest[:1] not in _QUOTES:
        near = near_words(fault.rest, fault.expected, fault.words)
    # What stands there already is no help.
    return tuple(each for each in near if not fault.source.text.startswith(each, start) and each != fault.found)


# --- the mistakes, in the order in which they are looked for ---


def _refused_word(fault: Fault) -> Diagnostic | None:
    """8折, 3月, 左右: the scanner met a word that is to be asked back about."""
    failure = fault.failure
    if failure.reason in _NOT_ABOUT_A_WORD:
        return None
    if failure.reason != "tenths-refused":
        return fault.diagnostic(failure.reason, text=fault.found, found=fault.found)
    tenths = number_value(fault.folded.key[failure.position : failure.end].rstrip("成").strip())
    percent = None if tenths is None else tenths[0] * 10
    return fault.diagnostic(failure.reason, found=fault.found, percent=percent)


def _too_deep(fault: Fault) -> Diagnostic | None:
    if fault.failure.reason not in _TOO_MUCH:
        return None
    return fault.diagnostic(fault.failure.reason, limit=MAX_DEPTH)


def _unclosed(fault: Fault) -> Diagnostic | None:
    """A text, a name in brackets or a group that is never closed."""
    failure, text = fault.failure, fault.source.text
    line_end = text.find("\n", failure.position)
    line_end = len(text) if line_end < 0 else line_end
    if failure.reason == "unclosed-text":
        return fault.diagnostic("unclosed-text", failure.position, line_end)
    if failure.reason == "unclosed-name":
        closing = "】" if fault.found == "【" else "]"
        return fault.diagnostic("unclosed-bracket", opening=fault.found, closing=closing)
    opened = _open_bracket(fault)
    ended = failure.reason == "end" or fault.begins("THEN") or "BULLET" in fault.expected
    if not ended or "RPAR" not in fault.expected or opened is None:
        return None
    closing = "）" if text[opened] == "（" else ")"
    return fault.diagnostic("unclosed-bracket", opened, opened + 1, opening=text[opened], closing=closing)


def _empty_name(fault: Fault) -> Diagnostic | None:
    return fault.diagnostic("empty-name") if fault.failure.reason == "empty-name" else None


def _missing_part(fault: Fault) -> Diagnostic | None:
    """No condition after ``if``, nothing to decide after ``then``."""
    if fault.before in ("IF", "OTHERWISE_IF") and (fault.begins("THEN") or fault.failure.reason == "end"):
        return _at_before(fault, "missing-condition")
    if fault.before == "THEN" and (fault.failure.reason == "end" or fault.begins("BECAUSE") or fault.begins("IF")):
        return _at_before(fault, "missing-conclusion")
    return None


def _digit_groups(fault: Fault) -> Diagnostic | None:
    """3，100元: one number with groups, or two?"""
    link, at = fault.failure.tokens, fault.failure.position
    while link is not None:
        token, link = link.token, link.before
        match = _GROUPS.match(fault.folded.half, token.start) if token.type == "NUMBER" else None
        figures = _FIGURES_FOLLOW if token.end == at else _THREE_FIGURES_FOLLOW
        if match is not None and figures.match(fault.folded.half, token.end):
            text = fault.source.text[token.start : match.end()]
            return fault.diagnostic("number-groups", token.start, match.end(), found=text)
    return None


def _comma(fault: Fault) -> Diagnostic | None:
    """A comma between two conditions, or instead of ``then``."""
    if fault.found not in (",", "，", "、") or not {"AND", "OR"} <= fault.expected:
        return None
    if fault.chunk.kind in _CONDITIONAL and "THEN" in fault.expected and not fault.says("THEN", fault.rest):
        return fault.diagnostic("missing-then")
    return fault.diagnostic("comma-between-conditions", found=fault.found)


def _bracket(fault: Fault) -> Diagnostic | None:
    if fault.found not in (")", "）") or _open_bracket(fault) is not None:
        return None
    return fault.diagnostic("unexpected-bracket")


def _bullets(fault: Fault) -> Diagnostic | None:
    if "BULLET" not in fault.expected or "NAME" in fault.expected or "TEXT_LITERAL" in fault.expected:
        return None
    return fault.diagnostic("bullet-expected", found=fault.found)


def _range(fault: Fault) -> Diagnostic | None:
    """在18-60之间: the bounds of a range are not joined by a dash."""
    last = fault.failure.tokens
    end = None if last is None else last.token.end
    while last is not None and last.token.type in _UNITS_OF_A_RANGE:
        last = last.before
    minus = None if last is None else last.before
    first = None if minus is None else minus.before
    if last is None or minus is None or first is None or minus.token.type != "MINUS":
        return None
    if {first.token.type, last.token.type} != {"NUMBER"} or not fault.begins("BETWEEN_END"):
        return None
    start = first.token.start
    return fault.diagnostic("range-or-minus", start, end, found=fault.source.text[start:end])


def _boundary(fault: Fault) -> Diagnostic | None:
    """有效期2026年12月31日前: is the day itself included?"""
    before = fault.failure.before
    if before is None or before.type != "DATE_LITERAL" or not _BEFORE_OR_AFTER.match(fault.rest):
        return None
    if fault.chunk.kind not in ("ruleset", "rule", "threshold", "replace"):
        return None
    match = _BEFORE_OR_AFTER.match(fault.rest)
    assert match is not None
    end = fault.failure.position + match.end()
    text = fault.source.text[before.start : end]
    return fault.diagnostic("boundary-unsaid", before.start, end, found=text)


def _reserved(fault: Fault) -> Diagnostic | None:
    """A name that is a word of the language."""
    wanted = "NEW_NAME" in fault.expected or fault.expected == {"NAME"}
    word = re.match(r"[a-z_]+|[^\s:：=＝,，()（）]+", fault.rest)
    if not wanted or word is None or word.group() not in fault.words.reserved:
        return None
    at = fault.failure.position
    text = fault.source.text[at : at + word.end()]
    return fault.diagnostic("reserved-word", at, at + word.end(), found=text)


def _unit(fault: Fault) -> Diagnostic | None:
    """A word after a number that is no unit."""
    before = fault.failure.before
    word = re.match(r"[a-z]+|[\u4e00-\u9fff]+", fault.rest)
    if before is None or before.type != "NUMBER" or word is None or "DAYS" not in fault.expected:
        return None
    text = fault.source.text[fault.failure.position : fault.failure.position + len(fault.found)]
    word_known = fault.words.index.at(fault.folded.key, fault.failure.position, fault.chunk.end)
    if not text or word_known:
        return None
    near = near_words(fault.rest, frozenset(unit_words()), fault.words)
    found = fault.diagnostic("unknown-unit", found=text)
    return Diagnostic(found.code, found.span, found.facts, near)


def _otherwise(fault: Fault) -> Diagnostic | None:
    """``otherwise`` where no rule is open."""
    if not (fault.begins("OTHERWISE") or fault.begins("OTHERWISE_IF")) or fault.chunk.kind in _CONDITIONAL:
        return None
    if {"ELSE"} & fault.expected:
        return None
    return fault.diagnostic("otherwise-without-rule")


def _swallowed(fault: Fault) -> Diagnostic | None:
    """生命周期为流失, where nobody declared 生命周期: the whole was taken for one name."""
    before = fault.failure.before
    if before is None or before.type != "NAME" or "ASSIGN" not in fault.expected:
        return None
    quoted = _QUOTED.match(fault.source.text, fault.failure.position)
    if quoted is not None and before.text[1:].endswith(("为", "是")):  # 级别为“高”
        parts = f"{before.text[:-1]} {before.text[-1]} {quoted.group()}"
        return fault.diagnostic("space-needed", before.start, before.end, name=before.text, parts=parts)
    match = _SWALLOWED.fullmatch(before.text)
    if match is None:
        return None
    parts = " ".join(each for each in match.groups() if each)
    found = fault.diagnostic("space-needed", before.start, before.end, name=before.text, parts=parts)
    # Of two characters another one is half a name.
    near = near_names(match[1], fault.names) if len(match[1]) > 2 else ()
    return evolve(found, nearest=tuple(each for each in near if each != match[1]))


def _around(text: str, at: int) -> tuple[str, int]:
    """The Chinese characters in one stretch around a place, and where among them it is."""
    stretches = _IDEOGRAPHS.finditer(text, max(0, at - _FAR), at + _FAR)
    found = (each for each in stretches if each.start() <= at <= each.end())
    return next(((each.group(), at - each.start()) for each in found), ("", 0))


def _two_words(fault: Fault) -> Diagnostic | None:
    """``last purchase``: a name of two words without its brackets."""
    before = fault.failure.before
    if before is None or before.type not in ("NAME", "NEW_NAME") or not _WORD.match(fault.rest):
        return None
    second = _WORD.match(fault.rest)
    assert second is not None
    gap = fault.folded.half[before.end : fault.failure.position]
    known = any(each in fault.words.reserved for each in (before.text.lower(), second.group()))
    if not gap or gap.strip() or "\n" in gap or known or not before.text.isidentifier() or not before.text.isascii():
        return None
    name = f"{before.text} {fault.source.text[fault.failure.position :][: second.end()]}"
    end = fault.failure.position + second.end()
    joined = name.replace(" ", "_")
    return fault.diagnostic("two-word-name", before.start, end, name=name, joined=joined)


def _missing_value(fault: Fault) -> Diagnostic | None:
    """A word that goes on where a value should stand: spend > then."""
    wanted = {"NAME", "NUMBER"} <= fault.expected
    if not wanted or fault.failure.before is None or not any(map(fault.begins, ("THEN", "AND", "OR", "BECAUSE"))):
        return None
    before = fault.failure.before
    facts = expected_words(fault.expected, fault.words, fault.language)
    return fault.diagnostic("missing-word", before.start, before.end, **facts)


def _missing_then(fault: Fault) -> Diagnostic | None:
    """A whole condition, and no ``then`` in the rest of the statement."""
    if fault.chunk.kind not in _CONDITIONAL or "THEN" not in fault.expected:
        return None
    if fault.failure.reason == "end":
        return fault.diagnostic("missing-then", fault.chunk.end - 1, fault.chunk.end)
    if fault.says("THEN", fault.rest) or not _ACTION.match(fault.rest.split("\n")[0]):
        return None
    found = fault.diagnostic("missing-then")
    return evolve(found, nearest=near_words(fault.rest, {"THEN"}, fault.words))


def _missing_here(fault: Fault) -> Diagnostic | None:
    return what_is_missing(fault.source, fault.drive)


def _natural(fault: Fault) -> Diagnostic | None:
    return said_naturally(fault.source, fault.folded, fault.chunk, fault.failure.position, fault.names)


def _ended_early(fault: Fault) -> Diagnostic | None:
    if fault.failure.reason != "end":
        return None
    facts = expected_words(fault.expected, fault.words, fault.language)
    return fault.diagnostic("missing-word", fault.chunk.end - 1, fault.chunk.end, **facts)


_MISTAKES: tuple[Callable[[Fault], Diagnostic | None], ...] = (
    _refused_word,
    _too_deep,
    _empty_name,
    _missing_part,
    _unclosed,
    _digit_groups,
    _comma,
    _bracket,
    _bullets,
    _range,
    _boundary,
    _reserved,
    _otherwise,
    spaces_within,
    _swallowed,
    _natural,
    _missing_here,
    _two_words,
    _missing_value,
    _missing_then,
    _unit,
    _ended_early,
)


def _at_before(fault: Fault, code: str) -> Diagnostic:
    """A finding at the word before: there something is missing."""
    before = fault.failure.before
    assert before is not None
    return fault.diagnostic(code, before.start, before.end)


def _open_bracket(fault: Fault) -> int | None:
    """Where the innermost bracket was opened that is still open at the failure, outside of texts."""
    opened: list[int] = []
    link = fault.failure.tokens
    while link is not None:
        if link.token.type == "RPAR":
            opened.append(link.token.start)
        elif link.token.type == "LPAR":
            if not opened:
                return link.token.start
            opened.pop()
        link = link.before
    return None
