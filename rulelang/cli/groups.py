"""``rulelang groups RULES DATA``: groups of similar customers, each with a rule that describes it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, wrong_call
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.options import format_option
from rulelang.cli.writing import replace_text


@command(
    "groups",
    en="Finds groups of similar customers in a table and writes the rules that put everybody into them: a rule file to "
    "read, change and run like any other. RULES says what the columns are; its own rules play no part. Exit code 1 "
    "where rows were rejected.",
    zh="在客户表中找出彼此相似的客户群，并写出把每个客户归入各组的规则：可以阅读、修改，也可以像其他规则文件一样运行。"
    "“规则”只用来说明各列的含义，其中的规则不起作用。有退回行时退出码为1。",
)
@argument(
    "rules",
    metavar=("RULES", "规则"),
    en="a .rules file, a folder of them, or the name of a ruleset, for its fields",
    zh=".rules文件、放规则文件的文件夹，或规则集名称；取其中的字段",
)
@argument(
    "data",
    metavar=("DATA", "数据"),
    en="a .csv, .tsv, .xlsx, .json or .jsonl file",
    zh=".csv、.tsv、.xlsx、.json或.jsonl文件",
)
@option(
    "--by",
    "wanted",
    multiple=True,
    metavar=("FIELD", "字段"),
    en="compare customers by this field; repeated (default: every field with a column, but text and private ones)",
    zh="按这个字段比较客户；可重复使用（默认：数据中有列的全部字段，文本和个人信息除外）",
)
@option(
    "--groups",
    "count",
    type=int,
    metavar=("N", "数量"),
    en="so many groups, 2 to 20 (default: as many as suit, up to 8)",
    zh="分成几组，2至20（默认：自动选择，最多8组）",
)
@option(
    "-o",
    "--output",
    metavar=("FILE", "文件"),
    en="write the rules to this file (default: print them)",
    zh="把规则写入此文件（默认：打印）",
)
@inputs(format_option("text", "json"), settings=False, lists=False)
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str,
    wanted: tuple[str, ...],
    count: int | None,
    output: str | None,
    form: str,
    inputs: Inputs,
) -> int:
    """Finds, writes and reports."""
    from rulelang.explain.named import labelled_findings
    from rulelang.grouping.cluster import MOST_GROUPS
    from rulelang.grouping.run import find_groups
    from rulelang.report.grouping import groups_json, groups_text
    from rulelang.report.progress import Progress

    if count is not None and not 2 <= count <= MOST_GROUPS:
        raise wrong_call("group-count", count=count, most=MOST_GROUPS)
    with ExitStack() as stack:
        source = inputs.open(data, stack, rules)
        progress = stack.enter_context(Progress(sys.stderr, console.say("rows", "行")))
        ruleset = inputs.ruleset(rules, source)
        found = find_groups(
            ruleset,
            source,
            wanted,
            inputs.day,
            inputs.reading(stack, source, ruleset.model, progress),
            count,
            console.lang,
        )
    if output is not None:
        replace_text(Path(output), found.text)
    if form == "json":
        console.print(as_json(groups_json(found, console.lang)))
    else:
        console.print(groups_text(found, console.lang, console.style))
        if output is None:
            console.print("\n" + found.text.rstrip("\n"))
        console.report(labelled_findings(found.notes, ruleset.model, console.lang))
    if output is not None:
        console.message(console.say(f"written to {output}", f"已写入{output}"))
    return FINDINGS if found.rejected else FINE
