"""``rulelang new ruleset|plugin NAME``: a working start for one ruleset, or for a plug-in to be installed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from rulelang.cli.bilingual import argument, command, option
from rulelang.cli.console import Console
from rulelang.cli.failures import wrong_call
from rulelang.cli.writing import replace_text

_START = Path(__file__).with_name("start")
_KINDS = ("ruleset", "plugin")
# What is written, and the file it is a copy of. Names with @name@ and @package@ are filled in like the texts.
_RULESET = {
    "@name@.rules": "ruleset/ruleset.rules",
    "@name@.samples.csv": "ruleset/samples.@lang@.csv",
}
_PLUGIN = {
    "pyproject.toml": "plugin/pyproject.toml.txt",
    "README.md": "plugin/README.@lang@.md",
    "@package@/__init__.py": "plugin/__init__.py.txt",
    "@package@/functions.py": "plugin/functions.py.txt",
    "@package@/vocabulary.rules": "plugin/vocabulary.rules",
    "@package@/served_zones.csv": "plugin/served_zones.csv",
    "@package@/rulesets/next-step.rules": "plugin/next-step.rules",
    "@package@/rulesets/next-step.samples.csv": "plugin/samples.@lang@.csv",
    "tests/test_plugin.py": "plugin/test_plugin.py.txt",
}


@command(
    "new",
    en="Writes a working start: a ruleset with samples that pass, into this folder; or a plug-in with vocabulary, "
    "ruleset, reference list, function, samples and tests, in a folder of its own that pip installs. Nothing that "
    "exists is overwritten.",
    zh="写出一个能用的开头：在当前文件夹写一个规则集和能通过的样例；或在新文件夹中写一个可用pip安装的插件，"
    "内含字段、规则集、名单、函数、样例和测试。不会覆盖已有的文件。",
)
@argument("kind", metavar=("ruleset|plugin", "ruleset|plugin"), en="what to start", zh="ruleset为规则集，plugin为插件")
@argument(
    "name",
    metavar=("NAME", "名称"),
    en="its name; of a plug-in small Latin letters, digits and _",
    zh="名称；插件名用小写拉丁字母、数字和_",
)
@option(
    "--label",
    default="",
    metavar=("LABEL", "中文名"),
    en="the Chinese name of a plug-in (default: its name)",
    zh="插件的中文名（默认与名称相同）",
)
@click.pass_obj
def cli(console: Console, kind: str, name: str, label: str) -> None:
    """Writes the files in the reader's language, and says what to do with them."""
    if kind not in _KINDS:
        raise wrong_call("bad-choice", option="ruleset|plugin", value=kind, choices=_KINDS)
    if kind == "plugin":
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise wrong_call("plugin-name", name=name)
        folder, files = Path(f"rulelang-{name.replace('_', '-')}"), _PLUGIN
    else:
        if not re.fullmatch(r"[\w .-]+", name) or name.startswith("."):
            raise wrong_call("ruleset-name", name=name)
        folder, files = Path(), _RULESET
    facts = {
        "@name@": name,
        "@label@": label or name,
        "@package@": f"rulelang_{name}",
        "@title@": name.replace("_", " ").replace("-", " ").capitalize(),
        "@lang@": console.lang,
        "@about@": console.say(
            "What to do next about a customer. Change the rules, then run `rulelang test`.",
            "对客户接下来做什么。改了规则就运行 rulelang test。",
        ),
        "@brings@": console.say(
            f"What every customer file holds. `use {name}` brings all of this into a rule file.",
            f"每份客户资料都有的内容。规则文件写“使用{name}”即可用到这里的一切。",
        ),
    }
    targets = {folder / _filled(target, facts): _START / _filled(source, facts) for target, source in files.items()}
    for target in targets:
        if target.exists():
            raise wrong_call("file-there", file=str(target))
    for target, source in targets.items():
        text = _filled(source.read_text("utf-8"), facts)
        if target.suffix == ".rules":
            text = _printed(text, facts, console.lang)
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_text(target, text)
        console.print(str(target))
    console.message("")
    console.message(console.say("What to do next:", "接下来："))
    for line in _next(kind, name, folder):
        console.message(f"  {line}")


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for sign, fact in facts.items():
        text = text.replace(sign, fact)
    return text


def _printed(text: str, facts: Mapping[str, str], lang: str) -> str:
    """A rule file in the reader's language; its names may be those of the vocabulary that it uses."""
    from rulelang.cli.vocabulary import spellings
    from rulelang.diagnostics.position import Source
    from rulelang.syntax.format import format_text
    from rulelang.syntax.parse import declared_names, parse

    vocabulary = _filled((_START / "plugin" / "vocabulary.rules").read_text("utf-8"), facts)
    borrowed = parse(Source("vocabulary.rules", vocabulary))[0].statements if "\nuse " in text else ()
    names = [name for each in borrowed for name in declared_names(each)]
    own = parse(Source("start.rules", text), names)[0].statements
    words = spellings((*borrowed, *own), lang)
    printed = format_text(Source("start.rules", text), lang, names, lambda name: words.get(name, name))
    if printed.diagnostics:
        raise AssertionError(printed.diagnostics)
    return printed.text


def _next(kind: str, name: str, folder: Path) -> tuple[str, ...]:
    if kind == "ruleset":
        return ("rulelang test", f"rulelang check {name}.rules")
    return (f"cd {folder}", "pip install -e '.[test]'", "pytest", f"rulelang show {name}/next-step")
