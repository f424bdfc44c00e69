"""``rulelang doctor RULES DATA``: whether the engines agree on the user's own rows."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.options import format_option, rules_argument

if TYPE_CHECKING:
    from rulelang.engine.comparing.comparing_engines import Agreement, Difference


@command(
    "doctor",
    en="Decides every row of DATA with each engine, and rows at and beside every limit of the rules as well. Says that "
    "they agree, or shows the first row that differs: the outcome, both answers, the rule. Exit code 1 where they "
    "differ.",
    zh="用每个引擎判定数据的每一行，并判定规则各界限上及两侧的情形。一致则如实说明，否则指出第一处不同："
    "哪一行、哪个结论、两个答案、哪条规则。不一致时退出码为1。",
)
@rules_argument()
@argument(
    "data",
    metavar=("DATA", "数据"),
    en="the customers: a file, or the URL of a table: then its database is compared",
    zh="客户数据：文件，或表的URL（此时与其数据库比较）",
)
@option(
    "--engine",
    choices=("duckdb", "spark"),
    default="duckdb",
    en="the engine that is held against the generated Python",
    zh="与生成的Python相对照的引擎",
)
@inputs(format_option("text", "json"))
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str,
    engine: str,
    form: str,
    inputs: Inputs,
) -> int:
    """Runs every engine twice, and says what came out."""
    from rulelang.engine.comparing.comparing_engines import boundary_rows, compare_engines, engine_for, written_aside
    from rulelang.engine.connections.address import masked
    from rulelang.engine.run import RunOptions

    checked: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        source = inputs.open(data, stack, rules)
        ruleset = inputs.ruleset(rules, source)
        joined = inputs.with_last_run(source, ruleset.model, stack)
        if joined is not source:  # as a file, which every engine reads
            source = written_aside(joined, stack.enter_context(tempfile.TemporaryDirectory()))
        reading = inputs.reading(stack, source, ruleset.model)
        options = RunOptions(inputs.as_of, reading.pairs, reading.options, lists=reading.lists)
        if engine == "spark":
            from rulelang.engine.spark.session import open_session

            stack.enter_context(open_session(purpose=data))  # one for all
        boundaries = written_aside(boundary_rows(ruleset, source, options), folder)
        for name, each in ((masked(data), source), (console.say("rows at the limits", "界限上的情形"), boundaries)):
            found = compare_engines(ruleset, each, options, engine)
            engine = engine_for(each, engine)
            checked.append({"rows_of": name, "engine": engine, "rows": found.rows, "difference": None})
            if found.difference is not None:
                checked[-1]["difference"] = _facts(found.difference)
            if form == "text":
                console.print(_told(console, name, engine, found))
    if form == "json":
        console.print(as_json({"agree": all(each["difference"] is None for each in checked), "checked": checked}))
    return FINE if all(each["difference"] is None for each in checked) else FINDINGS


def _facts(found: Difference) -> dict[str, Any]:
    python, other = found.answers
    return {"row": found.row, "outcome": found.outcome, "rule": found.rule, "python": python, "other": other}


def _told(console: Console, name: str, engine: str, found: Agreement) -> str:
    if found.difference is None:
        agreed = f"{name}: {found.rows:,} rows, python and {engine} agree"
        return console.say(agreed, f"{name}：{found.rows:,}行，python与{engine}一致")
    other = found.difference
    one, two = (each or "-" for each in other.answers)
    differs = f"row {other.row} differs in {other.outcome}: python {one}, {engine} {two} (rule {other.rule})"
    return console.say(
        f"{name}: {differs}",
        f"{name}：第{other.row}行的“{other.outcome}”不同：python为{one}，{engine}为{two}（规则{other.rule}）",
    )
