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
from rulelang.diagnostics.position import Source
from rulelang.syntax.parse import parse
from rulelang.testing.run_samples import run_samples
from rulelang.testing.samples import read_samples

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PAGES = ("README.md", "README.zh.md", "LANGUAGE.md", "CONTRIBUTING.md", "CHANGELOG.md")


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


def commands(page: str) -> list[str]:
    """The calls that a page shows, left out those with a word to fill in and bare names of commands."""
    calls = [each for each in code_in(page) if each.startswith("rulelang ")]
    return [each for each in calls if not re.search(r"\b(COMMAND|RULES|DATA)\b|命令", each)]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the README speaks of."""
    monkeypatch.chdir(tmp_path)
    files = {
        "first.rules": "if last_purchase > 365 days then lifecycle = lost\n",
        "customers.csv": "customer_id,last_purchase\nC0003,2024-01-05\n2,\n3,\n",
        "customers/part-1.csv": "id,last_purchase\n1,2024-01-05\n2,\n",
        "our.rules": README.partition('```\nruleset "Our life cycle"\n')[2].partition("```")[0],
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


@pytest.mark.parametrize("call", commands(README))
def test_commands_of_the_readme_can_be_called(call: str, start: Path) -> None:
    words = shlex.split(call)[1:]
    assert words[0] in COMMANDS
    if len(words) == 1 and words[0] in ("run", "test", "check", "doctor", "sql", "report"):
        words = [words[0], "--help"]  # named in passing
    if words[:2] == ["init", "my-rules"]:
        words[1] = "other-rules"
    result = CliRunner().invoke(cli, [*words, *([] if "--lang" in words else ["--lang", "en"])])
    assert result.exit_code in (0, 1), result.output
    assert "Usage" not in result.stderr


@pytest.fixture
def start_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with what the Chinese README speaks of."""
    monkeypatch.chdir(tmp_path)
    files = {
        "流失.rules": CHINESE.partition("```\n如果")[2].partition("```")[0].join(("如果", "")),
        "我的.rules": CHINESE.partition("```\n沿用")[2].partition("```")[0].join(("沿用", "")),
        "客户.csv": "编号,最近购买,近一年消费,近一年订单数\n1,2024-01-05,1万,12\n2,,300,1\n3,2026年5月1日,,\n",
        "经理.csv": "经理,容量\n王,1\n",
    }
    for name, text in files.items():
        Path(name).write_text(text, "utf-8")
    CliRunner().invoke(cli, ["init", "我的规则", "--lang", "zh"], catch_exceptions=False)


@pytest.mark.parametrize("call", commands(CHINESE))
@pytest.mark.usefixtures("start_in_chinese")
def test_commands_of_the_chinese_readme_can_be_called(call: str) -> None:
    words = shlex.split(call)[1:]
    if words[:2] == ["init", "我的规则"]:
        words[1] = "别的规则"
    result = CliRunner().invoke(cli, [*words, *([] if "--lang" in words else ["--lang", "zh"])])
    assert result.exit_code in (0, 1), result.output
    assert "用法" not in result.stderr


def phrases() -> list[str]:
    """The conditions among the ways to say something in the Chinese README."""
    table = CHINESE.partition("| 要表达 | 写法 |")[2].partition("\n\n")[0]
    found = re.findall(r"`([^`]+)`", table)
    return [each for each in found if "……" not in each and not each.startswith(("那么", "理由", "否则"))]


@pytest.mark.parametrize("phrase", phrases())
def test_phrases_of_the_chinese_readme_are_conditions(phrase: str) -> None:
    names = (
        "年龄",
        "渠道",
        "电话",
        "证件有效期",
        "余额",
        "首次购买",
        "最近购买",
        "近一年消费",
        "订单",
        "金额",
        "重点城市",
        "城市",
        "手机",
    )
    assert () == parse(Source("phrase.rules", f"如果{phrase}那么结果＝成立\n"), names)[1]


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
