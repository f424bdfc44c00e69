"""What the README and CONTRIBUTING name is there: files, commands, Python."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import COMMANDS, cli
from rulelang.testing.run_samples import run_samples
from rulelang.testing.samples import read_samples

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PAGES = ("README.md", "LANGUAGE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def code_in(page: str) -> Iterator[str]:
    """The lines of fenced blocks and what stands between backticks."""
    for block in re.findall(r"^```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    for line in re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL).splitlines():
        yield from re.findall(r"`([^`]+)`", line)


def paths_in(page: str) -> list[str]:
    names = {each for each in code_in(page) if re.fullmatch(r"[\w.<>/样例-]+", each)}
    return sorted(each for each in names if "/" in each or re.search(r"\.(md|toml|py|lark)$", each))


@pytest.mark.parametrize("path", paths_in(CONTRIBUTING))
def test_paths_of_contributing_exist(path: str) -> None:
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    assert list(ROOT.glob(pattern)), path


def test_contributing_names_many_paths() -> None:
    assert len(paths_in(CONTRIBUTING)) > 50


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_to_files(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / page).read_text("utf-8"))
    assert [] == [each for each in links if not each.startswith("http") and not (ROOT / each).exists()]


def commands() -> list[str]:
    """The calls that the README shows, left out those with a word to fill in and bare names of commands."""
    calls = [each for each in code_in(README) if each.startswith("rulelang ")]
    return [each for each in calls if not re.search(r"\b(COMMAND|RULES|DATA)\b", each)]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the README speaks of."""
    monkeypatch.chdir(tmp_path)
    files = {
        "first.rules": "if last_purchase > 365 days then lifecycle = lost\n",
        "customers.csv": "id,last_purchase\n1,2024-01-05\n2,\n",
        "managers.csv": "manager,capacity\nAnn,1\n",
        "members.csv": "id,spend_12m,orders_12m\n1,20000,12\n",
        "shop/plugin.toml": 'name = "shop"\nlabel = "门店"\nversion = "1.0"\n',
        "shop/vocabulary.rules": "field city: text\n",
        "shop/rulesets/zones.rules": 'use shop\noutcome zone: text\nif city is "Rome" then zone = "south"\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    CliRunner().invoke(cli, ["init", "my-rules", "--lang", "en"], catch_exceptions=False)
    certified = ["explain", "lifecycle", "last_purchase=2025-01-01", "--certificate", "c.json"]
    CliRunner().invoke(cli, certified, catch_exceptions=False)
    CliRunner().invoke(cli, ["run", "lifecycle", "customers.csv", "--why", "-o", "decided.csv"], catch_exceptions=False)
    return tmp_path


@pytest.mark.parametrize("call", commands())
def test_commands_of_the_readme_can_be_called(call: str, start: Path) -> None:
    words = shlex.split(call)[1:]
    assert words[0] in COMMANDS
    if len(words) == 1 and words[0] in ("run", "test", "check"):
        words = [words[0], "--help"]  # named in passing
    if words[:2] == ["init", "my-rules"]:
        words[1] = "other-rules"
    result = CliRunner().invoke(cli, [*words, *([] if "--lang" in words else ["--lang", "en"])])
    assert result.exit_code in (0, 1), result.output
    assert "Usage" not in result.stderr


def test_every_command_is_in_the_readme() -> None:
    named = {each.split()[1] for each in code_in(README) if each.startswith("rulelang ")}
    assert set() == set(COMMANDS) - named


def test_samples_of_the_readme_pass(start: Path) -> None:
    block = next(each for each in re.findall(r"^```\n(.*?)^```", README, re.M | re.S) if each.startswith("name,as_of"))
    file = start / "my.samples.csv"
    file.write_text(block, "utf-8")
    rules = rulelang.load(start / "my-rules" / "lifecycle.rules")
    found = read_samples(rules.model, [file])
    assert 3 == len(found.samples)
    assert () == found.diagnostics + run_samples(rules, found.samples).diagnostics


def test_python_of_the_readme_runs() -> None:
    printed = io.StringIO()
    for block in re.findall(r"^```python\n(.*?)^```", README, re.M | re.S):
        with contextlib.redirect_stdout(printed):
            exec(compile(block, "README.md", "exec"), {})
    assert "生命周期" in printed.getvalue()


def test_the_folder_of_a_plugin_without_python_is_found(start: Path) -> None:
    result = CliRunner().invoke(cli, ["plugins", "--plugin-dir", "shop", "--lang", "en"])
    assert 0 == result.exit_code
    assert "shop/zones" in result.output
