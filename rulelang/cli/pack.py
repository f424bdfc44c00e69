"""``rulelang pack RULES -o FILE``: a checked ruleset in a file of its own."""

from __future__ import annotations

from pathlib import Path

import click

from rulelang.cli.bilingual import command, option
from rulelang.cli.console import Console
from rulelang.cli.json_output import as_json
from rulelang.cli.loading import load_ruleset
from rulelang.cli.options import format_option, plugin_option, rules_argument


@command(
    "pack",
    en="Checks a ruleset and writes it to a .rulepack, which every command takes in place of RULES: it loads at once, "
    "and a change to it is noticed.",
    zh="检查规则集并写成.rulepack文件。凡需要规则的命令都可使用它：加载快，被改动会被发现。",
)
@rules_argument()
@option(
    "-o",
    "--output",
    required=True,
    metavar=("FILE", "文件"),
    en="the .rulepack to write",
    zh="写入此.rulepack文件",
)
@format_option("text", "json")
@plugin_option()
@click.pass_obj
def cli(console: Console, rules: str, output: str, form: str, plugin_folders: tuple[Path, ...]) -> None:
    """Writes the file and names its fingerprint."""
    ruleset = load_ruleset(rules, None, plugin_folders)
    ruleset.save(output)
    print_ = ruleset.fingerprint
    if form == "json":
        console.print(as_json({"target": output, "fingerprint": print_}))
        return
    console.message(console.say(f"written to {output}, fingerprint {print_}", f"已写入{output}，指纹{print_}"))
