"""Coverage as one self-contained page: the rule file, with what no sample reaches marked where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from attrs import frozen

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.position import Source, Span
from rulelang.report.sample_report import RulesetReport
from rulelang.testing.coverage import BranchCoverage, ConditionCoverage, Coverage

_WORDS = {
    "en": {
        "title": "Coverage",
        "file": "ruleset",
        "passed of": "samples passed",
        "rules": "rules reached",
        "conditions": "conditions seen true and false",
        "samples": "samples",
        "passed": "passed",
        "gaps": "Never reached",
        "none": "Every rule is reached, every condition was seen true and false.",
        "errors": "The rules have errors and were not tested.",
        "hit": "reached by {count} samples",
        "hit one": "reached by 1 sample",
        "miss": "reached by no sample",
        "never true": "never true",
        "never false": "never false",
        "unseen": "seen neither true nor false",
        "both": "seen true and false",
        "branch": "rule or row reached",
    },
    "zh": {
        "title": "覆盖情况",
        "file": "规则集",
        "passed of": "通过的样例",
        "rules": "规则已触及",
        "conditions": "条件成立与不成立均出现过",
        "samples": "个样例",
        "passed": "个通过",
        "gaps": "从未触及",
        "none": "每条规则都已触及，每个条件的成立与不成立都出现过。",
        "errors": "规则有错误，未检验。",
        "hit": "{count}个样例触及",
        "hit one": "1个样例触及",
        "miss": "没有样例触及",
        "never true": "从未成立",
        "never false": "从未不成立",
        "unseen": "成立与不成立都未出现",
        "both": "成立与不成立均出现过",
        "branch": "规则或表格行已触及",
    },
}

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --paper: #fff; --edge: #d9e0e7; --hit: #e5f5ea;
  --hitbar: #2f9e58; --miss: #fde7e7; --missbar: #d13b3b; --part: #b45309; --partpaper: #fdf0d5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e9ef; --soft: #94a3b3; --paper: #14191f; --edge: #2c3642;
  --hit: #16301f; --hitbar: #4cc27a; --miss: #3a1b1d; --missbar: #ef6b6b; --part: #f0b35a; --partpaper: #382a12; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif }
h1 { font-size: 1.5rem; margin: 0 0 1rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .8rem; overflow-wrap: anywhere }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem }
.meters { display: flex; flex-wrap: wrap; gap: 1rem } .meter { flex: 1 1 15rem; border: 1px solid var(--edge);
  border-radius: .5rem; padding: .7rem 1rem } .meter b { font-size: 1.7rem; font-variant-numeric: tabular-nums }
.meter span { color: var(--soft); margin-left: .5rem } .bar { height: .45rem; border-radius: .3rem; margin-top: .4rem;
  background: var(--miss) } .bar i { display: block; height: 100%; border-radius: .3rem; background: var(--hitbar) }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.3rem; color: var(--soft); margin: 1rem 0 .3rem;
  font-size: .87rem }
.legend code { padding: 0 .35rem }
ul { margin: .2rem 0; padding-left: 1.2rem } li { margin: .15rem 0 } a { color: inherit }
pre { margin: 0; border: 1px solid var(--edge); border-radius: .5rem; padding: .5rem 0; overflow-x: auto;
  font: 13px/1.65 ui-monospace, "SFMono-Regular", Consolas, "Noto Sans Mono CJK SC", "Microsoft YaHei", monospace }
.l { display: block; padding-right: 1rem; white-space: pre; border-left: 4px solid transparent; min-width: max-content }
.l:target { outline: 2px solid var(--part) } .n { display: inline-block; width: 3.2rem; padding-right: .8rem;
  text-align: right; color: var(--soft); user-select: none } .k { display: inline-block; width: 3.4rem;
  color: var(--soft);
  user-select: none; font-size: 12px }
.l.hit { border-left-color: var(--hitbar) } .l.miss { border-left-color: var(--missbar); background: var(--miss) }
.hit .k { color: var(--hitbar) } .miss .k { color: var(--missbar) }
.both { background: var(--hit); border-radius: .2rem } .part { background: var(--partpaper); border-radius: .2rem;
  text-decoration: underline wavy var(--part); text-underline-offset: 3px } .bad { color: var(--missbar) }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0 }
th { color: var(--soft); font-weight: 500; font-size: .87rem }
th, td { padding: .25rem 1.4rem .25rem 0; text-align: right; border-bottom: 1px solid var(--edge);
  font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left } .low { color: var(--part) }
footer { margin-top: 2rem; color: var(--soft); font-size: .85rem }
@media print { .l { white-space: pre-wrap; min-width: 0 } }
"""


