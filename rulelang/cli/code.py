"""``rulelang code CODE``: the page of a message's code."""

from __future__ import annotations

import click

from rulelang.cli.bilingual import argument, command
from rulelang.cli.console import Console
from rulelang.cli.failures import wrong_call


@command(
    "code",
    en="Prints the page of a message's code: what it means, an example to avoid, one to prefer, and why. "
    "Without a code it lists them all.",
    zh="显示某个信息编号的说明：含义、应避免的写法、建议的写法和原因。不写编号则列出全部编号。",
)
@argument(
    "code",
    required=False,
    metavar=("CODE", "编号"),
    en="such as unknown-name, as it stands before a message",
    zh="信息开头的编号，例如unknown-name",
)
@click.pass_obj
def cli(console: Console, code: str | None) -> None:
    """Prints one page, or the list of codes with the first sentence of each page."""
    from rulelang.diagnostics.catalogue import entries, page, page_title
    from rulelang.diagnostics.nearest import nearest
    from rulelang.report.layout import columns

    if code is None:
        for line in columns([(each, page_title(each, console.lang)) for each in sorted(entries())]):
            console.print(line)
        return
    wanted = code.strip().casefold()
    if wanted not in entries():
        raise wrong_call("unknown-code", nearest(wanted, entries()), code=code)
    console.print(page(wanted, console.lang).rstrip("\n"))
