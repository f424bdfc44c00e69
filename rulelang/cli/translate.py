"""``rulelang translate FILE --to en|zh``: one meaning, printed in the other language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, CommandError, wrong_call
from rulelang.cli.options import plugin_option
from rulelang.cli.writing import replace_text

if TYPE_CHECKING:
    from rulelang.diagnostics.position import Source


@command(
    "translate",
    en="Prints a rule file in English or in Chinese: keywords, and every name that has a label. Comments and texts "
    "without a translation stay as they are; the meaning and the fingerprint stay the same.",
    zh="把规则文件打印成英文或中文：关键词，以及有双语名称的字段、结论和取值。备注和没有译文的文本保持原样，意思和指纹不变。",
)
@argument(
    "file",
    metavar=("FILE", "文件"),
    en="a .rules file, or the name of a ruleset: with --to en its text can be read",
    zh=".rules文件，或规则集名称：加--to zh即可阅读其全文",
)
@option(
    "--to",
    "language",
    required=True,
    metavar=("en|zh|…", "en|zh|…"),
    en="the language to print: en, zh, or one of --words or of a plug-in that the file uses",
    zh="要打印的语言：en、zh，或--words或所用插件带来的语言",
)
@option("-o", "--output", metavar=("OUT", "结果"), en="write to this file", zh="写入此文件")
@plugin_option()
@click.pass_obj
def cli(console: Console, file: str, language: str, output: str | None, plugin_folders: tuple[Path, ...]) -> None:
    """Prints or writes the translation."""
    from rulelang.plugin.discover import discover
    from rulelang.plugin.locate import locate
    from rulelang.plugin.words import spoken
    from rulelang.reference import read_source

    found = locate(file, discover(plugin_folders) if plugin_folders else None)
    if found.diagnostics:
        raise CommandError(*found.diagnostics)
    if len(found.paths) > 1:
        raise wrong_call("several-rule-files", folder=file, files=tuple(each.name for each in found.paths))
    source, problems = read_source(found.paths[0])
    if source is None:
        raise CommandError(*problems, exit_code=FINDINGS)
    with spoken([source], discover(plugin_folders) if plugin_folders else None):
        text = _translated(source, language, plugin_folders)
    if output is None:
        console.print(text.rstrip("\n"))
        return
    if Path(output).exists() and Path(output).samefile(found.paths[0]):
        raise wrong_call("same-file", file=output)
    replace_text(Path(output), text)
    console.message(console.say(f"written to {output}", f"已写入{output}"))


def _translated(source: Source, language: str, plugin_folders: tuple[Path, ...]) -> str:
    """The text in another language. Raises CommandError: ``bad-choice``, or what is wrong with the file."""
    from rulelang.cli.vocabulary import borrowed, functions, spellings
    from rulelang.syntax.format import format_text
    from rulelang.syntax.parse import declared_names, parse
    from rulelang.syntax.words import languages

    if language not in languages():
        raise wrong_call("bad-choice", option="--to", value=language, choices=languages())
    elsewhere = borrowed(source, plugin_folders)
    names = [name for each in elsewhere for name in declared_names(each)]
    called = functions(source, plugin_folders)
    names += [spelling for each in called for spelling in each.spellings]
    words = spellings((*elsewhere, *parse(source, names)[0].statements), language, called)
    formatted = format_text(source, language, names, lambda name: words.get(name, name), elsewhere)
    if formatted.diagnostics:
        raise CommandError(*formatted.diagnostics, exit_code=FINDINGS, sources=(source,))
    return formatted.text
