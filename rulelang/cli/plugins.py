"""``rulelang plugins``: what is installed."""

from __future__ import annotations

from pathlib import Path

import click

from rulelang.cli.bilingual import command
from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, FINE
from rulelang.cli.json_output import as_json
from rulelang.cli.options import format_option, plugin_option


@command(
    "plugins",
    en="Lists the plug-ins that are installed, their functions, and the rulesets that can be run by name. Exit code 1 "
    "where a plug-in could not be loaded.",
    zh="列出已安装的插件及其函数，以及可按名称运行的规则集。有插件无法加载时退出码为1。",
)
@format_option("text", "json")
@plugin_option()
@click.pass_obj
def cli(console: Console, form: str, plugin_folders: tuple[Path, ...]) -> int:
    """Prints plug-ins, functions and rulesets; those that failed are named on standard error."""
    from rulelang.plugin.discover import discover
    from rulelang.plugin.locate import shipped
    from rulelang.report.terminal import table
    from rulelang.report.vocabulary import function_facts, function_row

    found = discover(plugin_folders)
    functions = [each for plugin in found.plugins for each in plugin.provided_functions]
    rulesets = sorted(shipped(found), key=lambda each: each.name)
    if form == "json":
        facts = {
            "plugins": [
                {"name": each.name, "label": each.label, "version": each.version, "summary": each.summary}
                for each in found.plugins
            ],
            "functions": [function_facts(each) for each in functions],
            "rulesets": [{"name": each.name, "titles": list(each.titles), "file": str(each.path)} for each in rulesets],
        }
        console.print(as_json(facts))
    else:
        plugins = [
            [each.name, each.label or "", each.version, console.say(each.summary, each.summary_label)]
            for each in found.plugins
        ]
        titles = console.say("plug-in label version about", "插件 名称 版本 说明").split()
        console.print(table(titles, plugins, (), console.style))
        console.print()
        if functions:
            rows = [function_row(each, console.lang) for each in functions]
            titles = console.say("function about plug-in", "函数 说明 插件").split()
            console.print(table(titles, rows, (), console.style))
            console.print()
        names = [[each.name, " · ".join(each.titles)] for each in rulesets]
        console.print(table(console.say("ruleset title", "规则集 标题").split(), names, (), console.style))
    console.report(found.diagnostics)
    return FINDINGS if found.diagnostics else FINE
