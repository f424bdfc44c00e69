"""``rulelang translate FILE --to en|zh``: one meaning, printed in the other language."""

from __future__ import annotations

from pathlib import Path

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, CommandError, wrong_call
from rulelang.cli.language import LANGUAGES
from rulelang.cli.options import plugin_option
from rulelang.cli.writing import replace_text


@command(
    "translate",
    en="Prints a rule file in English or in Chinese: keywords, and every name that has a label. Comments and texts "
    "without a translation stay as they are; the meaning and the fingerprint stay the same.",
    zh="把规则文件打印成英文或中文：关键词，以及有双语名称的字段、结论和取值。备注和没有译文的文本保持原样，意思和指纹不变。",
)
@argument("file", metavar=("FILE", "文件"), en="a .rules file", zh=".rules文件")
@option("--to", "language", choices=LANGUAGES, required=True, en="the language to print", zh="要打印的语言")
@option("-o", "--output", metavar=("OUT", "结果"), en="write to this file", zh="写入此文件")
@plugin_option()
@click.pass_obj
def cli(console: Console, file: str, language: str, output: str | None, plugin_folders: tuple[Path, ...]) -> None:
    """Prints or writes the translation."""
    from rulelang.cli.vocabulary import borrowed, functions, spellings
    from rulelang.reference import read_source
    from rulelang.syntax.format import format_text
    from rulelang.syntax.parse import declared_names, parse

    if not Path(file).exists():
        raise wrong_call("no-such-file", file=file)
    source, problems = read_source(Path(file))
    if source is None:
        raise CommandError(*problems, exit_code=FINDINGS)
    elsewhere = borrowed(source, plugin_folders)
    names = [name for each in elsewhere for name in declared_names(each)]
    called = functions(source, plugin_folders)
    names += [spelling for each in called for spelling in each.spellings]
    words = spellings((*elsewhere, *parse(source, names)[0].statements), language, called)
    formatted = format_text(source, language, names, lambda name: words.get(name, name))
    if formatted.diagnostics:
        raise CommandError(*formatted.diagnostics, exit_code=FINDINGS, sources=(source,))
    if output is None:
        console.print(formatted.text.rstrip("\n"))
        return
    if Path(output).exists() and Path(output).samefile(file):
        raise wrong_call("same-file", file=output)
    replace_text(Path(output), formatted.text)
    console.message(console.say(f"written to {output}", f"已写入{output}"))
