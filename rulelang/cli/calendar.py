"""``rulelang calendar RULES DATA``: when answers change by themselves."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import date

import click

from rulelang.cli.bilingual import command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, wrong_call
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import outcomes_named
from rulelang.cli.options import data_argument, format_option, outcome_option, rules_argument


@command(
    "calendar",
    en="Says for each customer on which day an outcome will change by itself, no data being new: a cut-off date is "
    "passed, a threshold or a rule comes into force. With -o it writes them, a row for each change. Exit code 1 where "
    "rows were rejected.",
    zh="说明每个客户的结论在没有新数据时会在哪一天自行改变：过了某个期限，或阈值、规则开始生效。"
    "写了-o就写入文件，每次改变一行。有退回行时退出码为1。",
)
@rules_argument()
@data_argument()
@option(
    "--within",
    default="90 days",
    metavar=("LENGTH", "时长"),
    en='look ahead so far: "90 days", "6 months" (default: 90 days)',
    zh="往后看多久：90天、6个月（默认90天）",
)
@option(
    "--every",
    is_flag=True,
    en="all changes in that time, not only the next one of each outcome",
    zh="列出期间的全部改变，而不只是每个结论的下一次",
)
@outcome_option()
@option(
    "-o",
    "--output",
    metavar=("OUT", "结果"),
    en="write the schedule to this file (.csv, .tsv, .xlsx, .json, .jsonl; - for JSON lines on standard output)",
    zh="把日程写入此文件（.csv、.tsv、.xlsx、.json、.jsonl；“-”为在标准输出上写JSON行）",
)
@inputs(format_option("text", "json"))
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str,
    within: str,
    every: bool,
    wanted: tuple[str, ...],
    output: str | None,
    form: str,
    inputs: Inputs,
) -> int:
    """Finds the changes of every customer."""
    from rulelang.engine.advice.proving import timed_field
    from rulelang.engine.comparing.calendar import Calendar, schedule
    from rulelang.explain.named import labelled_findings
    from rulelang.report.calendar import schedule_json, schedule_text, told_cause
    from rulelang.report.progress import Progress

    end = _end(inputs.day, within)
    with ExitStack() as stack:
        source = inputs.open(data, stack, rules)
        progress = stack.enter_context(Progress(sys.stderr, console.say("rows", "行")))
        ruleset = inputs.ruleset(rules, source)
        source = inputs.with_last_run(source, ruleset.model, stack)
        timed = timed_field(ruleset.model)
        if timed is not None:
            raise wrong_call("calendar-of-days", field=timed)
        names = outcomes_named(ruleset.model, wanted) if wanted else ()
        key = inputs.customer_column(source, ruleset.model)
        found = schedule(
            Calendar(ruleset, inputs.day, end, names),
            source,
            inputs.reading(stack, source, ruleset.model, progress),
            every=every,
            target=output,
            key=key,
            language=console.lang,
            tell=lambda cause: told_cause(cause, console.lang),
        )
    if form == "json":
        text = as_json(schedule_json(found, console.lang))
    else:
        text = schedule_text(found, ruleset.model, console.lang, console.style, key)
    (console.message if output == "-" else console.print)(text)
    if form == "text":
        console.report(labelled_findings(found.notes, ruleset.model, console.lang))
    if output not in (None, "-"):
        console.message(console.say(f"written to {output}", f"已写入{output}"))
    return FINDINGS if found.rejected else FINE


def _end(start: date, within: str) -> date:
    """The last day of a length of time. Raises CommandError (``not-a-length-option``)."""
    from rulelang.values.dates import step
    from rulelang.values.durations import read_duration
    from rulelang.values.errors import Unreadable

    try:
        length = read_duration(within)
    except Unreadable:
        raise wrong_call("not-a-length-option", value=within) from None
    if length.amount < 1:
        raise wrong_call("not-a-length-option", value=within)
    return step(start, length)
