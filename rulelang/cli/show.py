"""``rulelang show RULES``: a ruleset's vocabulary, thresholds, rules and fingerprint."""

from __future__ import annotations

from pathlib import Path

import click

from rulelang.cli.bilingual import command
from rulelang.cli.console import Console
from rulelang.cli.loading import load_ruleset
from rulelang.cli.options import format_option, plugin_option, rules_argument


@command(
    "show",
    en="Lists a ruleset's fields, outcomes, thresholds and rules, and its fingerprint.",
    zh="列出规则集的字段、结论、阈值、规则和指纹。",
)
@rules_argument()
@format_option("text", "json")
@plugin_option()
@click.pass_obj
def cli(console: Console, rules: str, form: str, plugin_folders: tuple[Path, ...]) -> None:
    """Prints tables, or JSON with the keys fingerprint, fields, outcomes, thresholds, rules."""
    from rulelang.cli.json_output import as_json
    from rulelang.report.vocabulary import as_text, vocabulary_json

    ruleset = load_ruleset(rules, None, plugin_folders)
    if form == "json":
        console.print(as_json(vocabulary_json(ruleset.model, ruleset.fingerprint)))
    else:
        console.print(as_text(ruleset.model, ruleset.fingerprint, console.lang, console.style))
