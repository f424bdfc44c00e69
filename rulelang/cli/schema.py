"""``rulelang schema NAME``: the JSON schema of what a command prints with ``--format json``."""

from __future__ import annotations

import json

import click

from rulelang.cli.bilingual import argument, command
from rulelang.cli.console import Console
from rulelang.cli.failures import wrong_call


@command(
    "schema",
    en="Prints the JSON schema of what a command prints with --format json. Without a name it lists them all.",
    zh="显示某个命令用--format json输出的内容的JSON schema。不写名称则列出全部。",
)
@argument(
    "name",
    required=False,
    metavar=("NAME", "名称"),
    en="such as run, or failure for what any command prints that could not do its work",
    zh="例如run；failure是命令未能完成时的输出",
)
@click.pass_obj
def cli(console: Console, name: str | None) -> None:
    """Prints one schema, or the names with the calls they belong to."""
    from rulelang.cli.json_output import schema, schemas
    from rulelang.diagnostics.nearest import nearest
    from rulelang.report.layout import columns

    if name is None:
        for line in columns([(each, schema(each)["title"]) for each in schemas()]):
            console.print(line)
        return
    if name not in schemas():
        raise wrong_call("no-such-schema", tuple(nearest(name, schemas())), name=name)
    console.print(json.dumps(schema(name), ensure_ascii=False, indent=2))
