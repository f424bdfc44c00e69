"""``rulelang run RULES DATA``: decides for every row."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path

import click
from attrs import evolve

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, wrong_call
from rulelang.cli.inputs import Inputs, inputs
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import open_in_spark
from rulelang.cli.options import cuts_option, each_option, format_option, read_pair, reveal_option, rules_argument
from rulelang.cli.writing import replace_text


@command(
    "run",
    en="Decides for every row of DATA. With -o it writes the input columns and one column per outcome; without, it "
    "shows the first rows. Either way it prints a summary: count and share per class, what is wrong with the data, "
    "rules that never fired. Exit code 1 where rows were rejected or the data has errors or warnings.",
    zh="为数据的每一行作出判定。写了-o就输出原有各列加上每个结论一列；不写则显示前几行。"
    "并给出汇总：各类的人数和占比、数据质量问题、从未用到的规则。有退回行或数据有错误、警告时，退出码为1。",
)
@rules_argument()
@argument(
    "data",
    required=False,
    metavar=("[DATA]", "[数据]"),
    en="a .csv, .tsv, .xlsx, .json or .jsonl file, - for JSON lines from standard input, or the URL of a table: "
    "postgresql://user@host/bank?table=customers, sqlite:///bank.db?query=SELECT …",
    zh=".csv、.tsv、.xlsx、.json或.jsonl文件；“-”表示从标准输入读取JSON行；也可以是表的URL："
    "postgresql://用户@主机/库?table=表，sqlite:///文件.db?query=SELECT …",
)
@option(
    "-o",
    "--output",
    metavar=("OUT", "结果"),
    en="write the result to this file (.csv, .tsv, .xlsx, .json, .jsonl; - for JSON lines on standard output), or as "
    "a table to this URL",
    zh="把结果写入此文件（.csv、.tsv、.xlsx、.json、.jsonl；“-”为在标准输出上写JSON行），或写成此URL的表",
)
@each_option()
@option("--why", is_flag=True, en="add the standing and the reason of every outcome", zh="为每个结论加上状态和理由两列")
@reveal_option()
@option(
    "--output-lang",
    choices=("en", "zh"),
    en="language of the result's columns and words (default: that of the rules; Chinese for a ruleset called by its "
    "Chinese name)",
    zh="结果中列名和文字的语言（默认与规则相同；用中文名称指定规则集时为中文）",
)
@option(
    "--rejects",
    metavar=("FILE", "文件"),
    en="write rows that can't be read to this file, with the reason",
    zh="把读不了的行连同原因写入此文件",
)
@option(
    "--save-map",
    "saved_map",
    metavar=("FILE", "文件"),
    en="write the columns that were used and their fields to this file, for --map FILE next time",
    zh="把用到的列与字段写入此文件，下次用--map 文件",
)
@option(
    "--quality",
    choices=("report", "strict", "off"),
    default="report",
    en="what to do where the data fails the checks of its vocabulary (required, range, format, freshness, no "
    "duplicates): report it, refuse to write a result, or don't look",
    zh="数据不符合词汇的要求（必填、范围、格式、时效、不重复）时：报告、拒绝写出结果，或不检查",
)
@option(
    "--findings",
    metavar=("FILE", "文件"),
    en="write every place that fails a check to this file: row, field, check, what is wrong",
    zh="把每一处不符合要求的数据写入此文件：行号、字段、检查、问题",
)
@option(
    "--save-cuts",
    metavar=("FILE", "文件"),
    en="write the cut points of the whole base (top 20%, quintiles …) to this file",
    zh="把总体的分界点（排名前20%、五分位等）写入此文件",
)
@cuts_option()
@option(
    "--engine",
    default="auto",
    metavar=("auto|python|duckdb|spark|URL", "auto|python|duckdb|spark|URL"),
    en="what decides; all engines give the same answers (auto: DuckDB for large files). With the URL of a table, in "
    "place of DATA, its database decides",
    zh="用哪个引擎判定；各引擎结果相同（auto：大文件用DuckDB）。写表的URL（不再写数据）则由该数据库就地判定",
)
@option(
    "--replace",
    is_flag=True,
    en="let the result take the place of a table of that name in a database",
    zh="结果可以取代数据库中的同名表",
)
@option(
    "--memory",
    metavar=("SIZE", "大小"),
    en="how much memory DuckDB may use before it works on disk, such as 2GB (default: 1GB)",
    zh="DuckDB可用的内存，超出时用磁盘，如2GB（默认1GB）",
)
@inputs(format_option("text", "json", en="form of the summary", zh="汇总的格式"))
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    data: str | None,
    output: str | None,
    each: tuple[str, ...],
    why: bool,
    reveal: bool,
    output_lang: str | None,
    rejects: str | None,
    saved_map: str | None,
    quality: str,
    findings: str | None,
    save_cuts: str | None,
    cuts_file: str | None,
    engine: str,
    replace: bool,
    memory: str | None,
    form: str,
    inputs: Inputs,
) -> int:
    """Reads, decides, writes, and prints the account of it."""
    from rulelang.diagnostics.catalogue import severity
    from rulelang.diagnostics.diagnostic import DataError
    from rulelang.engine.connections.address import is_address, masked
    from rulelang.engine.reading.column_maps import SavedMap, save_map
    from rulelang.engine.reading.cut_files import cuts_to_json, load_cuts
    from rulelang.engine.run import ENGINES, RunOptions, run
    from rulelang.engine.running.each_output import EachTable
    from rulelang.report.hints import hints
    from rulelang.report.labels import labelled
    from rulelang.report.progress import Progress
    from rulelang.report.run_summary import summary_json, summary_text

    if is_address(engine):
        if data is not None and data != engine:
            raise wrong_call("data-and-engine", data=masked(data))
        data, engine = engine, "database"
    if engine not in ENGINES:
        raise wrong_call("unknown-engine", engine=engine)
    if data is None:
        raise wrong_call("missing-argument", argument=console.say("DATA", "数据"))
    if inputs.keys and not inputs.tables and not each and inputs.previous is None:
        raise wrong_call("key-without-list")
    with ExitStack() as stack:
        if engine == "spark":
            source = stack.enter_context(open_in_spark(data, inputs.encoding, inputs.delimiter, memory, stack))
        else:
            source = inputs.open(data, stack, rules)
        progress = stack.enter_context(Progress(sys.stderr, console.say("rows", "行")))
        ruleset = inputs.ruleset(rules, source)
        maps = inputs.maps(source, ruleset.model)
        options = RunOptions(
            as_of=inputs.as_of,
            pairs=maps.pairs,
            notes=maps.notes,
            reading=evolve(inputs.options, spellings=maps.values),
            why=why,
            reveal=reveal,
            language=output_lang or ("zh" if _chinese_name(rules) else None),
            progress=progress,
            engine=engine,
            memory=memory,
            replace=replace,
            lists=inputs.lists(stack, ruleset.model, in_spark=engine == "spark"),
            cuts=None if cuts_file is None else load_cuts(Path(cuts_file), ruleset.model, ruleset.fingerprint),
            each=tuple(EachTable(*read_pair(table, "--each", "LIST=FILE")) for table in each),
            key=inputs.keys[0] if inputs.keys and not inputs.tables else None,
            quality=quality,
            details=findings,
        )
        joined = inputs.with_last_run(source, ruleset.model, stack, options.language)
        try:
            summary = run(ruleset, joined, options, output, rejects)
        except DataError as error:
            nothing = next((each for each in error.diagnostics if each.code == "no-field-found"), None)
            if saved_map is not None and nothing is not None:  # then a map to fill in is needed most
                empty = SavedMap((), {}, tuple(nothing.facts["fields"]), joined.columns)
                save_map(Path(saved_map), joined.name, ruleset.model, empty, console.lang)
                console.message(console.say(f"written to {saved_map}", f"已写入{saved_map}"))
            raise
    if save_cuts is not None and summary.cuts is not None:
        stored = cuts_to_json(summary.cuts, summary.fingerprint)
        replace_text(Path(save_cuts), json.dumps(stored, ensure_ascii=False, indent=1) + "\n")
    if saved_map is not None:
        used = {each.column: each.name for each in summary.fields if each.column is not None}
        used |= {column: name for column, name in options.pairs if column in joined.columns}
        not_found = [each.name for each in summary.fields if each.column is None]
        not_found += [str(each.facts["field"]) for each in summary.notes if each.code == "check-without-column"]
        saved = SavedMap(tuple(used.items()), maps.values, tuple(not_found), summary.unused_columns, maps.others)
        save_map(Path(saved_map), summary.source, ruleset.model, saved, console.lang)
    if form == "json":
        text = as_json(summary_json(summary, console.lang))
    else:
        shown = labelled(summary, ruleset.model) if console.lang == "zh" else summary
        text = summary_text(shown, console.style, console.lang, preview=output is None)
    (console.message if output == "-" else console.print)(text)
    rejected = summary.rejected + sum(each.rejected for each in summary.lists)
    written = [] if summary.refused else [output, *(file for list_ in summary.elements for file in list_.targets)]
    set_aside = rejected + sum(each.without_customer for each in summary.lists)
    for file in (*written, findings, saved_map, rejects if set_aside else None):
        if file not in (None, "-"):
            name = masked(str(file))
            console.message(console.say(f"written to {name}", f"已写入{name}"))
    for hint in hints(summary, ruleset.model, why, console.lang) if form != "json" else ():
        console.message(hint)
    found = [*(each.diagnostic for each in summary.findings), *summary.notes]
    noted = all(severity(each.code) == "note" for each in found)
    return FINDINGS if rejected or not noted else FINE


def _chinese_name(reference: str) -> bool:
    """Whether a ruleset is called by its Chinese name: then the result speaks Chinese, wherever the command is run."""
    return not reference.isascii() and not Path(reference).exists()
