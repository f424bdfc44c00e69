"""``rulelang report RULES DATA -o FILE``: the customer workbook, or a page that a manager reads."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click
from attrs import evolve

from rulelang.cli.bilingual import command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, wrong_call
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.options import data_argument, reveal_option, rules_argument


@command(
    "report",
    en="Decides for every row of DATA and writes what a manager reads. An .xlsx is the customer workbook with three "
    "sheets: basic information, classification, follow-up record; made anew from such a workbook, the record goes on. "
    "An .html is one page with charts, tables and the customers who are due. Exit code 1 where rows were rejected or "
    "the data has findings.",
    zh="为数据的每一行作出判定，写成经理看的报告。.xlsx是三张表的客户工作簿：基础信息、分类信息、跟进记录；"
    "以这样的工作簿为数据再次生成时，跟进记录接着往下写。.html是一页图表，附到期应联系的客户。"
    "有退回行或数据有问题时，退出码为1。",
)
@rules_argument()
@data_argument()
@option(
    "-o",
    "--output",
    required=True,
    metavar=("FILE", "文件"),
    en="the file to write: .xlsx or .html",
    zh="要写的文件：.xlsx或.html",
)
@option(
    "--to-do",
    "to_do",
    multiple=True,
    metavar=("OUTCOME", "结论"),
    en="an outcome for the follow-up record (default: days, strategy, channel and the like); may be repeated",
    zh="列入跟进记录的结论（默认为日期、策略、渠道等）；可重复使用",
)
@reveal_option()
@option(
    "--output-lang",
    choices=("en", "zh"),
    en="language of the report (default: that of the rules; Chinese for a ruleset called by its Chinese name)",
    zh="报告的语言（默认与规则相同；用中文名称指定规则集时为中文）",
)
@inputs()
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str,
    output: str,
    to_do: tuple[str, ...],
    reveal: bool,
    output_lang: str | None,
    inputs: Inputs,
) -> int:
    """Decides, writes, and prints the account of it."""
    from rulelang.cli.loading import outcomes_named
    from rulelang.diagnostics.catalogue import severity
    from rulelang.engine.running.run_options import RunOptions
    from rulelang.report.book import Wanted, write_book
    from rulelang.report.labels import labelled
    from rulelang.report.page import write_page
    from rulelang.report.progress import Progress
    from rulelang.report.run_summary import summary_text

    ending = Path(output).suffix.casefold()
    if ending not in (".xlsx", ".html", ".htm"):
        raise wrong_call("unknown-output", file=output, endings=(".xlsx", ".html"))
    with ExitStack() as stack:
        source = inputs.open(data, stack, rules)
        progress = stack.enter_context(Progress(sys.stderr, console.say("rows", "行")))
        ruleset = inputs.ruleset(rules, source)
        maps = inputs.maps(source, ruleset.model)
        language = output_lang or ("zh" if not rules.isascii() and not Path(rules).exists() else None)
        options = RunOptions(
            as_of=inputs.as_of,
            pairs=maps.pairs,
            notes=maps.notes,
            reading=evolve(inputs.options, spellings=maps.values),
            language=language,
            reveal=reveal,
            progress=progress,
            lists=inputs.lists(stack, ruleset.model),
        )
        source = inputs.with_last_run(source, ruleset.model, stack, language)
        wanted = Wanted(inputs.key, outcomes_named(ruleset.model, to_do) if to_do else ())
        write = write_book if ending == ".xlsx" else write_page
        summary = write(ruleset, source, options, output, wanted)
    shown = labelled(summary, ruleset.model) if console.lang == "zh" else summary
    console.print(summary_text(shown, console.style, console.lang, preview=False))
    console.message(console.say(f"written to {output}", f"已写入{output}"))
    found = [*(each.diagnostic for each in summary.findings), *summary.notes]
    noted = all(severity(each.code) == "note" for each in found)
    return FINDINGS if summary.rejected or not noted else FINE
