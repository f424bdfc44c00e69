"""``rulelang sql RULES --dialect D``: the rules as SQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from rulelang.cli.bilingual import command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import CommandError, exit_code_of
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import load_ruleset, with_settings
from rulelang.cli.options import as_of_option, format_option, plugin_option, rules_argument, set_option
from rulelang.cli.writing import replace_text


@command(
    "sql",
    en="Prints the rules as one SQL query, so that a database decides where the data is. The query reads a table with "
    "a column per field; its first lines say which types they need. What a dialect can't say exactly is refused, with "
    "its place in the rule file.",
    zh="把规则写成一条SQL查询，由数据库就地判定。查询读取的表中，每个字段对应一列；开头几行注明所需的列类型。"
    "某种方言无法精确表达的内容会指出位置并拒绝。",
)
@rules_argument()
@option(
    "--dialect",
    required=True,
    metavar=("NAME", "名称"),
    en="duckdb, postgres, spark, sqlite, mysql, clickhouse, snowflake, bigquery, trino, sqlserver or oracle",
    zh="duckdb、postgres、spark、sqlite、mysql、clickhouse、snowflake、bigquery、trino、sqlserver或oracle",
)
@option(
    "--table",
    default="customers",
    metavar=("NAME", "表名"),
    en="the table to read, such as bank.customers (default: customers)",
    zh="要读取的表，如bank.customers（默认为customers）",
)
@option(
    "--keep",
    multiple=True,
    metavar=("COLUMN", "列名"),
    en="a column that passes through, such as the customer's number; may be repeated",
    zh="原样输出的列，如客户编号；可重复使用",
)
@option(
    "--map",
    "pairs",
    multiple=True,
    metavar=("COLUMN=FIELD", "列=字段"),
    en="say which column of the table belongs to which field; may be repeated",
    zh="指明表的哪一列对应哪个字段；可重复使用",
)
@option("--standings", is_flag=True, en="add the standing of every outcome", zh="为每个结论加上状态列")
@format_option("text", "json")
@as_of_option()
@set_option()
@option("-o", "--output", metavar=("FILE", "文件"), en="write the query to this file", zh="把查询写入此文件")
@plugin_option()
@click.pass_obj
def cli(
    console: Console,
    rules: str,
    dialect: str,
    table: str,
    keep: tuple[str, ...],
    pairs: tuple[str, ...],
    standings: bool,
    form: str,
    as_of: date | None,
    settings: tuple[str, ...],
    output: str | None,
    plugin_folders: tuple[Path, ...],
) -> int:
    """Prints the query, or writes it."""
    from rulelang.diagnostics.diagnostic import RuleError
    from rulelang.engine.reading.mapping import field_columns

    ruleset = with_settings(load_ruleset(rules, None, plugin_folders), settings)
    columns = field_columns(pairs, ruleset.model.fields)
    try:
        text = ruleset.sql(dialect, as_of, table=table, columns=columns, keep=keep, standings=standings)
    except RuleError as error:
        found = error.diagnostics
        raise CommandError(*found, exit_code=exit_code_of(found), sources=ruleset.model.sources) from error
    if form == "json":
        day = ruleset.as_of(as_of).isoformat()
        facts = {"dialect": dialect, "as_of": day, "fingerprint": ruleset.fingerprint, "target": output, "sql": text}
        console.print(as_json(facts))
    elif output is None:
        console.print(text.rstrip("\n"))
    if output is not None:
        replace_text(Path(output), text)
        console.message(console.say(f"written to {output}", f"已写入{output}"))
    return 0
