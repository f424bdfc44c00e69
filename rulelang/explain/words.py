"""The words of explanations, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from rulelang.model.contributions import DECIDED, NO_RULE, PROVISIONAL, UNDECIDED
from rulelang.model.program import MEASURE

LANGUAGES = ("en", "zh")

STANDINGS: Mapping[str, Mapping[str, str]] = {
    "en": {each: each for each in (DECIDED, PROVISIONAL, UNDECIDED, NO_RULE)},
    "zh": {DECIDED: "确定", PROVISIONAL: "暂定", UNDECIDED: "待定", NO_RULE: "无适用规则"},
}

TRUTHS: Mapping[str, Mapping[bool | None, str]] = {
    "en": {True: "true", False: "false", None: "can't tell"},
    "zh": {True: "成立", False: "不成立", None: "无法判断"},
}

# What each part of an explanation is called; braces are filled by render.py.
PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "{outcome}: {answer} ({standing}), as of {as_of}",
        "no answer": "no answer",
        "won": "Decided by",
        "added": "Adds up from",
        "last resort": "Decided by the last resort (else): no rule above applies.",
        "nothing": "No rule applies.",
        "rivals": "Only one rule may match, and these do",
        "worst": "Data is missing; this is the worst that is possible.",
        "withheld": "Data is missing, and this outcome is then left undecided.",
        "lost": "Matched but did not win",
        "valueless": "Matched, but what it gives can't be told",
        "could": "Could match, did not win",
        "counted as": "{fields} not known, counted as: {reason}",
        "open": "Can't be judged yet",
        "unmatched": "Did not match",
        "rule": "rule “{name}”",
        "place": " ({file}:{line})",
        "deviates added": " [added to the base]",
        "deviates replaced": " [replaces {place} of the base]",
        "changed": "{seen}, set anew",
        "gives": " → {value}",
        "reason": "because {reason}",
        "truth": "{truth}: {condition}",
        "saw": " ({seen})",
        "seen": "{name} = {value}",
        "stands": "{name}: {standing}",
        "missing": "{name} missing",
        "records": "{count} records",
        "one record": "1 record",
        "exceptions": "{count} exceptions",
        "one exception": "1 exception",
        "evidence": "no. {number}: {values}",
        "left out": ", {count} left out",
        "for want of": " for want of {fields}",
        "of list": "{name}: {records}",
        "days": "{} to {}",
        "of group": "{group}, {records}",
        "from records": "{value} from {records}",
        "blank": "{name} blank",
        "possible": "Still possible: {values}",
        "may become": "Still possible: {all}",
        "stays": "Whatever is missing can't change it, all conditions taken together.",
        "can't be told": "What is possible can't be told yet",
        "another value": "another value",
        "or": ", ",
        "settle": "Would settle it: {fields}",
        "no value": "no value",
        "any value": "a value that can't be told",
        "empty": "nothing",
        "more": "… and {count} more",
        "comma": ", ",
        "quoted": "{name}",
    },
    "zh": {
        "head": "{outcome}：{answer}（{standing}），基准日{as_of}",
        "no answer": "没有结论",
        "won": "采用",
        "added": "合计自",
        "last resort": "采用默认值：以上规则均不适用。",
        "nothing": "没有适用的规则。",
        "rivals": "只允许一条规则符合，而下列规则同时符合",
        "worst": "资料不全，取可能的最坏结果。",
        "withheld": "资料不全，该结论按规定待定。",
        "lost": "符合但未采用",
        "valueless": "符合，但取值未知",
        "could": "可能符合，未采用",
        "counted as": "{fields}未知，按此计：{reason}",
        "open": "尚无法判断",
        "unmatched": "不符合",
        "rule": "规则“{name}”",
        "place": "（{file} 第{line}行）",
        "deviates added": "［在上级之上新增］",
        "deviates replaced": "［替换上级的{place}］",
        "changed": "{seen}（已另设）",
        "gives": " → {value}",
        "reason": "理由：{reason}",
        "truth": "{truth}：{condition}",
        "saw": "（{seen}）",
        "seen": "{name}＝{value}",
        "stands": "{name}：{standing}",
        "missing": "{name}缺失",
        "records": "{count}条",
        "one record": "1条",
        "exceptions": "{count}条例外",
        "one exception": "1条例外",
        "evidence": "第{number}条：{values}",
        "left out": "，另有{count}条未计入",
        "for want of": "（缺{fields}）",
        "of list": "{name}：{records}",
        "days": "{}至{}",
        "of group": "{group}，{records}",
        "from records": "{value}（{records}）",
        "blank": "{name}空白",
        "possible": "仍可能为{values}",
        "may become": "目前为{now}，补齐资料后可能变为{values}",
        "stays": "综合各条件，补齐资料后也不会改变。",
        "can't be told": "尚不能确定可能的取值",
        "another value": "其他值",
        "or": "或",
        "settle": "补齐{fields}后即可确定",
        "no value": "没有结论",
        "any value": "尚不能确定的值",
        "empty": "无",
        "more": "……另有{count}条",
        "comma": "、",
        "quoted": "“{name}”",
    },
}


def in_language(name: str, label: str | None, lang: str) -> str:
    """The one of two spellings that belongs to a language."""
    spellings = (name,) if label is None else (label,) if name.startswith(MEASURE) else (name, label)
    return next((each for each in spellings if each.isascii() is (lang == "en")), spellings[0])
