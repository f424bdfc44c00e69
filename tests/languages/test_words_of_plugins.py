"""A plug-in brings a word table: files that use it may be written in its language; on the command line ``--words``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import Result

from rulelang.plugin.discover import discover
from rulelang.plugin.plugin import Plugin
from tests.cli.conftest import Call, call  # noqa: F401 - a fixture
from tests.languages.test_third_language import GERMAN, WORDS

MANIFEST = 'name = "german"\nlabel = "德语"\nversion = "1.0"\n'
SAID = 'Regel "Viel":\n  wenn umsatz ist mehr als 5 dann stufe ist "hoch"\n'
ENGLISH = 'rule "Viel":\n  if umsatz > 5 then stufe = "hoch"\n'


@pytest.fixture(autouse=True)
def files(call: Call) -> None:  # noqa: F811 - the fixture
    Path("plug").mkdir()
    Path("plug/plugin.toml").write_text(MANIFEST, "utf-8")
    shutil.copy(WORDS, "plug/words.de.toml")
    Path("de.rules").write_text(GERMAN, "utf-8")
    Path("used.rules").write_text("use german\n" + SAID, "utf-8")


def test_a_plugin_says_which_tables_it_has() -> None:
    (found,) = (each for each in discover([Path("plug")]).plugins if each.name == "german")
    assert [Path("plug/words.de.toml")] == list(found.words)
    assert () == Plugin(name="empty", version="1").words


def test_a_file_that_uses_it_is_read_and_decides(call: Call) -> None:  # noqa: F811
    assert "stufe: hoch (decided)" in call("explain", "used.rules", "umsatz=6", "--plugin-dir", "plug").stdout
    refused = call("explain", "used.rules", "umsatz=6")
    assert (1, True) == (refused.exit_code, "unknown-plugin" in refused.stderr)


def test_a_base_that_uses_it_is_read(call: Call) -> None:  # noqa: F811
    Path("top.rules").write_text(
        'extends "used.rules"\nremove rule "Viel"\nif umsatz > 7 then stufe = "hoch"\n', "utf-8"
    )
    assert "stufe: hoch (decided)" in call("explain", "top.rules", "umsatz=8", "--plugin-dir", "plug").stdout


def test_it_is_formatted_and_translated(call: Call) -> None:  # noqa: F811
    assert "use german\n\n" + SAID == _formatted(call, "used.rules", "--plugin-dir", "plug")
    english = call("translate", "used.rules", "--to", "en", "--plugin-dir", "plug").stdout
    assert ENGLISH == english.removeprefix("use german\n").lstrip("\n")


def _formatted(call: Call, file: str, *options: str) -> str:  # noqa: F811
    result: Result = call("fmt", file, *options)
    assert 0 == result.exit_code, result.stderr
    return Path(file).read_text("utf-8")


def test_words_are_given_on_the_command_line(call: Call) -> None:  # noqa: F811
    assert 1 == call("check", "de.rules").exit_code
    assert 0 == call("check", "de.rules", "--words", "plug/words.de.toml").exit_code
    call("translate", "de.rules", "--to", "zh", "--words=plug/words.de.toml", "-o", "zh.rules")
    assert 0 == call("check", "zh.rules").exit_code
    back = call("translate", "zh.rules", "--to", "de", "--words", "plug/words.de.toml").stdout
    assert "wenn umsatz ist mindestens 1000" in back


def test_a_table_that_is_none_is_refused(call: Call) -> None:  # noqa: F811
    Path("bad.toml").write_text('language = "de"\n[terminals]\nWENN = ["wenn"]\n', "utf-8")
    result = call("check", "de.rules", "--words", "bad.toml")
    assert (2, True) == (result.exit_code, "words-unusable" in result.stderr and "WENN" in result.stderr)
    shutil.copy("bad.toml", "plug/words.de.toml")
    result = call("check", "used.rules", "--plugin-dir", "plug")
    assert (1, True) == (result.exit_code, "used.rules:1:1" in result.output and "words-unusable" in result.output)
    result = call("translate", "de.rules", "--to", "fr")
    assert (2, True) == (result.exit_code, "bad-choice" in result.stderr)


def test_the_names_of_a_base_are_translated(call: Call) -> None:  # noqa: F811
    Path("base.rules").write_text("field spend (消费): number\noutcome level (级别): text\n", "utf-8")
    Path("own.rules").write_text('extends "base.rules"\nif spend > 7 then level = "a"\n', "utf-8")
    assert "如果消费超过7，那么级别为“a”" in call("translate", "own.rules", "--to", "zh").stdout
