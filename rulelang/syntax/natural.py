"""Sentences that people write and that leave out what a rule has to say: the finding shows what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax.cut import Chunk
from rulelang.syntax.fold import Folded

_NUMERAL = "[0-9]+|[零一二两三四五六七八九十百半]+"
_UNIT = "天|日|个月|个季度|周|年|小时"
_VERB = "[\u4e00-\u9fff]{2,4}?"
_COUNTED = re.compile(
    rf"(?:在)?(?:最近|近|过去)\s*(?P<span>{_NUMERAL})\s*(?P<unit>{_UNIT})(?:之内|以内|内|里)?的?[,，]?\s*(?P<verb>{_VERB})[了过]?\s*"
    rf"(?P<before>不少于|不低于|至少|超过|多于|达到|满|不超过|至多|不足|少于)?\s*(?P<count>{_NUMERAL})\s*(?P<measure>次|笔|单|回)"
    r"(?P<after>及?以上|及?以下)?"
)
_COUNTED_EN = re.compile(
    r"(?P<verb>\b[a-z]+)\s+(?P<before>at least|more than|over|fewer than|less than|at most)?\s*(?P<count>\d+) times?\s+"
    r"(?:or more\s+)?(?:with)?in the (?:last|past) (?P<span>\d+) (?P<unit>days|weeks|months|years)"
)
_IDLE = re.compile(
    rf"(?P<before>超过|已超过|达到|已满|满|连续|已有|已)?\s*(?P<span>{_NUMERAL})\s*(?P<unit>{_UNIT})(?P<after>及?以上|内)?(?:都|还|均)?"
    rf"(?:没有|从未|未|没)(?P<verb>{_VERB})(?=了?(?:那么|则|且|或|并且|或者|[,，。)]|\s|$))"
)
_IDLE_EN = re.compile(
    r"(?:no|not|without|has not|hasn't)\s+(?:a\s+)?(?P<verb>[a-z]+)\s+(?:for|in|within|since)\s+"
    r"(?:more than\s+|over\s+|the last\s+)?(?P<span>\d+|an?|one) (?P<unit>days?|weeks?|months?|years?)"
)
_SET = re.compile(
    r"(?:把|将|设置|设定)(?P<name>[^，,。；\s]{1,12}?)(?:设置为|设为|定为|改为|标为|标记为|为)(?P<value>[^，,。；\s]+)"
)
_SET_EN = re.compile(
    r"\b(?:set|make|put)\s+(?:the\s+)?(?P<name>[a-z_]\w*)\s+(?:to|as|into)\s+(?P<value>\"[^\"]*\"|\S+)"
)
_TAKES = re.compile(r"(?:is|are|gets?|becomes?|=)\s+|(?:都是|就是|归为|定为|列为|为|是|=)\s*")
_DECIDED = re.compile(r"(?:\bthen\b|那么|则)\s*([^\s=＝为是，,]+?)\s*(?:=|＝|为|\bis\b)")
_OTHERS = re.compile(
    r"(?:其余|其他|其它|剩下|剩余|以上都不是|以上均不满足)的?(?:客户|情况|情形|人)?(?:一律|都|均)?\s*[,，:]?\s*(?P<rest>[^\n]*)"
)
_OTHERS_EN = re.compile(
    r"(?:all others?|everyone else|everybody else|the rest|others|else)\b\s*[,:]?\s*(?P<rest>[^\n]*)"
)
_BEFORE_A_CLAUSE = re.compile(
    r"\b(?:if|and|or|then|when|otherwise)\b|如果|当|且|或者?|那么|则|否则|[,，、;；:：(（\"“”]|^\s*-\s"
)
_MORE = {"超过": "超过", "多于": "超过", "不超过": "不超过", "至多": "不超过", "不足": "少于", "少于": "少于"}
_MORE_EN = {
    "more than": "more than",
    "over": "more than",
    "fewer than": "less than",
    "less than": "less than",
    "at most": "at most",
}


@frozen
class Said:
    """A sentence people write: the code of its finding, where it stands in the text, and what to write instead."""

    code: str
    start: int
    end: int
    written: str


def said_in(text: str, names: Iterable[str], at: int | None = None) -> Said | None:
    """The first such sentence in a text folded for keywords; with ``at``, where reading stopped, only one that it
    stopped in: a sentence that was read, or that comes later, is no cause."""
    known = tuple(names)
    every = (*_counted(text, known), *_idle(text, known), *_set(text))
    return next((each for each in every if at is None or _stopped_at(text, each, at)), None)


def _stopped_at(text: str, said: Said, at: int) -> bool:
    """Whether reading stopped because of a sentence. What is counted can't be read, and may run on to the next word."""
    return _clause_start(text, said.start) <= at and (at <= said.end or said.code == "counted-without-a-list")


