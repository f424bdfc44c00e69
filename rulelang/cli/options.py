"""Arguments and options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from rulelang.cli.bilingual import argument, option
from rulelang.cli.failures import wrong_call

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def read_day(value: str) -> date:
    """A date in any of the usual spellings, with its time where one is written.

    Raises CommandError (``not-a-date-option``).
    """
    from rulelang.values.errors import Unreadable
    from rulelang.values.moments import read_as_of

    try:
        return read_as_of(value)
    except Unreadable:
        raise wrong_call("not-a-date-option", value=value) from None


def _date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    del ctx, param
    return None if value is None else read_day(value)


def rules_argument() -> Decorator:
    """``RULES``: what decides."""
    return argument(
        "rules",
        metavar=("RULES", "规则"),
        en="a .rules file, a folder of them, or the name of a ruleset such as lifecycle",
        zh=".rules文件、放规则文件的文件夹，或规则集名称，如生命周期",
    )


def data_argument() -> Decorator:
    """``DATA``: a file of customers."""
    return argument(
        "data",
        metavar=("DATA", "数据"),
        en="a .csv, .tsv, .xlsx, .json or .jsonl file, or - for JSON lines from standard input",
        zh=".csv、.tsv、.xlsx、.json或.jsonl文件；“-”表示从标准输入读取JSON行",
    )


def outcome_option() -> Decorator:
    """``--outcome NAME``, several times."""
    return option(
        "--outcome",
        "wanted",
        multiple=True,
        metavar=("NAME", "结论"),
        en="look at this outcome only; may be repeated",
        zh="只看这个结论；可重复使用",
    )


def as_of_option() -> Decorator:
    """``--as-of DATE``."""
    return option(
        "--as-of",
        callback=_date,
        metavar=("DATE", "日期"),
        en="decide as of this date (default: today); where rules count hours with a time: 2026-06-01T15:30",
        zh="以此日为基准日（默认为今天）；规则按小时计时还要写时间：2026-06-01T15:30",
    )


def reveal_option() -> Decorator:
    """``--reveal``: personal and sensitive values in reasons and explanations."""
    return option(
        "--reveal",
        is_flag=True,
        en="show personal and sensitive values in reasons; otherwise stars stand there",
        zh="在理由中显示个人信息和敏感信息；否则以星号遮盖",
    )


def set_option() -> Decorator:
    """``--set THRESHOLD=VALUE``, several times."""
    return option(
        "--set",
        "settings",
        multiple=True,
        metavar=("THRESHOLD=VALUE", "阈值=值"),
        en='use another value for a threshold: --set "lost_after=400 days"; may be repeated',
        zh="给阈值另设一个值：--set 流失天数=400天；可重复使用",
    )


def cuts_option() -> Decorator:
    """``--cuts FILE``."""
    return option(
        "--cuts",
        "cuts_file",
        metavar=("FILE", "文件"),
        en="take the cut points of all customers (top 20%, quintiles …) from this file instead of from DATA",
        zh="总体的分界点（排名前20%、五分位等）取自此文件，不从本次数据计算",
    )


def map_option() -> Decorator:
    """``--map COLUMN=FIELD``, several times."""
    return option(
        "--map",
        "pairs",
        multiple=True,
        metavar=("COLUMN=FIELD", "列=字段"),
        en="say which column of the data belongs to which field (of a second table: COLUMN=orders.amount); or a file "
        "of such lines, or the name of a map: zoho, fxiaoke; may be repeated",
        zh="指明数据的哪一列对应哪个字段，配合--with时可写 列=订单.金额；"
        "也可写含这种行的文件，或对应表名称：zoho、纷享销客；可重复使用",
    )


def list_options() -> list[Decorator]:
    """``--with LIST=FILE`` and ``--key COLUMN``, several times; ``--previous FILE``."""
    return [
        option(
            "--with",
            "tables",
            multiple=True,
            metavar=("LIST=FILE", "明细=文件"),
            en="take the records of a list from a second table: --with orders=orders.csv --key customer_id; "
            "may be repeated; of a workbook the sheet that is called like the list, or FILE#SHEET",
            zh="从第二张表读取明细：--with 订单=订单.csv --key 客户编号；可重复使用；"
            "工作簿取与明细同名的工作表，也可写 文件#工作表",
        ),
        option(
            "--key",
            "keys",
            multiple=True,
            metavar=("COLUMN", "列名"),
            en="the column that says whose a row of the second table is; LISTCOLUMN=CUSTOMERCOLUMN where the two "
            "tables name it differently; once for all, or once per --with in the same order",
            zh="说明第二张表各行属于谁的列；两张表列名不同时写 明细列=客户列；写一次用于全部，或按--with的次序各写一次",
        ),
        option(
            "--previous",
            metavar=("FILE", "文件"),
            en="the result of the last run, found by --key: rules read its answers as “previous OUTCOME”",
            zh="上次运行的结果，按--key对应；规则以“上次的结论”读取",
        ),
    ]


def each_option() -> Decorator:
    """``--each LIST=FILE``, several times."""
    return option(
        "--each",
        "each",
        multiple=True,
        metavar=("LIST=FILE", "明细=文件"),
        en="write what is decided for each record of a list to this file, a line per record: --each "
        "orders=alerts.csv; nested records begin with the customers' column of --key (default: the first); "
        "may be repeated",
        zh="把对每条明细的判定写入此文件，每条一行：--each 订单=预警.csv；"
        "嵌套的明细以--key所指的客户列开头（默认第一列）；可重复使用",
    )


def format_option(*choices: str, en: str = "how to print the report", zh: str = "报告的格式") -> Decorator:
    """``--format text|json``."""
    return option("--format", "form", choices=choices, default=choices[0], en=en, zh=zh)


def data_options() -> list[Decorator]:
    """What the caller may know better about a data file than can be found out."""
    return [
        _word_option(
            "--date-order",
            ("dmy", "mdy"),
            en="order of day and month in dates such as 03/04/2026; of a second table alone: orders=dmy",
            zh="03/04/2026这类日期中日与月的次序；只对一张明细表：订单=dmy",
        ),
        _word_option(
            "--decimal",
            ("point", "comma"),
            en="sign before the decimals of numbers such as 48.500; of a second table alone: --decimal comma --decimal "
            "orders=point",
            zh="48.500这类数字的小数点是点还是逗号；只对一张明细表：--decimal comma --decimal 订单=point",
        ),
        _word_option(
            "--percent",
            ("figures", "fractions"),
            en="what percentages without a sign are: 73 is 73% (figures) or 7300% (fractions); of a second table "
            "alone: orders=figures",
            zh="不带%的百分比：73是73%（figures），还是7300%（fractions）；只对一张明细表：订单=figures",
        ),
        option(
            "--encoding",
            metavar=("NAME", "编码"),
            en="encoding of the data (default: found out)",
            zh="数据的编码（默认自动识别）",
        ),
        option(
            "--delimiter",
            metavar=("SIGN", "符号"),
            en="what separates columns (default: found out)",
            zh="分列的符号（默认自动识别）",
        ),
        option(
            "--sheet",
            metavar=("NAME", "工作表"),
            en="sheet of a workbook (default: the first with the most fields of the rules)",
            zh="工作表名称（默认取含规则字段最多的第一个）",
        ),
    ]


def _word_option(name: str, words: tuple[str, ...], *, en: str, zh: str) -> Decorator:
    """An option that takes one of some words, for all tables or for that of a list (``orders=comma``), several times.

    The command gets the words by list; that for all tables is under the empty name.
    """

    def read(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
        del ctx, param
        found: dict[str, str] = {}
        for each in values:
            list_, sign, word = each.replace("＝", "=").rpartition("=")
            if word.strip() not in words or (sign and not list_.strip()):
                raise wrong_call("bad-choice", option=name, value=each, choices=words)
            found[list_.strip()] = word.strip()
        return found

    metavar = f"[LIST=]{'|'.join(words)}", f"[明细=]{'|'.join(words)}"
    return option(name, multiple=True, callback=read, metavar=metavar, en=en, zh=zh)


def plugin_option() -> Decorator:
    """``--plugin-dir FOLDER``, several times."""
    return option(
        "--plugin-dir",
        "plugin_folders",
        multiple=True,
        callback=lambda _ctx, _param, values: tuple(map(Path, values)),
        metavar=("FOLDER", "文件夹"),
        en="a folder with a plugin.toml, used as a plug-in; may be repeated",
        zh="含plugin.toml的文件夹，当作插件使用；可重复",
    )


def several(decorators: list[Decorator]) -> Decorator:
    """Several options as one decorator, shown in this order."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(decorators):
            function = each(function)
        return function

    return decorate


def read_pair(text: str, option_name: str, form: str) -> tuple[str, str]:
    """The two sides of ``A=B`` (also with ＝), trimmed. Raises CommandError (``not-a-pair``)."""
    left, _, right = text.replace("＝", "=", 1).partition("=")
    if not left.strip() or not right.strip():
        raise wrong_call("not-a-pair", option=option_name, value=text, form=form)
    return left.strip(), right.strip()
