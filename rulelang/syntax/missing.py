"""What is missing where a statement stopped making sense: the word with which it can be read to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax.cut import STARTS, begins_statement
from rulelang.syntax.drive import Drive
from rulelang.syntax.lalr import END
from rulelang.syntax.phrases import CJK
from rulelang.syntax.readings import read_on, swallows_a_name, takes_a_name_alone

# In this order; all that help are named where the first one joins conditions.
_WORDS = ("THEN", "EQUAL", "AND", "OR", "IF", "COLON", "ASSIGN")
_SIGNS = {"COLON": {"en": ":", "zh": "："}, "ASSIGN": {"en": "=", "zh": "＝"}}
_OPENING = "“‘《〈｢〝"
_CLOSING = "”’》〉｣〞"
_QUOTED = re.compile(f"[{_OPENING}'`]?(.*?)[{_CLOSING}'`]?")
_BEFORE_COLON = re.compile("[:：]")
# A text in quotes follows these, and nothing else may.
_BEFORE_A_TEXT = frozenset(
    {"BECAUSE", "RULE", "RULESET", "EXTENDS", "TABLE", "EXAMPLE", "REPLACE", "REMOVE", "FROM_FILE"}
)


def what_is_missing(source: Source, drive: Drive) -> Diagnostic | None:
    """The finding where quotes, a word or a line of its own are missing; None where more is wrong than that."""
    failure = drive.failure
    if failure is None or failure.reason not in ("text", "end"):
        return None
    return (
        _quotes(source, drive)
        or _line_of_its_own(source, drive)
        or _colon(source, drive)
        or _outcome(source, drive)
        or _brackets(source, drive)
        or _word(source, drive)
        or _type(source, drive)
    )


def _quotes(source: Source, drive: Drive) -> Diagnostic | None:
    """规则《流失客户》, 理由：消费高, 沿用零售/会员等级: a text without its quotation marks."""
    failure = drive.failure
    assert failure is not None
    last = failure.tokens
    while last is not None and last.token.type in ("COLON", "COMMA"):
        last = last.before
    if last is None or last.token.type not in _BEFORE_A_TEXT or not drive.machine.viable("TEXT_LITERAL"):
        return None
    start = failure.position
    end = _line_end(source, start, drive.chunk.end)
    start += len(source.text[start:end]) - len(source.text[start:end].lstrip(":： "))
    rest = source.text[start:end].rstrip()
    bare = rest if last.token.type == "BECAUSE" else _BEFORE_COLON.split(rest, maxsplit=1)[0].rstrip()
    match = _QUOTED.fullmatch(bare)
    text = "" if match is None else match[1].strip()
    if failure.reason == "end" or not text or any(each in text for each in '"“”「」『』'):
        return None
    quoted = f"“{text}”" if _is_chinese(source, drive) else f'"{text}"'
    before = source.text[_line_start(source, start) : last.token.end].strip()
    gap = "" if _is_chinese(source, drive) else " "
    facts = {"found": bare, "written": f"{before}{gap}{quoted}{rest[len(bare) :]}"}
    return Diagnostic("quotes-missing", source.span(start, start + len(bare)), facts)


def _line_of_its_own(source: Source, drive: Drive) -> Diagnostic | None:
    """``ruleset "A" extends "b"``: two statements on one line."""
    failure = drive.failure
    assert failure is not None
    if failure.reason == "end" or not drive.machine.viable(END):
        return None
    half, at = drive.half, failure.position
    if not half[_line_start(source, at) : at].strip():
        return None
    for end, phrase in drive.scanner.words.index.at(drive.scanner.folded.key, at, drive.chunk.end):
        kind = next((STARTS[each] for each in phrase.terminals if each in STARTS), None)
        if kind is None or len(phrase.text) < 2:
            continue
        opening = next(each for each in phrase.terminals if each in STARTS)
        if not begins_statement(drive.scanner.folded, end, phrase.text, opening):
            continue
        first = source.text[_line_start(source, at) : at].strip()
        facts = {
            "found": source.text[at:end],
            "first": first,
            "second": source.text[at : drive.chunk.end].split("\n")[0],
        }
        return Diagnostic("line-of-its-own", source.span(at, end), facts)
    return None


def _colon(source: Source, drive: Drive) -> Diagnostic | None:
    """那么类别：重点: a colon where an outcome gets its value."""
    failure = drive.failure
    assert failure is not None
    at = failure.position
    if failure.reason == "end" or drive.half[at] != ":" or not drive.machine.viable("ASSIGN"):
        return None
    start, end = _line_start(source, at), _line_end(source, at, drive.chunk.end)
    sign, gap = ("＝", "") if _is_chinese(source, drive) else ("=", " ")
    written = f"{source.text[start:at].strip()}{gap}{sign}{gap}{source.text[at + 1 : end].strip()}"
    return Diagnostic("colon-for-equal", source.span(at, at + 1), {"sign": sign, "written": written})


def _outcome(source: Source, drive: Drive) -> Diagnostic | None:
    """``then gold``: a value, and no outcome that gets it."""
    failure = drive.failure
    assert failure is not None
    value = failure.tokens
    if value is None or value.before is None or value.token.type != "NAME" or not drive.machine.viable("ASSIGN"):
        return None
    if failure.reason != "end" or value.before.token.type not in ("THEN", "OTHERWISE", "ALWAYS"):
        return None
    link, named = value.before, None
    while named is None and link.before is not None:
        named = link.before.token.text if link.token.type == "ASSIGN" and link.before.token.type == "NAME" else None
        link = link.before
    chinese = _is_chinese(source, drive)
    outcome = named or ("结论" if chinese else "outcome")
    word = source.text[value.before.token.start : value.before.token.end]
    written = f"{word}{outcome}＝{value.token.text}" if chinese else f"{word} {outcome} = {value.token.text}"
    span = source.span(value.token.start, value.token.end)
    return Diagnostic("outcome-missing", span, {"found": value.token.text, "written": written})


def _brackets(source: Source, drive: Drive) -> Diagnostic | None:
    """``orders where status = paid within …``: a condition on records stands in brackets."""
    failure = drive.failure
    assert failure is not None
    if failure.reason == "end" or set(failure.expected) != {"LPAR"} or failure.before is None:
        return None
    at, end = failure.position, _end_of_condition(drive)
    if end is None:
        return None
    opening, closing = "（）" if _is_chinese(source, drive) else "()"
    line_end = _line_end(source, end, drive.chunk.end)
    sentence = source.text[_line_start(source, at) : at].lstrip()
    written = f"{sentence}{opening}{source.text[at:end]}{closing}{source.text[end:line_end].rstrip()}"
    facts = {"found": source.text[at:end], "written": written}
    return Diagnostic("brackets-missing", source.span(at, end), facts)


def _end_of_condition(drive: Drive) -> int | None:
    """Where a bracket opened where reading stopped has to close so that the whole statement can be read."""
    inside = drive.copy(None)
    inside.take("LPAR", "", drive.position, "")
    tokens = 0
    while inside.failure is None:
        inside.skip_blank()
        if inside.position >= drive.chunk.end:
            return None
        if tokens > 1 and inside.machine.viable("RPAR") and inside.tokens is not None:
            end = inside.tokens.token.end
            closed = inside.copy(None)
            closed.take("RPAR", "", inside.position, "")
            if read_on(closed.run())[0].tree is not None:
                return end
        inside.failure = inside.step()
        tokens += 1
    return None


def _word(source: Source, drive: Drive) -> Diagnostic | None:
    """A word with which the whole statement can be read."""
    failure = drive.failure
    assert failure is not None
    if failure.reason == "end":
        return None
    missing = list(_missing(drive))
    if not missing:
        return None
    joining = [each for each in missing if each in ("AND", "OR")]
    missing = joining if missing[0] in joining else missing[:1]
    at, chinese = failure.position, _is_chinese(source, drive)
    language = "zh" if chinese else "en"
    spelled = [_SIGNS.get(each, {}).get(language) or drive.scanner.words.canonical[language][each] for each in missing]
    quoted = [f"“{each}”" for each in spelled]
    before = source.text[_line_start(source, at) : at].strip()
    rest = source.text[at : _line_end(source, at, drive.chunk.end)].strip()
    before_gap = "" if chinese or missing[0] == "COLON" else " "
    written = f"{before}{before_gap if before else ''}{spelled[0]}{'' if chinese else ' '}{rest}"
    if missing[0] == "THEN":
        return Diagnostic("missing-then", source.span(at, max(failure.end, at + 1)))
    facts = {
        "found": source.text[at : failure.end].strip(),
        "words": " or ".join(quoted),
        "words_zh": "或".join(quoted),
        "written": written,
    }
    return Diagnostic("word-missing-here", source.span(at, max(failure.end, at + 1)), facts)


def _missing(drive: Drive) -> Iterator[str]:
    """The words any of which lets the statement be read to its end, without a name that swallows a condition."""
    for terminal in _WORDS:
        if not drive.machine.viable(terminal) or (terminal in ("AND", "OR", "EQUAL") and _doubtful(drive, terminal)):
            continue
        again = drive.copy(None)
        again.take(terminal, "", drive.position, "")
        taken = again.tokens
        again, _ = read_on(again.run())
        if again.tree is not None and not swallows_a_name(again) and not takes_a_name_alone(again, taken):
            yield terminal


def _doubtful(drive: Drive, terminal: str) -> bool:
    """Whether what stands before can't be told: a name alone may be the first word of a name, or what is compared."""
    failure = drive.failure
    link = None if failure is None else failure.tokens
    alone = link is None or link.before is None or (link.token.type == "NAME" and link.before.token.type in _BEFORE)
    if terminal != "EQUAL":
        return alone
    named = link is not None and link.token.type == "NAME" and link.token.text in drive.scanner.names
    return not alone or not named or drive.half[drive.position].isdecimal()


_BEFORE = frozenset({"IF", "OTHERWISE_IF", "AND", "OR", "NOT", "LPAR", "BULLET"})


def _type(source: Source, drive: Drive) -> Diagnostic | None:
    """A declaration that ends with its name: its type is missing."""
    failure = drive.failure
    assert failure is not None
    if failure.reason != "end" or not drive.machine.viable("COLON") or drive.chunk.kind not in ("field", "outcome"):
        return None
    begun = source.text[drive.chunk.start : drive.chunk.end].strip()
    chinese = _is_chinese(source, drive)
    facts = {"written": f"{begun}：文本" if chinese else f"{begun}: text"}
    return Diagnostic("type-missing", source.span(drive.chunk.end - 1, drive.chunk.end), facts)


def _is_chinese(source: Source, drive: Drive) -> bool:
    return (
        CJK.match(source.text, drive.chunk.start) is not None
        or CJK.search(source.text[drive.chunk.start : drive.chunk.end]) is not None
    )


def _line_start(source: Source, at: int) -> int:
    return source.text.rfind("\n", 0, at) + 1


def _line_end(source: Source, at: int, limit: int) -> int:
    end = source.text.find("\n", at, limit)
    return limit if end < 0 else end
