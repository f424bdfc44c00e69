"""``rulelang test --mutate`` and ``--suggest``: how good the sample customers are, and which are missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rulelang.cli.console import Console
from rulelang.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from rulelang.engine.ruleset import Ruleset
    from rulelang.testing.discover import Found
    from rulelang.testing.mutation import MutationReport
    from rulelang.testing.sample import Sample


def mutation_of(
    console: Console,
    found: Sequence[Found],
    as_of: date | None,
    plugin_folders: Sequence[Path],
    suggest: bool,
    seconds: float | None = None,
) -> tuple[list[dict[str, Any]], list[str], bool]:
    """Mutates every ruleset: the results as data, the lines to print, and whether all mistakes are noticed."""
    from rulelang.engine.loading.reading import read_ruleset
    from rulelang.report.mutation_report import mutation_diagnostics, mutation_line
    from rulelang.report.progress import Progress
    from rulelang.testing.mutation import mutate
    from rulelang.testing.samples import read_samples

    data: list[dict[str, Any]] = []
    lines: list[str] = []
    today, fine = as_of or date.today(), True
    for each in found:
        loaded = read_ruleset(each.rules, plugin_folders=plugin_folders)
        if loaded.ruleset is None:
            continue
        model = loaded.ruleset.model
        samples = read_samples(model, each.samples).samples
        with Progress(
            sys.stderr, console.say(f"mistakes tried in {each.rules.name}", f"处改动（{each.rules.name}）")
        ) as shown:
            report = mutate(loaded.ruleset, samples, today, progress=shown, seconds=seconds)
        fine &= not report.survivors
        findings = mutation_diagnostics(report, model)
        if findings:
            lines.append(console.rendered(findings, loaded.sources, console.style))
        lines.append(mutation_line(str(each.rules), report, console.lang))
        data.append(_as_data(str(each.rules), report, findings, console))
        if suggest:
            lines.append(_written(console, loaded.ruleset, each, samples, report, today))
    return data, lines, fine


def _as_data(file: str, report: MutationReport, findings: Sequence[Diagnostic], console: Console) -> dict[str, Any]:
    from rulelang.diagnostics.export import finding_json

    return {
        "file": file,
        "score": report.score,
        "killed": report.killed,
        "equivalent": report.equivalent,
        "survived": len(report.survivors),
        "open": len(report.open),
        "untried": report.untried,
        "findings": [finding_json(each, console.lang) for each in findings],
    }


def _written(
    console: Console,
    ruleset: Ruleset,
    found: Found,
    samples: Sequence[Sample],
    report: MutationReport,
    today: date,
) -> str:
    """Writes the customers that are missing, and says so."""
    from rulelang.report.mutation_report import named_suggestions
    from rulelang.testing.added_samples import add_samples
    from rulelang.testing.suggest import suggest

    suggestions = suggest(ruleset, samples, report, today)
    if not suggestions:
        return console.say(f"{found.rules}: no customer is missing", f"{found.rules}：不缺样例客户")
    named = named_suggestions(suggestions, ruleset.model, console.lang)
    added = add_samples(ruleset.model, found.rules, found.samples, named, console.lang)
    text = console.say(
        f"{added.count} customers added to {added.file}: write the right answer in place of each question mark",
        f"已在{added.file}中添加{added.count}个客户：请用正确的答案替换问号",
    )
    if added.left_out:
        text += console.say(
            f"; {added.left_out} with lists can't be written to a table",
            f"；{added.left_out}个含明细的客户无法写入表格",
        )
    return text
