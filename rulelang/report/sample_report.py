"""What sample customers came to, and what they cover, for a person and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.export import finding_json
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.report.terminal import Style
from rulelang.testing.coverage import Coverage
from rulelang.testing.junit import Case, CaseGroup
from rulelang.testing.run_samples import SampleReport


@frozen
class RulesetReport:
    """What the samples of one rule file came to.

    ``findings`` are about the rules and the sample files themselves; ``report`` and ``coverage`` are None where the
    rules have errors.
    """

    file: str
    findings: tuple[Diagnostic, ...] = ()
    report: SampleReport | None = None
    coverage: Coverage | None = None
    sources: tuple[Source, ...] = ()

    @property
    def unreadable(self) -> bool:
        """Whether there are samples, and errors in their files leave none that could be tried."""
        return self.incomplete and self.report is not None and not self.report.results

    @property
    def incomplete(self) -> bool:
        """Whether errors in the rules or in the samples' files kept samples from being tried."""
        return any(severity(each.code) == "error" for each in self.findings)


def report_text(reports: Sequence[RulesetReport], lang: str, style: Style, coverage: bool) -> str:
    """The failures, each with its place; then a line per rule file; what no sample reaches where ``coverage`` asks."""
    parts = []
    for each in reports:
        failures = () if each.report is None else each.report.diagnostics
        gaps = each.coverage.gaps() if coverage and each.coverage is not None else ()
        if each.findings or failures or gaps:
            parts.append(render((*each.findings, *failures, *gaps), each.sources, lang, style.paint))
    parts.append("\n".join(_line(each, lang, style) for each in reports))
    if len(reports) > 1:
        parts.append(_total(reports, lang, style))
    return "\n\n".join(parts)


def report_json(reports: Sequence[RulesetReport], lang: str) -> dict[str, Any]:
    """The results for other programs."""
    return {
        "rulesets": [_ruleset_json(each, lang) for each in reports],
        "samples": sum(len(each.report.results) for each in reports if each.report),
        "passed": sum(len(each.report.passed) for each in reports if each.report),
        "failed": sum(len(each.report.failed) for each in reports if each.report),
    }


def case_groups(reports: Sequence[RulesetReport], lang: str) -> list[CaseGroup]:
    """The results as JUnit test cases."""
    groups = []
    for each in reports:
        results = () if each.report is None else each.report.results
        cases = [_case(result.sample.name, result.diagnostics, each.sources, lang) for result in results]
        groups.append(CaseGroup(each.file, tuple(cases), render(each.findings, each.sources, lang)))
    return groups


def _case(name: str, failures: Sequence[Diagnostic], sources: Sequence[Source], lang: str) -> Case:
    if not failures:
        return Case(name)
    text = render(failures, sources, lang)
    return Case(name, text.split("\n", 1)[0], text)


def _line(each: RulesetReport, lang: str, style: Style) -> str:
    if each.report is None:
        text = "规则有错误，未检验" if lang == "zh" else "not tested, the rules have errors"
        return f"{each.file}{_colon(lang)}{style.paint(text, 'error')}"
    if each.unreadable:
        text = "没有读得了的样例" if lang == "zh" else "no sample can be read"
        return f"{each.file}{_colon(lang)}{style.paint(text, 'error')}"
    good, bad = len(each.report.passed), len(each.report.failed)
    counted = _counted(good, bad, lang, style) + _covered(each.coverage, lang) + _wanting((each,), lang, style)
    return f"{each.file}{_colon(lang)}{counted}"


def _total(reports: Sequence[RulesetReport], lang: str, style: Style) -> str:
    good = sum(len(each.report.passed) for each in reports if each.report)
    bad = sum(len(each.report.failed) for each in reports if each.report)
    head = f"共{len(reports)}个规则集：" if lang == "zh" else f"{len(reports)} rulesets: "
    return head + _counted(good, bad, lang, style) + _wanting(reports, lang, style)


def _counted(good: int, bad: int, lang: str, style: Style) -> str:
    if lang == "zh":
        text = f"{good}个样例通过，{bad}个未通过" if bad else f"{good}个样例全部通过"
    elif bad:
        text = f"{good} of {good + bad} samples pass, {bad} {'fails' if bad == 1 else 'fail'}"
    else:
        text = f"all samples pass ({good})"
    return style.paint(text, "error" if bad else "good")


def _wanting(reports: Sequence[RulesetReport], lang: str, style: Style) -> str:
    """What keeps "all samples pass" from being the whole truth."""
    count = sum(each.incomplete for each in reports)
    if not count:
        return ""
    if len(reports) == 1:
        text = "有错误，并非所有样例都已检验" if lang == "zh" else "not all samples were tried, there are errors"
    elif lang == "zh":
        text = f"{count}个规则集有错误，样例未全部检验"
    else:
        text = f"in {count} of them not all samples were tried, there are errors"
    return ("；" if lang == "zh" else "; ") + style.paint(text, "error")


def _covered(coverage: Coverage | None, lang: str) -> str:
    if coverage is None:
        return ""
    if lang == "zh":
        return f"；规则覆盖率{coverage.rules_percent}%，条件覆盖率{coverage.conditions_percent}%"
    return f"; coverage: rules {coverage.rules_percent}%, conditions {coverage.conditions_percent}%"


def _colon(lang: str) -> str:
    return "：" if lang == "zh" else ": "


def _ruleset_json(each: RulesetReport, lang: str) -> dict[str, Any]:
    results = () if each.report is None else each.report.results
    return {
        "file": each.file,
        "findings": [finding_json(finding, lang, each.sources) for finding in each.findings],
        "samples": [
            {
                "name": result.sample.name,
                "passed": result.passed,
                "failures": [finding_json(finding, lang, each.sources) for finding in result.diagnostics],
            }
            for result in results
        ],
        "coverage": None
        if each.coverage is None
        else {
            "rules": each.coverage.rules_percent,
            "conditions": each.coverage.conditions_percent,
            "gaps": [finding_json(finding, lang, each.sources) for finding in each.coverage.gaps()],
        },
    }
