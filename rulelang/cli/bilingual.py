"""Commands, options and arguments whose help is in English and Chinese.

@command("run", en="Decides for every row of DATA.", zh="为数据的每一行作出判定。")
@argument("data", metavar=("DATA", "数据"), en="a .csv or .xlsx file", zh=".csv或.xlsx文件")
@option("--as-of", metavar=("DATE", "日期"), en="decide as of this date", zh="以此日为基准日")
@click.pass_obj
def cli(console: Console, data: str, as_of: str | None) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from rulelang.cli.console import Console
from rulelang.cli.failures import wrong_call
from rulelang.cli.language import LANGUAGES
from rulelang.diagnostics.position import display_width
from rulelang.report.layout import pad, wrap

_WIDTH = 96
_WIDEST_NAME = 30
Texts = tuple[str, str]


class Option(click.Option):
    """An option with its help and the name of its value in both languages."""

    def __init__(self, *names: Any, texts: Texts, values: Texts | None = None, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.texts = texts
        self.values = values

    def written(self, lang: int) -> str:
        """The option as the help shows it: ``-o, --output FILE``."""
        names = ", ".join(sorted([*self.opts, *self.secondary_opts], key=len))
        return f"{names} {self.values[lang]}" if self.values else names


class Argument(click.Argument):
    """An argument with its help and its name in both languages."""

    def __init__(self, *names: Any, texts: Texts, values: Texts, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.texts = texts
        self.values = values

    def written(self, lang: int) -> str:
        """The argument as the usage line shows it: ``RULES``, ``[PATH]…``."""
        name = self.values[lang] if self.required else f"[{self.values[lang]}]"
        return name + ("…" if self.nargs == -1 else "")

    def make_metavar(self, ctx: click.Context) -> str:
        return self.values[_lang(ctx)]


class Bilingual(click.Command):
    """A command with its help in both languages."""

    def __init__(self, *arguments: Any, texts: Texts, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.texts = texts
        self.allow_extra_args = True  # so that we may complain about them in the reader's language

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            raise wrong_call("extra-argument", found=tuple(ctx.args))
        return rest

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return help_option()

    def get_help(self, ctx: click.Context) -> str:
        lang = _lang(ctx)
        arguments = [each for each in self.params if isinstance(each, Argument)]
        options = [each for each in self.get_params(ctx) if isinstance(each, Option) and not each.hidden]
        usage = " ".join([ctx.command_path, *(each.written(lang) for each in arguments), ("[OPTIONS]", "[选项]")[lang]])
        parts = [f"{('Usage: ', '用法：')[lang]}{usage}", wrap(self.texts[lang], _WIDTH)]
        if arguments:
            parts.append(two_columns([(each.values[lang], each.texts[lang]) for each in arguments]))
        rows = [(each.written(lang), each.texts[lang]) for each in options]
        parts.append(("Options:", "选项：")[lang] + "\n" + two_columns(rows))
        return "\n\n".join(parts)


def help_option() -> Option:
    """``--help``."""

    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        del param
        if value and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()

    return Option(
        ["-h", "--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        texts=("show this help", "显示本帮助"),
    )


def two_columns(rows: list[tuple[str, str]]) -> str:
    """Names and what they mean, indented, the meaning wrapped beside its name."""
    width = min(max((display_width(name) for name, _ in rows), default=0), _WIDEST_NAME)
    lines = []
    for name, text in rows:
        wrapped = wrap(text, _WIDTH - width - 4).split("\n")
        if display_width(name) > width:
            lines.append(f"  {name}")
            name = ""
        lines.append(f"  {pad(name, width)}  {wrapped[0]}")
        lines += [" " * (width + 4) + line for line in wrapped[1:]]
    return "\n".join(lines)


def command(name: str, *, en: str, zh: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Makes a function a command that takes ``--lang`` and ``--debug`` as every command does."""

    def make(function: Callable[..., Any]) -> click.Command:
        made = click.command(name, cls=Bilingual, texts=(en, zh))(function)
        for each in common_options():
            each(made)
        return made

    return make


def common_options() -> list[Callable[[Any], Any]]:
    """``--lang``, ``--words`` and ``--debug``: read from the whole command line beforehand, here only accepted."""
    return [
        option(
            "--words",
            multiple=True,
            metavar=("FILE", "文件"),
            expose_value=False,
            en="a word table (words.de.toml): rules may be written in its language too; may be repeated",
            zh="词表文件（words.de.toml）：规则也可用该语言书写；可重复使用",
        ),
        option("--debug", is_flag=True, expose_value=False, hidden=True, en="show tracebacks", zh="显示内部错误详情"),
        option(
            "--lang",
            choices=LANGUAGES,
            expose_value=False,
            en="language of messages and explanations (default: the locale)",
            zh="信息和解释所用的语言（默认随系统）",
        ),
    ]


def option(
    *names: str, en: str, zh: str, metavar: Texts | None = None, choices: Sequence[str] = (), **settings: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option with its help in both languages; with ``choices`` it takes one of these words."""
    if choices:
        metavar = ("|".join(choices),) * 2
        settings["callback"] = _one_of(choices)
    return click.option(*names, cls=Option, texts=(en, zh), values=metavar, **settings)


def _one_of(choices: Sequence[str]) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        del ctx
        if value is not None and value not in choices:
            raise wrong_call("bad-choice", option=param.opts[-1], value=value, choices=tuple(choices))
        return value

    return check


def argument(
    name: str, *, en: str, zh: str, metavar: Texts, **settings: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An argument with its help in both languages."""
    return click.argument(name, cls=Argument, texts=(en, zh), values=metavar, **settings)


def _lang(ctx: click.Context) -> int:
    console = ctx.find_root().obj
    return LANGUAGES.index(console.lang) if isinstance(console, Console) else 0
