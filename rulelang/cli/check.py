"""``rulelang check [PATH…]``: what is wrong with rules."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang import __version__
from rulelang.cli.bilingual import argument, command
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE, WRONG_CALL_CODES, CommandError
from rulelang.cli.options import format_option, plugin_option
from rulelang.cli.paths import rule_files

if TYPE_CHECKING:
    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.diagnostics.position import Source


@command(
    "check",
    en="Checks rules before anything runs: syntax, names, types and units. Exit code 1 where there are errors or "
    "warnings; notes don't count.",
    zh="在运行之前检查规则：写法、名称、类型和单位。有错误或警告时退出码为1，提示不算。",
)
@argument(
    "paths",
    nargs=-1,
    metavar=("PATH", "路径"),
    en="rule files, folders or names of rulesets (default: the current folder)",
    zh="规则文件、文件夹或规则集名称（默认为当前文件夹）",
)
@format_option("text", "json", "sarif")
@plugin_option()
@click.pass_obj
def cli(console: Console, paths: tuple[str, ...], form: str, plugin_folders: tuple[Path, ...]) -> int:
    """Prints every finding of every file."""
    from rulelang.diagnostics.catalogue import severity
    from rulelang.diagnostics.export import to_json, to_sarif
    from rulelang.engine.loading import read_ruleset
    from rulelang.engine.situation import broken_requirements

    files = rule_files(paths or (".",))
    found: list[Diagnostic] = []
    sources: list[Source] = []
    for file in files:
        loaded = read_ruleset(file, plugin_folders=plugin_folders)
        if any(each.code in WRONG_CALL_CODES for each in loaded.diagnostics):
            raise CommandError(*loaded.diagnostics)
        found += loaded.diagnostics
        if loaded.ruleset is not None:
            found += broken_requirements(loaded.ruleset.model, date.today())
        sources += [each for each in loaded.sources if each not in sources]
    if form == "text":
        text = console.rendered(found, sources, console.style)
        console.print((text + "\n\n" if text else "") + _count(console, len(files), found))
    else:
        log = (
            to_sarif(found, sources, console.lang, __version__)
            if form == "sarif"
            else to_json(found, sources, console.lang)
        )
        console.print(json.dumps(log, ensure_ascii=False, indent=2))
    return FINE if all(severity(each.code) == "note" for each in found) else FINDINGS


def _count(console: Console, files: int, found: list[Diagnostic]) -> str:
    from rulelang.diagnostics.catalogue import severity

    counts = {kind: sum(severity(each.code) == kind for each in found) for kind in ("error", "warning", "note")}
    if console.lang == "zh":
        names = {"error": "错误", "warning": "警告", "note": "提示"}
        said = "，".join(f"{names[kind]}{count}个" for kind, count in counts.items() if count)
        return f"已检查{files}个文件：{said or '没有问题'}"
    said = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items() if count)
    return f"{files} {'file' if files == 1 else 'files'} checked: {said or 'nothing found'}"