def _clause_start(text: str, start: int) -> int:
    """Where the clause of a sentence begins: "the customer has" of "no purchase for a year"."""
    return max((each.end() for each in _BEFORE_A_CLAUSE.finditer(text, 0, start)), default=0)


def said_naturally(source: Source, folded: Folded, chunk: Chunk, at: int, names: Iterable[str]) -> Diagnostic | None:
    """The finding for a sentence people write, on the line of the failure."""
    start = max(source.text.rfind("\n", 0, at) + 1, chunk.start)
    end = source.text.find("\n", at, chunk.end)
    text = folded.key[start : chunk.end if end < 0 else end]
    known = tuple(each.lower() for each in names)
    others = None if source.text[start:at].strip() else _others(source, text, start, known)
    if others is not None:
        return others
    said = said_in(text, known, at - start)
    if said is None:
        return None
    facts = {"found": text[said.start : said.end], "written": said.written}
    return Diagnostic(said.code, source.span(start + said.start, start + said.end), facts)


def _others(source: Source, text: str, start: int, names: tuple[str, ...]) -> Diagnostic | None:
    """其余类别为普通: of this rule, or of all rules?"""
    stripped = len(text) - len(text.lstrip())
    if text.startswith(names, stripped):  # a name such as 其他收入
        return None
    for pattern, otherwise, gap in ((_OTHERS, "否则", ""), (_OTHERS_EN, "otherwise", " ")):
        match = pattern.match(text, stripped)
        if match is not None and match["rest"].strip():
            first, last = start + stripped, start + match.start("rest")
            rest = source.text[last : start + match.end("rest")].strip()
            value = _TAKES.match(rest)
            if value is not None:
                decided = _DECIDED.findall(source.text, 0, start)
                rest = f"{decided[-1] if decided else '…'} = {rest[value.end() :]}"
            facts = {"found": source.text[first:last].strip(" ,，:："), "written": f"{otherwise}{gap}{rest}"}
            return Diagnostic("others-of-what", source.span(first, last), facts)
    return None


def _counted(text: str, names: tuple[str, ...]) -> Iterator[Said]:
    """最近90天内购买3次以上: how often something was done is counted in a list of records."""
    for match in _COUNTED.finditer(text):
        if match["verb"] in names:
            continue
        limit = "不超过" if match["after"] and "下" in match["after"] else _MORE.get(match["before"] or "", "不少于")
        written = f"最近{match['span']}{match['unit']}内的订单{limit}{match['count']}笔"
        yield Said("counted-without-a-list", match.start(), match.end(), written)
    for match in _COUNTED_EN.finditer(text):
        limit = _MORE_EN.get(match["before"] or "", "at least")
        written = f"count of orders within the last {match['span']} {match['unit']} is {limit} {match['count']}"
        yield Said("counted-without-a-list", match.start(), match.end(), written)


def _idle(text: str, names: tuple[str, ...]) -> Iterator[Said]:
    """超过365天未购买: since which date? Of the records of a list, no orders within the last year, the list knows."""
    for match in _IDLE.finditer(text):
        if match["verb"] in names:
            continue
        verb = "购买" if "买" in match["verb"] else match["verb"].rstrip("过了")
        field = _field_about(verb, names, f"最近{verb}")
        at_least = "满" in (match["before"] or "") or match["before"] == "达到" or "上" in (match["after"] or "")
        written = f"{field}{'不低于' if at_least else '超过'}{match['span']}{match['unit']}"
        yield Said("idle-since-what", match.start(), match.end(), written)
    for match in _IDLE_EN.finditer(text):
        if {match["verb"], f"{match['verb']}s"} & {*names}:
            continue
        verb = "purchase" if match["verb"] in ("bought", "buy", "purchased", "purchases") else match["verb"].rstrip("s")
        field = _field_about(verb, names, f"last_{verb}")
        written = f"{field} > {_ONE.sub('1', match['span'])} {match['unit']}"
        yield Said("idle-since-what", match.start(), match.end(), written)


_ONE = re.compile("^(?:an?|one)$")


def _set(text: str) -> Iterator[Said]:
    """``set tier to gold``, 将类别设为重点."""
    for pattern, sign in ((_SET_EN, " = "), (_SET, "＝")):
        for match in pattern.finditer(text):
            yield Said("set-in-words", match.start(), match.end(), f"{match['name']}{sign}{match['value']}")


def _field_about(verb: str, names: tuple[str, ...], otherwise: str) -> str:
    """The declared name that speaks of the same as a verb: 最近购买日期 of 购买."""
    found = [each for each in names if verb in each.lower()]
    return min(found, key=lambda each: (not each.startswith(("最近", "上次", "last")), len(each)), default=otherwise)
