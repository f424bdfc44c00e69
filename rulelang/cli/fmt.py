"""``rulelang fmt [PATH…]``: one layout, in place."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, CommandError, exit_code_of
from rulelang.cli.options import plugin_option
from rulelang.cli.paths import rule_files
from rulelang.cli.writing import replace_text
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source

_STANDARD_INPUT = "-"


@command(
    "fmt",
    en="Brings rule files into the standard layout, in place; comments are kept. A file with errors in its writing is "
    "left as it is.",
    zh="把规则文件整理成标准格式，直接改写原文件，备注保留。写法有错误的文件保持不变。",
)
@argument(
    "paths",
    nargs=-1,
    metavar=("PATH", "路径"),
    en="rule files or folders (default: the current folder); - formats standard input to standard output",
    zh="规则文件或文件夹（默认为当前文件夹）；“-”把标准输入整理到标准输出",
)
@option(
    "--check",
    is_flag=True,
    en="change nothing; exit code 1 where a file is not in the standard layout",
    zh="不改动文件；有文件不是标准格式时退出码为1",
)
@plugin_option()
@click.pass_obj
def cli(console: Console, paths: tuple[str, ...], check: bool, plugin_folders: tuple[Path, ...]) -> int:
    """Formats every file, and names those that changed."""
    from rulelang.reference import read_source

    if paths == (_STANDARD_INPUT,):
        source = Source("<stdin>", sys.stdin.read())
        console.print(_formatted(source, plugin_folders).rstrip("\n"))
        return FINE
    findings, sources = list[Diagnostic](), list[Source]()
    for file in rule_files(paths or (".",), names=False):
        read, problems = read_source(Path(file))
        if read is None:
            findings += problems
            continue
        sources.append(read)
        try:
            text = _formatted(read, plugin_folders)
        except CommandError as error:
            findings += error.diagnostics
            continue
        if text == read.text:
            continue
        if check:
            findings.append(Diagnostic("would-change", facts={"file": file}))
        else:
            replace_text(Path(file), text)
            console.print(file)
    console.report(findings, sources)
    return exit_code_of(findings) if findings else FINE


def _formatted(source: Source, plugin_folders: tuple[Path, ...]) -> str:
    """The text in the standard layout. Raises CommandError with what is wrong with its writing."""
    from rulelang.cli.vocabulary import borrowed, functions
    from rulelang.plugin.discover import discover
    from rulelang.plugin.words import spoken
    from rulelang.syntax.format import format_text
    from rulelang.syntax.parse import declared_names

    with spoken([source], discover(plugin_folders) if plugin_folders else None):
        elsewhere = borrowed(source, plugin_folders)
        names = [name for each in elsewhere for name in declared_names(each)]
        names += [spelling for each in functions(source, plugin_folders) for spelling in each.spellings]
        formatted = format_text(source, names=names, elsewhere=elsewhere)
    if formatted.diagnostics:
        raise CommandError(*formatted.diagnostics, exit_code=FINDINGS, sources=(source,))
    return formatted.text
