"""``rulelang init FOLDER``: a working start."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from rulelang.cli.bilingual import argument, command
from rulelang.cli.console import Console
from rulelang.cli.failures import wrong_call

_START = Path(__file__).with_name("start")
# What is written, and the file it is a copy of; Chinese names stay out of the package for old unpacking programs.
_FILES = {
    "en": {
        "lifecycle.rules": "lifecycle.rules",
        "lifecycle.samples.csv": "lifecycle.samples.csv",
        "customers.csv": "customers.csv",
        "README.md": "README.md",
    },
    "zh": {
        "生命周期.rules": "lifecycle.rules",
        "生命周期.样例.csv": "lifecycle.samples.csv",
        "客户.csv": "customers.csv",
        "README.md": "README.md",
    },
}


@command(
    "init",
    en="Makes a folder with rules, sample customers that pass, and customers to try the rules on. "
    "Nothing that exists is overwritten.",
    zh="新建一个文件夹，内含规则、能通过的样例和可供试用的客户数据。不会覆盖已有的文件。",
)
@argument("folder", metavar=("FOLDER", "文件夹"), en="a new or an empty folder", zh="新的或空的文件夹")
@click.pass_obj
def cli(console: Console, folder: str) -> None:
    """Writes the files in the reader's language, and says what to do with them."""
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise wrong_call("not-a-folder", folder=folder)
    if target.is_dir() and any(target.iterdir()):
        raise wrong_call("folder-not-empty", folder=folder)
    target.mkdir(parents=True, exist_ok=True)
    files = _FILES[console.lang]
    for name, source in files.items():
        shutil.copyfile(_START / console.lang / source, target / name)
        console.print(str(target / name))
    rules, _, customers, _ = files
    day = "2026-06-01"
    console.message("")
    console.message(console.say("What to do next:", "接下来："))
    console.message(f"  cd {target}")
    console.message("  rulelang test")
    console.message(f"  rulelang run {rules} {customers} --as-of {day}")
