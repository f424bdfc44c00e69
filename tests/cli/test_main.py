"""The command line as a whole: help, version, languages, mistakes in the call."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import rulelang
from rulelang.cli.bilingual import Argument, Bilingual, Option
from rulelang.cli.failures import WRONG_CALL_CODES
from rulelang.cli.language import language
from rulelang.cli.main import COMMANDS
from rulelang.diagnostics.catalogue import entries
from tests.cli.conftest import Call

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _joined(path: Path) -> str:
    return path.read_text("utf-8").replace("(\n    console", "(console")


def command(name: str) -> Bilingual:
    found: Bilingual = importlib.import_module(f"rulelang.cli.{name}").cli
    return found


def test_every_command_file_is_in_the_list_and_the_other_way_round() -> None:
    folder = Path(rulelang.__file__).parent / "cli"
    files = {
        path.stem
        for path in folder.glob("*.py")
        if path.stem != "bilingual" and "\n@click.pass_obj\ndef cli(console: Console" in _joined(path)
    }
    assert files == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_in_both_languages(call: Call, name: str) -> None:
    english, chinese = call(name, "--help"), call(name, "--help", "--lang", "zh")
    assert (0, 0) == (english.exit_code, chinese.exit_code)
    assert english.stdout.startswith(f"Usage: rulelang {name}")
    assert chinese.stdout.startswith(f"用法：rulelang {name}")
    texts = [command(name).texts]
    for parameter in command(name).params:
        assert isinstance(parameter, Option | Argument)
        texts.append(parameter.texts)
        for each in parameter.opts if isinstance(parameter, Option) and not parameter.hidden else ():
            assert each in english.stdout
            assert each in chinese.stdout
    for in_english, in_chinese in texts:
        assert not CHINESE.search(in_english)
        assert CHINESE.search(in_chinese)


def test_help_lists_the_commands(call: Call) -> None:
    for arguments in (["--help"], [], ["-h"]):
        result = call(*arguments)
        assert 0 == result.exit_code
        assert set(COMMANDS) <= set(re.findall(r"^  (\w+)  ", result.stdout, re.MULTILINE))
    assert "运行" in call("--lang", "zh").stdout or "判定" in call("--lang", "zh").stdout


def test_version(call: Call) -> None:
    assert f"rulelang {rulelang.__version__}\n" == call("--version").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "near"),
    [
        (["rnu"], "no-such-command", "run"),
        (["run", "--asof", "x"], "no-such-option", "--as-of"),
        (["code", "a", "b"], "extra-argument", ""),
        (["run", "a"], "missing-argument", ""),
        (["sql", "a"], "missing-argument", "duckdb, postgres"),
        (["run", "a", "b", "--as-of"], "option-needs-value", ""),
        (["code", "--lang", "fr"], "bad-choice", ""),
        (["check", "--format", "xml"], "bad-choice", ""),
        (["translate", "a.rules"], "missing-argument", ""),
    ],
)
def test_a_wrong_call_is_explained_in_both_languages(call: Call, arguments: list[str], code: str, near: str) -> None:
    result = call(*arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert result.stderr.startswith(f"error {code}: ")
    assert near in result.stderr
    chinese = call("--lang=zh", *arguments)
    assert (2, "") == (chinese.exit_code, chinese.stdout)
    assert chinese.stderr.startswith(f"错误 {code}：")


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "de_DE", "LC_MESSAGES": "zh_TW"}, "zh"),
        (["run", "--lang", "en"], {"LANG": "zh_CN"}, "en"),
        (["run", "--lang=zh"], {}, "zh"),
        (["run", "--", "--lang=zh"], {}, "en"),
        (["run", "--lang"], {"LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_language_comes_from_the_call_or_else_from_the_locale(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert expected == language(arguments, environment)


def test_codes_that_mean_a_wrong_call_are_in_the_catalogue() -> None:
    assert set() == WRONG_CALL_CODES - set(entries())


def test_help_starts_without_loading_what_it_does_not_need() -> None:
    script = (
        "import sys; from rulelang.cli.main import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('lark', 'tomllib', 'csv', 'hypothesis')"
        " or name.startswith(('rulelang.engine.', 'rulelang.meaning.', 'rulelang.syntax.'))], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert "[]\n" == result.stderr


def test_click_commands_are_all_bilingual() -> None:
    assert all(isinstance(command(name), Bilingual) and isinstance(command(name), click.Command) for name in COMMANDS)


def test_output_that_can_not_show_a_character_replaces_it() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    script = 'from rulelang.cli.main import main; import sys; sys.argv = ["rulelang", "--lang", "zh", "code"]; main()'
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
    assert 0 == result.returncode
    assert b"???" in result.stdout
