"""The command ``rulelang``: finds the command asked for, loads only that, and ends without a traceback.

rulelang --help          what there is
rulelang run --help      one command
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from rulelang.cli.bilingual import common_options, help_option, option, two_columns
from rulelang.cli.console import Console
from rulelang.cli.failures import FINE, PIPE_CLOSED, WRONG_CALL, CommandError, Ending, ending, wrong_call
from rulelang.cli.language import LANGUAGES, language, values_of
from rulelang.version import __version__

# Name of the command and of its module, and what it does: --help shows this table without loading any of them.
COMMANDS = {
    "run": ("decide for every row of a data file", "为数据文件的每一行作出判定"),
    "test": ("try rulesets on their sample customers", "用样例客户检验规则集"),
    "check": ("find mistakes in rules", "检查规则中的错误"),
    "explain": ("say why a customer gets this answer", "说明某个客户为何得到这个结论"),
    "diff": ("say what changed, and who moves because of it", "说明改了什么、哪些客户因此变动"),
    "allocate": ("say which manager gets which customer, and why", "把客户分配给经理，并说明理由"),
    "groups": ("find groups of similar customers, and rules for them", "找出相似的客户群，并写出规则"),
    "calendar": ("say when answers will change by themselves", "说明结论会在哪天自行改变"),
    "report": ("write a workbook or a page for managers", "写出经理看的工作簿或网页"),
    "verify": ("replay a certificate that explain wrote", "重放explain写的凭证"),
    "fmt": ("bring rule files into the standard layout", "把规则文件整理成标准格式"),
    "translate": ("print a rule file in the other language", "把规则文件译成另一种语言"),
    "show": ("list a ruleset's fields, outcomes, thresholds and rules", "列出规则集的字段、结论、阈值和规则"),
    "doctor": ("prove that the engines agree on your data", "验证各引擎对您的数据判定一致"),
    "sql": ("print a ruleset as SQL, for a database to decide", "把规则集写成SQL，由数据库判定"),
    "pack": ("write a checked ruleset to a file that loads at once", "把检查过的规则集写成可直接加载的文件"),
    "init": ("start a folder with rules, samples and customers", "新建含规则、样例和客户数据的文件夹"),
    "new": ("start a ruleset or a plug-in", "新建一个规则集或插件"),
    "plugins": ("list what is installed", "列出已安装的插件和规则集"),
    "code": ("explain the code of a message", "解释信息的编号"),
    "schema": ("print what the JSON of a command looks like", "显示命令输出的JSON格式"),
}
_ABOUT = (
    "Business rules in plain English and Chinese: classifies customers and says why.",
    "用通俗的中文或英文书写业务规则：给客户分类，并说明理由。",
)


class Main(click.Group):
    """The group of all commands: loads a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"rulelang.cli.{cmd_name}").cli
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            from rulelang.diagnostics.nearest import nearest

            raise wrong_call("no-such-command", nearest(args[0], COMMANDS), command=args[0])
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        extra.setdefault("obj", console(args))
        return super().make_context(info_name, args, parent, **extra)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return help_option()

    def get_help(self, ctx: click.Context) -> str:
        lang = LANGUAGES.index(ctx.obj.lang)
        commands = two_columns([(name, texts[lang]) for name, texts in COMMANDS.items()])
        options = two_columns(
            [(each.written(lang), each.texts[lang]) for each in self.get_params(ctx) if not each.hidden]  # type: ignore[attr-defined]  # all are ours
        )
        return "\n\n".join(
            [
                ("Usage: rulelang COMMAND …", "用法：rulelang 命令 …")[lang],
                _ABOUT[lang],
                ("Commands:\n", "命令：\n")[lang] + commands,
                ("Options:\n", "选项：\n")[lang] + options,
                ("“rulelang COMMAND --help” says more.", "“rulelang 命令 --help”有更多说明。")[lang],
            ]
        )

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **extra: Any
    ) -> NoReturn:
        """Ends the process with an exit code; click's own way of ending knows neither our messages nor our codes."""
        del prog_name, rest, extra
        sys.exit(self._run(list(sys.argv[1:] if args is None else args)))

    def _run(self, arguments: list[str]) -> int:
        reader = console(arguments)
        try:
            with ExitStack() as stack:
                _speak(arguments, stack)
                context = stack.enter_context(self.make_context("rulelang", arguments.copy(), obj=reader))
                result = self.invoke(context)
            sys.stdout.flush()
            return result if isinstance(result, int) else FINE
        except BaseException as problem:  # the one place that turns every problem into a message
            how = ending(problem)
            if how.unexpected and reader.debug:
                raise
            _end_as_json(how, reader, arguments)
            return _end(how, reader)


def console(arguments: Sequence[str]) -> Console:
    """The console for a command line."""
    return Console(language(arguments, os.environ), debug="--debug" in arguments)


def _speak(arguments: Sequence[str], stack: ExitStack) -> None:
    """Rules may be written in the languages of ``--words``. Raises CommandError (``words-unusable``)."""
    tables = [Path(each) for each in values_of("--words", arguments) if each]
    if not tables:
        return
    from rulelang.plugin.words import speak

    problems = speak(tables, stack)
    if problems:
        raise CommandError(*problems, exit_code=WRONG_CALL)


def _end_as_json(how: Ending, reader: Console, arguments: Sequence[str]) -> None:
    """Says it for programs as well where they asked: on standard output, unless that gets the result itself."""
    if list(values_of("--format", arguments))[-1:] != ["json"] or not how.diagnostics:
        return
    if "-" in (*values_of("-o", arguments), *values_of("--output", arguments)):
        return
    from rulelang.cli.json_output import failure_json

    with suppress(OSError):
        reader.print(failure_json(how.exit_code, how.diagnostics, how.sources, reader.lang))


def _end(how: Ending, reader: Console) -> int:
    """Says what there is to say, and gives the exit code. Output that can't be delivered is dropped."""
    try:
        if how.exit_code != PIPE_CLOSED:
            reader.report(how.diagnostics, how.sources)
        sys.stdout.flush()
    except OSError:
        _abandon_output()
        return how.exit_code or 1
    if how.exit_code == PIPE_CLOSED:
        _abandon_output()
    return how.exit_code


def _abandon_output() -> None:
    """Points standard output nowhere, so that Python's own flush at the end has nothing to complain about."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


@click.group(cls=Main, invoke_without_command=True)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Shows the help where no command is named."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value and not ctx.resilient_parsing:
        click.echo(f"rulelang {__version__}")
        ctx.exit()


for _add in (
    option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        en="show the version",
        zh="显示版本",
    ),
    *common_options(),
):
    _add(cli)


def main() -> None:
    """The entry point: standard streams never fail over a character that they can't show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli.main()
