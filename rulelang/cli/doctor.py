"""``rulelang doctor RULES DATA``: whether the engines agree on the user's own rows."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE
from rulelang.cli.loading import load_ruleset, mapped, open_data, with_settings
from rulelang.cli.options import as_of_option, data_options, map_option, plugin_option, set_option, several


@command(
    "doctor",
    en="Decides every row of DATA with each engine, and rows at and beside every limit of the rules as well. Says that "
    "they agree, or shows the first row that differs: the outcome, both answers, the rule. Exit code 1 where they "
    "differ.",
    zh="用每个引擎判定数据的每一行，并判定规则各界限上及两侧的情形。一致则如实说明，否则指出第一处不同："
    "哪一行、哪个结论、两个答案、哪条规则。不一致时退出码为1。",
)
@argument(
    "rules",
    metavar=("RULES", "规则"),
    en="a .rules file, a folder of them, or the name of a ruleset",
    zh=".rules文件、放规则文件的文件夹，或规则集名称",
)
@argument(
    "data",
    metavar=("DATA", "数据"),
    en="the customers: a .csv or .parquet file, or the URL of a table: then its database is compared",
    zh="客户数据：.csv或.parquet文件；或表的URL，此时与其数据库比较",
)
@option(
    "--engine",
    choices=("duckdb", "spark"),
    default="duckdb",
    en="the engine that is held against the generated Python",
    zh="与生成的Python相对照的引擎",
)
@as_of_option()
@set_option()
@map_option()
@several(data_options())
@plugin_option()
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str,
    engine: str,
    as_of: date | None,
    settings: tuple[str, ...],
    pairs: tuple[str, ...],
    date_order: str | None,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    plugin_folders: tuple[Path, ...],
) -> int:
    """Runs every engine twice, and says what came out."""
    from rulelang.engine.comparing_engines import boundary_rows, compare_engines, engine_for, written_aside
    from rulelang.engine.database.address import masked
    from rulelang.engine.run import RunOptions

    ending = FINE
    with (
        open_data(data, encoding, delimiter, sheet, rules, plugin_folders) as source,
        tempfile.TemporaryDirectory() as folder,
        ExitStack() as stack,
    ):
        ruleset = with_settings(load_ruleset(rules, source, plugin_folders), settings)
        columns, reads = mapped(console, pairs, date_order, source, ruleset.model, plugin_folders)
        options = RunOptions(as_of, columns, reads)
        if engine == "spark":
            from rulelang.engine.spark.session import open_session

            stack.enter_context(open_session(purpose=data))  # one for all
        boundaries = written_aside(boundary_rows(ruleset, source, options), folder)
        for name, each in ((masked(data), source), (console.say("rows at the limits", "界限上的情形"), boundaries)):
            found = compare_engines(ruleset, each, options, engine)
            engine = engine_for(each, engine)
            if found.difference is None:
                agreed = f"{name}: {found.rows:,} rows, python and {engine} agree"
                console.print(console.say(agreed, f"{name}：{found.rows:,}行，python与{engine}一致"))
                continue
            ending = FINDINGS
            other = found.difference
            one, two = (each or "-" for each in other.answers)
            differs = f"row {other.row} differs in {other.outcome}: python {one}, {engine} {two} (rule {other.rule})"
            console.print(
                console.say(
                    f"{name}: {differs}",
                    f"{name}：第{other.row}行的“{other.outcome}”不同：python为{one}，{engine}为{two}（规则{other.rule}）",
                )
            )
    return ending
