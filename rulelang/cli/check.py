"""``rulelang check [PATH…]``: what is wrong with rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, WRONG_CALL_CODES, CommandError
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import mapped, open_data, read_otherwise, reading_options
from rulelang.cli.options import as_of_option, data_options, format_option, map_option, plugin_option, several
from rulelang.cli.paths import rule_files
from rulelang.version import __version__

if TYPE_CHECKING:
    from rulelang.analysis.account import Account
    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.diagnostics.position import Source
    from rulelang.engine.ruleset import Ruleset
    from rulelang.vocabulary.reading import ReadingOptions

USUAL_STEPS = 400_000


@command(
    "check",
    en="Checks rules before anything runs: syntax, names, types and units, and by proof gaps, conflicts, rules and "
    "conditions that never count, each with a customer that shows it. Then it says what is proved: of one file by "
    "outcome. Exit code 1 where there are errors or warnings; notes don't count.",
    zh="在运行之前检查规则：写法、名称、类型和单位，并证明有无空档、冲突、永远用不到的规则和不起作用的条件，每项都给出一个客户为例；"
    "最后说明证明了什么，单个文件按结论列出。有错误或警告时退出码为1，提示不算。",
)
@argument(
    "paths",
    nargs=-1,
    metavar=("PATH", "路径"),
    en="rule files, folders or names of rulesets (default: the current folder)",
    zh="规则文件、文件夹或规则集名称（默认为当前文件夹）",
)
@option(
    "--population",
    metavar=("DATA", "数据"),
    en="say how many customers of a data file each finding concerns",
    zh="说明每项发现涉及数据文件中的多少客户",
)
@as_of_option()
@option(
    "--budget",
    type=click.IntRange(1),
    default=USUAL_STEPS,
    metavar=("STEPS", "步数"),
    en="how long to try to prove each question (default: 400,000 steps)",
    zh="证明每个问题最多用多少步（默认400,000）",
)
@map_option()
@several(data_options())
@format_option("text", "json", "sarif")
@plugin_option()
@click.pass_obj
def cli(
    console: Console,
    paths: tuple[str, ...],
    population: str | None,
    as_of: date | None,
    budget: int,
    pairs: tuple[str, ...],
    date_order: Mapping[str, str],
    decimal: Mapping[str, str],
    percent: Mapping[str, str],
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    form: str,
    plugin_folders: tuple[Path, ...],
) -> int:
    """Prints every finding of every file, and what was proved."""
    from rulelang.diagnostics.catalogue import severity
    from rulelang.diagnostics.export import to_json, to_sarif
    from rulelang.engine.advice.proving import day_of
    from rulelang.engine.deciding.validity import broken_requirements
    from rulelang.engine.loading.reading import read_ruleset
    from rulelang.engine.loading.together import one_for_folders
    from rulelang.report.proved import ProvedFile, proved_json, proved_text

    files = rule_files(paths or (".",))
    found: list[Diagnostic] = []
    sources: list[Source] = []
    proved: list[ProvedFile] = []
    joined = one_for_folders(files, paths, plugin_folders)
    for file in dict.fromkeys(joined.get(each, each) for each in files):
        loaded = read_ruleset(file, plugin_folders=plugin_folders)
        if any(each.code in WRONG_CALL_CODES for each in loaded.diagnostics):
            raise CommandError(*loaded.diagnostics)
        found += loaded.diagnostics
        if loaded.ruleset is not None:
            day = day_of(loaded.ruleset.model, loaded.ruleset.as_of(as_of))
            found += broken_requirements(loaded.ruleset.model, day)
            read_otherwise((), (date_order, decimal, percent), loaded.ruleset.model)
            options = reading_options(date_order, decimal, percent)
            data = _Data(population, pairs, options, encoding, delimiter, sheet)
            diagnostics, account = _proved(console, loaded.ruleset, day, budget, data)
            found += diagnostics
            proved.append(ProvedFile(file, loaded.ruleset, day, account))
        sources += [each for each in loaded.sources if each not in sources]
    if form == "text":
        text = console.rendered(found, sources, console.style)
        together = "\n".join(_together(console, each, joined) for each in dict.fromkeys(joined.values()))
        said = proved_text(proved, console.lang, console.style)
        parts = (text, said, together, _count(console, len(files), found))
        console.print("\n\n".join(each for each in parts if each))
    else:
        if form == "sarif":
            log = to_sarif(found, sources, console.lang, __version__)
            log["runs"][0]["properties"] = {"proved": proved_json(proved)}
            text = json.dumps(log, ensure_ascii=False, indent=2)
        else:
            text = as_json({**to_json(found, sources, console.lang), "proved": proved_json(proved)})
        console.print(text)
    return FINE if all(severity(each.code) == "note" for each in found) else FINDINGS


@frozen
class _Data:
    """The file of ``--population`` and how it is read."""

    file: str | None
    pairs: tuple[str, ...]
    options: ReadingOptions
    encoding: str | None
    delimiter: str | None
    sheet: str | None


def _proved(
    console: Console, ruleset: Ruleset, day: date, budget: int, data: _Data
) -> tuple[tuple[Diagnostic, ...], Account | None]:
    """What is found in a ruleset, counted in a population where there is one, and what was proved of it."""
    from rulelang.engine.advice.checking import coming
    from rulelang.engine.advice.findings import finding_diagnostics
    from rulelang.engine.advice.proving import count_population, prove
    from rulelang.engine.reading.customers import Reading
    from rulelang.testing.known import known_customers

    def known() -> tuple[dict[str, Any], ...]:
        return known_customers(ruleset, [Path(each.name) for each in ruleset.model.sources], day)

    proved = prove(ruleset, day, budget, known)
    if proved is None:
        return coming(ruleset, day, budget, ()).diagnostics, None
    inquiry, findings, account = proved
    counts = None
    if data.file is not None and inquiry is not None:
        with open_data(data.file, data.encoding, data.delimiter, data.sheet) as source:
            pairs, options = mapped(console, data.pairs, data.options, source, ruleset.model)
            reading = Reading(pairs, options=options)
            counts, notes = count_population(inquiry, findings, source, reading)
        console.report(notes)
    found = finding_diagnostics(findings, ruleset.model, day, budget, counts)
    return (*found, *coming(ruleset, day, budget, findings).diagnostics), account


def _together(console: Console, folder: str, joined: Mapping[str, str]) -> str:
    count = sum(each == folder for each in joined.values())
    return console.say(
        f"{folder}: its {count} files need each other and were taken together, as run takes a folder",
        f"{folder}：其中{count}个文件互相依赖，已作为一个规则集检查，与run对文件夹的做法相同",
    )


def _count(console: Console, files: int, found: list[Diagnostic]) -> str:
    from rulelang.diagnostics.catalogue import severity

    counts = {kind: sum(severity(each.code) == kind for each in found) for kind in ("error", "warning", "note")}
    if console.lang == "zh":
        names = {"error": "错误", "warning": "警告", "note": "提示"}
        said = "，".join(f"{names[kind]}{count}个" for kind, count in counts.items() if count)
        return f"已检查{files}个文件：{said or '没有问题'}"
    said = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items() if count)
    return f"{files} {'file' if files == 1 else 'files'} checked: {said or 'nothing found'}"