def coverage_page(reports: Sequence[RulesetReport], lang: str) -> str:
    """The page: for each ruleset two measures, the list of gaps, and its files with every gap in its place."""
    words = _WORDS[lang]
    rulesets = [_ruleset(each, number, lang) for number, each in enumerate(reports)]
    if len(reports) > 1:
        sections = (f'<section id="r{number}">\n{each}\n</section>' for number, each in enumerate(rulesets))
        rulesets = [_overview(reports, lang), *sections]
    body = "\n".join(rulesets)
    return (
        f'<!doctype html>\n<html lang="{"zh-Hans" if lang == "zh" else "en"}">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{words['title']}</title>\n<style>{_STYLE}</style>\n<h1>{words['title']}</h1>\n{body}\n</html>\n"
    )


def _ruleset(report: RulesetReport, number: int, lang: str) -> str:
    words = _WORDS[lang]
    head = f"<h2>{escape(report.file)}</h2>"
    if report.report is None:
        return f'{head}\n<p class="bad">{words["errors"]}</p>'
    coverage = report.coverage or Coverage(())
    tested, passed = len(report.report.results), len(report.report.passed)
    counts = (
        f"{tested}{words['samples']}，{passed}{words['passed']}"
        if lang == "zh"
        else f"{tested} {words['samples']}, {passed} {words['passed']}"
    )
    marks = _Marks.of(coverage, report.sources)
    meters = "".join(
        f'<div class="meter"><b>{percent}%</b><span>{text}</span>'
        f'<div class="bar"><i style="width:{percent}%"></i></div></div>'
        for percent, text in (
            (coverage.rules_percent, words["rules"]),
            (coverage.conditions_percent, words["conditions"]),
        )
    )
    parts = [
        head,
        f"<p>{counts}</p>",
        f'<div class="meters">{meters}</div>',
        _gaps(coverage, report.sources, number, lang),
    ]
    shown = [each for each in report.sources if any(place.file == each.name for place in marks.places())]
    if shown:
        parts.append(_legend(lang))
    for source in shown:
        if len(shown) > 1:
            parts.append(f"<h3>{escape(source.name)}</h3>")
        files = [each.name for each in report.sources]
        lines = "".join(_lines(source, marks, f"r{number}f{files.index(source.name)}", lang))
        parts.append(f"<pre>{lines}</pre>")
    return "\n".join(parts)


def _overview(reports: Sequence[RulesetReport], lang: str) -> str:
    """All rulesets on one screen, each with a way to its part of the page."""
    words = _WORDS[lang]
    titles = (words["file"], words["passed of"], words["rules"], words["conditions"])
    rows = []
    for number, each in enumerate(reports):
        link = f'<td><a href="#r{number}">{escape(each.file)}</a></td>'
        if each.report is None:
            rows.append(f'<tr>{link}<td colspan="3" class="bad">{words["errors"]}</td></tr>')
            continue
        coverage = each.coverage or Coverage(())
        passed, tested = len(each.report.passed), len(each.report.results)
        failing = ' class="bad"' if passed < tested else ""
        shares = "".join(
            f"<td{'' if share == 100 else ' class=low'}>{share}%</td>"
            for share in (coverage.rules_percent, coverage.conditions_percent)
        )
        rows.append(f"<tr>{link}<td{failing}>{passed} / {tested}</td>{shares}</tr>")
    head = "".join(f"<th>{each}</th>" for each in titles)
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


def _legend(lang: str) -> str:
    words = _WORDS[lang]
    return (
        f'<div class="legend"><span><code class="both">a &gt; 1</code> {words["both"]}</span>'
        f'<span><code class="part">a &gt; 1</code> {words["never true"]} / {words["never false"]}</span>'
        f'<span><code class="l hit" style="display:inline">×3</code> {words["branch"]}</span>'
        f'<span><code class="l miss" style="display:inline">×0</code> {words["miss"]}</span></div>'
    )


def _gaps(coverage: Coverage, sources: Sequence[Source], number: int, lang: str) -> str:
    words = _WORDS[lang]
    gaps = coverage.gaps()
    if not gaps:
        return f"<p>{words['none']}</p>"
    files = [each.name for each in sources]
    items = []
    for each in gaps:
        text = escape(describe(each, lang).message)
        span = each.span
        if span is not None and span.file in files:
            line = f"第{span.line}行" if lang == "zh" else f"line {span.line}"
            text = f'<a href="#r{number}f{files.index(span.file)}l{span.line}">{line}</a> {text}'
        items.append(f"<li>{text}</li>")
    counted = f"（{len(gaps)}）" if lang == "zh" else f" ({len(gaps)})"
    return f"<h3>{words['gaps']}{counted}</h3>\n<ul>{''.join(items)}</ul>"


