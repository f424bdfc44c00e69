"""``rulelang allocate RULES CUSTOMERS --to MANAGERS``: which manager gets which customer."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import open_data
from rulelang.cli.options import format_option, read_pair


@command(
    "allocate",
    en="Gives customers to managers. The rules say each one's priority and needs; managers have capacity, load, region "
    "and skills. In this order: pins, exclusions, skills and regions hold; higher priorities are served first, the "
    "others wait; as few as possible change hands; load is even, and top priorities are spread. Exit code 1 where rows "
    "were rejected, somebody is pinned to nobody, or a customer stands there twice.",
    zh="把客户分配给经理。规则给出每个客户的优先级和需求；经理有容量、负荷、地区和技能。依次保证：指定、排除、技能和地区都得到遵守；"
    "优先级高的先安排，其余等候；尽量少换经理；负荷均衡，最高优先级的客户分散。有退回行、指定的经理不存在或客户重复时退出码为1。",
)
@argument(
    "rules",
    metavar=("RULES", "规则"),
    en="a .rules file, a folder of them, or the name of a ruleset with an outcome priority",
    zh=".rules文件、放规则文件的文件夹，或规则集名称；其中须有结论“优先级”",
)
@argument(
    "data",
    metavar=("CUSTOMERS", "客户"),
    en="their table; columns region, manager, pinned, excluded count where they are there",
    zh="客户表；有地区、客户经理、指定经理、排除经理各列时按其分配",
)
@option(
    "--to",
    "managers",
    required=True,
    metavar=("MANAGERS", "经理名单"),
    en="the table of managers: manager, capacity, and where known load, region, skills",
    zh="经理表：客户经理、容量；可有负荷、地区、技能",
)
@option(
    "-o",
    "--output",
    metavar=("OUT", "结果"),
    en="write every customer with manager and reason to this file (.csv, .tsv, .xlsx, .json, .jsonl, -)",
    zh="把每个客户及其经理和理由写入此文件（.csv、.tsv、.xlsx、.json、.jsonl、-）",
)
@option(
    "--priority",
    default="",
    metavar=("OUTCOME", "结论"),
    en="the outcome that says who comes first (default: priority)",
    zh="决定谁优先的结论（默认：优先级）",
)
@option(
    "--needs",
    default="",
    metavar=("OUTCOME", "结论"),
    en="the outcome with the skills that the manager must have (default: needs, if there is one)",
    zh="列出经理须有技能的结论（默认：需求，有则用）",
)
@option(
    "--column",
    "roles",
    multiple=True,
    metavar=("ROLE=COLUMN", "用途=列"),
    en="the column for manager, region, pinned, excluded, capacity, load or skills, where it has another title, in "
    "either table; may be repeated",
    zh="客户经理、地区、指定经理、排除经理、容量、负荷、技能各用哪一列（列名不同时，两张表都算）：--column 地区=网点；"
    "可重复使用",
)
@inputs(format_option("text", "json"))
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str,
    managers: str,
    output: str | None,
    priority: str,
    needs: str,
    roles: tuple[str, ...],
    form: str,
    inputs: Inputs,
) -> int:
    """Allocates, writes and reports."""
    from rulelang.allocation.run import Wanted, allocate_source
    from rulelang.allocation.tables import read_managers, roles_said
    from rulelang.explain.named import labelled_findings
    from rulelang.report.allocation import allocation_json, allocation_text, reason_text
    from rulelang.report.progress import Progress

    with ExitStack() as stack:
        of_managers = stack.enter_context(open_data(managers, None, None, None))
        source = inputs.open(data, stack, rules)
        progress = stack.enter_context(Progress(sys.stderr, console.say("rows", "行")))
        pairs = dict(read_pair(each, "--column", "ROLE=COLUMN") for each in roles)
        said = roles_said(pairs, source.columns, of_managers.columns)
        table = read_managers(of_managers, said)
        ruleset = inputs.ruleset(rules, source)
        source = inputs.with_last_run(source, ruleset.model, stack)
        found = allocate_source(
            ruleset,
            source,
            table,
            inputs.day,
            inputs.reading(stack, source, ruleset.model, progress),
            Wanted(priority, needs, said, inputs.customer_column(source, ruleset.model), console.lang),
            output,
            partial(reason_text, lang=console.lang),
        )
    if form == "json":
        text = as_json(allocation_json(found, console.lang))
    else:
        text = allocation_text(found, console.lang, console.style)
    (console.message if output == "-" else console.print)(text)
    if form == "text":
        console.report((*table.notes, *labelled_findings(found.notes, ruleset.model, console.lang)))
    if output not in (None, "-"):
        console.message(console.say(f"written to {output}", f"已写入{output}"))
    pinned_to_nobody = any(each.code == "pinned-to-nobody" for each in found.notes)
    return FINDINGS if found.rejected or found.twice or pinned_to_nobody else FINE
