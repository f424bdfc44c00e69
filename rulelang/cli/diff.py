"""``rulelang diff OLD NEW [DATA]``: what changed between two versions, who moves, and which edit is the cause."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, CommandError, exit_code_of, wrong_call
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import load_ruleset, outcomes_named, with_settings
from rulelang.cli.options import format_option, outcome_option, read_day

if TYPE_CHECKING:
    from rulelang.changes.versions import Versions
    from rulelang.engine.comparing.comparing import Wanted
    from rulelang.engine.comparing.limits import Limit
    from rulelang.engine.reading.customers import Reading
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.sources.source import Source
    from rulelang.model.program import Model

_DATA = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".parquet")


@command(
    "diff",
    en="Says what changed between two versions of a ruleset. With DATA: which customers move from where to where, and "
    "which edit is the cause, alone or together with others. Exit code 1 where a --limit is exceeded or a row can't be "
    "read. Without DATA: the edits, and for each outcome a proof that it is decided alike or a customer who differs; "
    "exit code 0 where all of it is proved, else 1.",
    zh="说明规则集两个版本之间改了什么。给出数据时：哪些客户的结论变了、从什么变成什么、是哪项修改导致的（单独或与其他修改共同）。"
    "超出--limit或有读不了的行时退出码为1。不给数据时：列出修改，并对每个结论证明判定相同或给出判定不同的客户；全部证明相同则退出码为0，否则为1。",
)
@argument(
    "what",
    nargs=-1,
    required=True,
    metavar=("OLD NEW [DATA]", "旧 新 [数据]"),
    en="two rulesets (files, folders, names, or git revisions: HEAD~1:rules/x.rules) and a data file; one ruleset with "
    "two dates (--as-of twice), with --set or with --old-set",
    zh="两个规则集（文件、文件夹、名称，或git版本：HEAD~1:rules/x.rules）和数据文件；只写一个规则集时，"
    "用两个基准日（写两次--as-of）、--set或--old-set",
)
@option(
    "--as-of",
    "days",
    multiple=True,
    metavar=("DATE", "日期"),
    en="decide as of this date (default: today); twice: OLD on the first date, NEW on the second",
    zh="以此日为基准日（默认为今天）；写两次则旧版本用第一个、新版本用第二个",
)
@option(
    "--set",
    "settings",
    multiple=True,
    metavar=("THRESHOLD=VALUE", "阈值=值"),
    en='use another value for a threshold of NEW: --set "lost_after=400 days"; may be repeated',
    zh="给新版本的阈值另设一个值：--set 流失天数=400天；可重复使用",
)
@option(
    "--old-set",
    "old_settings",
    multiple=True,
    metavar=("THRESHOLD=VALUE", "阈值=值"),
    en="the same for OLD",
    zh="给旧版本的阈值另设一个值",
)
@option(
    "--limit",
    "limits",
    multiple=True,
    metavar=("LIMIT", "限额"),
    en='exit code 1 where more move: --limit "down:lifecycle<=2%", "up:tier<=100", "any<=0"; may be repeated. Without '
    "an outcome: customers who move in one outcome or more. Up and down: by size, date or declared order; of a choice "
    "without order what is declared first is the best",
    zh='变动超出时退出码为1：--limit "下降:生命周期<=2%"、"上升:等级<=100"、"变动<=0"；可重复使用。'
    "不写结论时，指至少一个结论有变动的客户。"
    "升降按大小、日期或声明的次序；选项没有次序时，先声明的为优",
)
@option(
    "-o",
    "--output",
    metavar=("OUT", "结果"),
    en="write who moves to this file, a row for each move with its cause (.csv, .tsv, .xlsx, .json, .jsonl, -)",
    zh="把变动的客户写入此文件，每项变动一行并注明原因（.csv、.tsv、.xlsx、.json、.jsonl、-）",
)
@option(
    "--decisions",
    metavar=("FILE", "文件"),
    en="decide again what this file holds decisions of, as “rulelang run --why” wrote it: which would differ now, and "
    "why. With OLD and NEW, or with two dates, differences are put down to the edits",
    zh="对“rulelang run --why”写出的判定文件重新判定：哪些现在会不同、为什么。"
    "写了新旧两个版本或两个基准日时，归因到各项修改",
)
@outcome_option()
@inputs(format_option("text", "json"), as_of=False, settings=False)
@option(
    "--old-plugin-dir",
    "old_plugin_folders",
    multiple=True,
    callback=lambda _ctx, _param, values: tuple(map(Path, values)),
    metavar=("FOLDER", "文件夹"),
    en="the plug-in folder that OLD uses, where it is not that of --plugin-dir; may be repeated",
    zh="旧版本使用的插件文件夹（与--plugin-dir不同时）；可重复",
)
@click.pass_obj
def cli(
    console: Console,
    what: tuple[str, ...],
    days: tuple[str, ...],
    old_settings: tuple[str, ...],
    limits: tuple[str, ...],
    output: str | None,
    decisions: str | None,
    wanted: tuple[str, ...],
    form: str,
    old_plugin_folders: tuple[Path, ...],
    inputs: Inputs,
) -> int:
    """Compares, and prints what came of it."""
    from rulelang.changes.edits import compare
    from rulelang.engine.deciding.validity import counts_hours

    alone = bool(inputs.settings or old_settings or len(days) > 1 or old_plugin_folders)
    references, data = _arguments(what, alone or decisions is not None)
    if decisions is not None:
        if data is not None:
            raise wrong_call("extra-argument", found=(data,))
        data = decisions
    both = _days(days)
    with ExitStack() as stack:
        source = None if data is None else inputs.open(data, stack, references[0])
        old = with_settings(_load(references[0], source, old_plugin_folders or inputs.plugin_folders), old_settings)
        new = with_settings(_load(references[-1], source, inputs.plugin_folders), inputs.settings)
        versions = compare(old.model, new.model, both)
        names = outcomes_named(new.model, wanted)
        if source is None:
            if output or limits or inputs.tables or inputs.previous or both[0] != both[1]:
                raise wrong_call("diff-needs-data")
            day = (old if counts_hours(old.model) else new).as_of(both[0])
            return _without_data(console, versions, form, day, _known((old, new), day))
        from rulelang.engine.comparing.comparing import Wanted, compare_on
        from rulelang.explain.named import labelled_findings
        from rulelang.report.comparison import cause_text, compared_json, compared_text
        from rulelang.report.progress import Progress

        progress = stack.enter_context(Progress(sys.stderr, console.say("rows", "行")))
        source = inputs.with_last_run(source, new.model, stack)
        reading, key = inputs.reading(stack, source, new.model, progress), inputs.customer_column(source, new.model)
        asked = Wanted(names, _limits(limits, new.model), key, console.lang)
        if decisions is not None:
            older = alone or len(references) > 1
            return _history(console, versions, older, source, reading, asked, output, form)
        compared = compare_on(
            versions,
            (old.as_of(both[0]), new.as_of(both[1])),
            source,
            reading,
            asked,
            output,
            lambda cause: cause_text(cause, versions, console.lang, whole=True),
        )
    if form == "json":
        text = as_json(compared_json(compared, console.lang))
    else:
        text = compared_text(compared, console.lang, console.style, key)
    (console.message if output == "-" else console.print)(text)
    if form == "text":
        console.report(labelled_findings(compared.notes, new.model, console.lang))
    if output not in (None, "-"):
        console.message(console.say(f"written to {output}", f"已写入{output}"))
    return FINDINGS if compared.exceeded or compared.rejected else FINE


def _history(
    console: Console,
    versions: Versions,
    older: bool,
    source: Source,
    reading: Reading,
    wanted: Wanted,
    output: str | None,
    form: str,
) -> int:
    """Decides a file of decisions again."""
    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.engine.comparing.history import Replay
    from rulelang.explain.named import labelled_findings
    from rulelang.report.history import impact_json, impact_text, told_cause

    days = (versions.days[0] or date.today(), versions.days[1] or date.today())
    lang = console.lang
    impact = Replay(versions, days, source, older, wanted).over(
        reading, lambda cause: told_cause(cause, versions, lang, whole=True), output
    )
    if form == "json":
        text = as_json(impact_json(impact, lang))
    else:
        text = impact_text(impact, older, lang, console.style, wanted.key)
    (console.message if output == "-" else console.print)(text)
    if form == "text":
        today = [] if any(versions.days) else [Diagnostic("decisions-held-against-today", facts={"day": days[1]})]
        console.report([*labelled_findings(impact.notes, versions.new, console.lang), *today])
    if output not in (None, "-"):
        console.message(console.say(f"written to {output}", f"已写入{output}"))
    return FINDINGS if impact.exceeded or impact.rejected else FINE


def _arguments(what: Sequence[str], alone: bool) -> tuple[Sequence[str], str | None]:
    """The rulesets and the data among the arguments. Raises CommandError."""
    is_data = [each == "-" or "://" in each or each.casefold().endswith(_DATA) for each in what]
    rules = [each for each, data in zip(what, is_data, strict=True) if not data]
    data = [each for each, data in zip(what, is_data, strict=True) if data]
    if len(data) > 1:
        raise wrong_call("two-data-files", first=data[0], second=data[1], rules=rules[0] if rules else None)
    if len(rules) > 2:
        raise wrong_call("extra-argument", found=tuple(rules[2:]))
    if not rules or (len(rules) == 1 and not alone):
        raise wrong_call("nothing-to-compare")
    return rules, data[0] if data else None


def _days(days: Sequence[str]) -> tuple[date | None, date | None]:
    if len(days) > 2:
        raise wrong_call("extra-argument", found=tuple(days[2:]))
    read = [read_day(each) for each in days]
    return (read[0], read[-1]) if read else (None, None)


def _load(reference: str, source: Source | None, plugin_folders: Sequence[Path]) -> Ruleset:
    from rulelang.engine.comparing.revisions import is_revision, read_revision

    if not is_revision(reference):
        return load_ruleset(reference, source, plugin_folders)
    loaded = read_revision(reference, plugin_folders)
    if loaded.ruleset is None:
        raise CommandError(*loaded.errors, exit_code=exit_code_of(loaded.errors), sources=loaded.sources)
    return loaded.ruleset


def _limits(texts: Sequence[str], model: Model) -> tuple[Limit, ...]:
    from rulelang.diagnostics.diagnostic import DataError
    from rulelang.engine.comparing.limits import read_limit

    try:
        return tuple(read_limit(each, model) for each in texts)
    except DataError as error:
        raise CommandError(*error.diagnostics) from None


def _known(rulesets: Sequence[Ruleset], day: date) -> list[Mapping[str, Any]]:
    """The sample customers beside the rule files of some rulesets."""
    from rulelang.testing.known import known_customers

    found: list[Mapping[str, Any]] = []
    read: set[Path] = set()
    for each in rulesets:
        rules = [path for source in each.model.sources if (path := Path(source.name)) not in read]
        found += known_customers(each, rules, day)
        read.update(rules)
    return found


def _without_data(
    console: Console, versions: Versions, form: str, day: date, known: Iterable[Mapping[str, Any]]
) -> int:
    """What can be said about two versions themselves: the edits, and what is proved of them."""
    from rulelang.engine.comparing.proved import prove
    from rulelang.report.comparison import edits_text, versions_json
    from rulelang.report.differences import proof_json, proof_text

    proof = prove(versions, day, known)
    if form == "json":
        facts = {**versions_json(versions, console.lang), "day": day.isoformat(), **proof_json(proof)}
        console.print(as_json(facts))
    else:
        said = proof_text(proof, versions, console.lang, console.style)
        edits = edits_text(versions, console.lang, console.style)
        console.print(f"{edits}\n\n{said}" if versions.edits else said)
    return FINE if proof.same else FINDINGS