@frozen
class _Marks:
    """What is known of every stretch of the files: by branch, and inside it by condition."""

    branches: tuple[tuple[Span, BranchCoverage], ...]
    conditions: tuple[tuple[Span, ConditionCoverage], ...]

    @classmethod
    def of(cls, coverage: Coverage, sources: Sequence[Source]) -> _Marks:
        """The marks of what stands in the files at hand."""
        texts = {each.name: each for each in sources}
        branches = [
            (_whole(each.place, texts[each.place.file]), each)
            for each in coverage.branches
            if each.place is not None and each.place.file in texts
        ]
        conditions = [
            (each.place, each) for each in coverage.conditions if each.place is not None and each.place.file in texts
        ]
        return cls(tuple(branches), tuple(conditions))

    def places(self) -> Iterator[Span]:
        """All stretches that have a mark."""
        yield from (span for span, _ in self.branches)


def _whole(place: Span, source: Source) -> Span:
    """The stretch of a branch: of a table's row the whole line, of what stands in a table's file the statement."""
    start = source.text.rfind("\n", 0, place.start) + 1
    end = source.text.find("\n", place.start)
    line = source.text[start : end if end >= 0 else len(source.text)]
    if line.lstrip().startswith(("|", "｜")):
        return Span(place.file, start, start + len(line), place.line, 1)
    return place


def _lines(source: Source, marks: _Marks, anchor: str, lang: str) -> Iterator[str]:
    """The lines of a file as HTML."""
    branch_at: dict[int, BranchCoverage] = {}
    starts: dict[int, list[BranchCoverage]] = {}
    for span, each in marks.branches:
        if span.file == source.name:
            branch_at.update(dict.fromkeys(range(span.start, span.end), each))
            starts.setdefault(span.line, []).append(each)
    condition_at: dict[int, ConditionCoverage] = {}
    for span, condition in sorted(marks.conditions, key=lambda pair: pair[0].start - pair[0].end):
        if span.file == source.name:
            condition_at.update(dict.fromkeys(range(span.start, span.end), condition))
    offset = 0
    for number, text in enumerate(source.text.split("\n"), 1):
        places = range(offset, offset + len(text))
        touched = [branch_at[place] for place in places if place in branch_at and not text[place - offset].isspace()]
        begun = starts.get(number, ())
        kind = "" if not touched else " miss" if all(not each.taken for each in touched) else " hit"
        count = f"×{sum(each.taken for each in begun)}" if begun else ""
        yield (
            f'<span class="l{kind}" id="{anchor}l{number}"{_title(begun, lang)}><span class="n">{number}</span>'
            f'<span class="k">{count}</span>{_text(text, places, condition_at, branch_at, lang)}</span>'
        )
        offset += len(text) + 1


def _title(begun: Iterable[BranchCoverage], lang: str) -> str:
    words = _WORDS[lang]
    told = []
    for each in begun:
        key = "miss" if not each.taken else "hit one" if each.taken == 1 else "hit"
        name, colon = (each.in_chinese or each.rule, "：") if lang == "zh" else (each.rule, ": ")
        told.append(f"{name}{colon}{words[key].format(count=each.taken)}")
    joined = ("；" if lang == "zh" else "; ").join(told)
    return f' title="{escape(joined, quote=True)}"' if told else ""


def _text(
    text: str,
    places: range,
    condition_at: Mapping[int, ConditionCoverage],
    branch_at: Mapping[int, BranchCoverage],
    lang: str,
) -> str:
    """A line with its conditions marked; of a branch that nobody takes the line says it all."""
    pieces = []

    def mark(place: int) -> ConditionCoverage | None:
        branch = branch_at.get(place)
        return condition_at.get(place) if branch is None or branch.taken else None

    for condition, run in groupby(places, key=mark):
        piece = escape("".join(text[place - places.start] for place in run))
        if condition is not None and piece.strip():
            kind, said = _seen(condition, lang)
            piece = f'<span class="{kind}" title="{said}">{piece}</span>'
        pieces.append(piece)
    return "".join(pieces)


def _seen(condition: ConditionCoverage, lang: str) -> tuple[str, str]:
    words = _WORDS[lang]
    if condition.seen_true and condition.seen_false:
        return "both", words["both"]
    if not condition.seen_true and not condition.seen_false:
        return "part", words["unseen"]
    return "part", words["never false" if condition.seen_true else "never true"]
