"""``rulelang test [PATH…]``: rulesets against their sample customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, CommandError, exit_code_of
from rulelang.cli.json_output import as_json
from rulelang.cli.options import as_of_option, format_option, plugin_option
from rulelang.cli.writing import replace_text
from rulelang.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from rulelang.report.sample_report import RulesetReport
    from rulelang.testing.discover import Found


@command(
    "test",
    en="Decides the sample customers of every ruleset and compares the answers with what is expected: NAME.samples.csv "
    "(.xlsx, .yaml) beside NAME.rules, and example blocks in the rule file. Exit code 1 where a sample fails, a rule "
    "file has errors, coverage is too low, or there are no samples at all.",
    zh="对每个规则集的样例客户作出判定，并与期望比较。样例在“名称.rules”旁边的“名称.samples.csv”（.xlsx、.yaml）中，"
    "或在规则文件的“示例”中。有样例未通过、规则有错误、覆盖率不足或没有样例时，退出码为1。",
)
@argument(
    "paths",
    nargs=-1,
    metavar=("PATH", "路径"),
    en="rule files, sample files or folders (default: the current folder), or names of rulesets",
    zh="规则文件、样例文件或文件夹（默认为当前文件夹），或规则集名称",
)
@option(
    "-k",
    "match",
    metavar=("TEXT", "文字"),
    en="only samples with this text in their name",
    zh="只检验名称含此文字的样例",
)
@option("--coverage", is_flag=True, en="say what no sample reaches", zh="列出没有样例涉及的规则和条件")
@option(
    "--min-coverage",
    type=click.IntRange(0, 100),
    metavar=("PERCENT", "百分比"),
    en="exit code 1 where the samples reach less than this share of the rules",
    zh="样例涉及的规则低于此比例时退出码为1",
)
@option(
    "--html",
    "page",
    metavar=("FILE", "文件"),
    en="write the coverage to this page: the rule files, with what no sample reaches marked in its place",
    zh="把覆盖情况写成网页：规则文件原文，标出没有样例触及之处",
)
@option(
    "--mutate",
    is_flag=True,
    en="try the samples on rules with one small mistake each, and show the mistakes that no sample notices",
    zh="在规则中逐一制造小错误，列出样例没有发现的错误",
)
@option(
    "--suggest",
    is_flag=True,
    en="write the missing customers to the sample file, their answers left open (?) for you to confirm; "
    "includes --mutate",
    zh="把缺少的样例客户写入样例文件，答案留作问号，由您确认；包含--mutate",
)
@option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    metavar=("SECONDS", "秒数"),
    en="so much time for --mutate and each ruleset; what is left then is counted as not tried",
    zh="--mutate用于每个规则集的时间，到时未试的改动单独计数",
)
@option("--junit", metavar=("FILE", "文件"), en="write the results as JUnit XML as well", zh="同时把结果写成JUnit XML")
@as_of_option()
@format_option("text", "json")
@plugin_option()
@click.pass_obj
def cli(
    console: Console,
    paths: tuple[str, ...],
    match: str | None,
    coverage: bool,
    min_coverage: int | None,
    page: str | None,
    mutate: bool,
    suggest: bool,
    budget: float | None,
    junit: str | None,
    as_of: date | None,
    form: str,
    plugin_folders: tuple[Path, ...],
) -> int:
    """Tests every ruleset, and prints the failures and a line for each."""
    from rulelang.diagnostics.catalogue import severity
    from rulelang.report.sample_report import case_groups, report_json, report_text
    from rulelang.testing.junit import junit_xml

    found = _find(paths, plugin_folders)
    reports = [_test(each, match, as_of, console.lang, plugin_folders) for each in found]
    problems = _of_all(reports, paths, match, min_coverage)
    if junit is not None:
        replace_text(Path(junit), junit_xml(case_groups(reports, console.lang)))
    if page is not None:
        from rulelang.report.coverage_page import coverage_page

        replace_text(Path(page), coverage_page(reports, console.lang))
        console.message(console.say(f"written to {page}", f"已写入{page}"))
    mutation: list[dict[str, Any]] = []
    lines: list[str] = []
    noticed = True
    if mutate or suggest:
        from rulelang.cli.mutation import mutation_of

        mutation, lines, noticed = mutation_of(console, found, as_of, plugin_folders, suggest, budget)
    if form == "json":
        told = report_json(reports, console.lang) | ({"mutation": mutation} if mutate or suggest else {})
        console.print(as_json(told))
    else:
        console.print("\n\n".join([report_text(reports, console.lang, console.style, coverage), *lines]))
    console.report(problems)
    findings = [*problems, *(finding for each in reports for finding in each.findings)]
    failed = not noticed or any(each.report is None or each.report.failed for each in reports)
    return FINDINGS if failed or any(severity(each.code) != "note" for each in findings) else FINE


def _find(paths: Sequence[str], plugin_folders: Sequence[Path]) -> tuple[Found, ...]:
    """The rulesets to test; a path that is not there may be the name of a ruleset. Raises CommandError.

    The vocabulary files of plug-ins declare names and have no rules: they are no rulesets.
    """
    from rulelang.plugin.discover import discover
    from rulelang.plugin.locate import locate
    from rulelang.plugin.plugin import VOCABULARY
    from rulelang.testing.discover import find_rulesets

    wanted: list[Path | str] = []
    for each in paths or (".",):
        if Path(each).exists():
            wanted.append(each)
            continue
        located = locate(each, discover(plugin_folders))
        if located.diagnostics:
            raise CommandError(*located.diagnostics, exit_code=exit_code_of(located.diagnostics))
        wanted += located.paths
    discovery = find_rulesets(wanted)
    if discovery.diagnostics:
        raise CommandError(*discovery.diagnostics, exit_code=exit_code_of(discovery.diagnostics))
    found = tuple(each for each in discovery.found if each.samples or each.rules.name != VOCABULARY)
    return _joined(found, [str(each) for each in wanted], plugin_folders)


def _joined(found: tuple[Found, ...], given: Sequence[str], plugin_folders: Sequence[Path]) -> tuple[Found, ...]:
    """The rulesets with one for each folder whose files need each other: the samples beside any of them are its."""
    from rulelang.engine.loading.together import one_for_folders
    from rulelang.testing.discover import Found

    joined = one_for_folders([str(each.rules) for each in found], given, plugin_folders)
    rulesets: dict[Path, list[Path]] = {}
    for each in found:
        rulesets.setdefault(Path(joined.get(str(each.rules), each.rules)), []).extend(each.samples)
    return tuple(Found(rules, tuple(samples)) for rules, samples in rulesets.items())


def _test(
    found: Found, match: str | None, as_of: date | None, lang: str, plugin_folders: Sequence[Path]
) -> RulesetReport:
    from rulelang.engine.loading.reading import read_ruleset
    from rulelang.report.sample_report import RulesetReport
    from rulelang.testing.coverage import Seen, cover
    from rulelang.testing.run_samples import run_samples
    from rulelang.testing.samples import read_samples

    file = str(found.rules)
    loaded = read_ruleset(found.rules, plugin_folders=plugin_folders)
    if loaded.ruleset is None:
        return RulesetReport(file, loaded.errors, sources=loaded.sources)
    samples = read_samples(loaded.ruleset.model, found.samples)
    report = run_samples(loaded.ruleset, samples.samples, match, lang, as_of)
    customers = [(each.sample, each.decision) for each in report.results if each.decision is not None]
    seen = [Seen.of(sample.given, each) for sample, each in customers]
    coverage = cover(loaded.ruleset.model, seen) if report.results else None
    return RulesetReport(file, samples.diagnostics, report, coverage, loaded.sources)


def _of_all(
    reports: Sequence[RulesetReport], paths: Sequence[str], match: str | None, min_coverage: int | None
) -> list[Diagnostic]:
    """What is to be said about all rulesets together."""
    none = all(each.report is not None and not each.report.results for each in reports)
    if none and not any(each.unreadable for each in reports):
        if match is not None:
            return [Diagnostic("no-sample-matches", facts={"text": match})]
        return [Diagnostic("no-samples", facts={"path": " ".join(paths)})]
    problems = []
    for each in reports:
        if min_coverage is not None and each.report is not None:
            reached = 0 if each.coverage is None else each.coverage.rules_percent
            if reached < min_coverage:
                facts = {"file": each.file, "coverage": reached, "minimum": min_coverage}
                problems.append(Diagnostic("low-coverage", facts=facts))
    return problems
