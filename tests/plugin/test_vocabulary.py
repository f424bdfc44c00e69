"""What a plug-in declares and a file declares again: the file's own word counts, but a type stays a type."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.engine.loading.reading import read_ruleset

VOCABULARY = "choice level: low < high\nfield need: level\nfield spend: money in CNY\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "plugin.toml").write_text('name = "shop"\nversion = "1"\n', "utf-8")
    (folder / "vocabulary.rules").write_text(VOCABULARY, "utf-8")
    return folder


def codes(shop: Path, text: str) -> list[tuple[str, str]]:
    path = shop.parent / "own.rules"
    path.write_text(f"use shop\n{text}\n", "utf-8")
    errors = read_ruleset(path, plugin_folders=[shop]).errors
    return [(each.code, Path(each.span.file).name if each.span else "") for each in errors]


def test_a_field_of_one_s_own_takes_the_place_of_the_plugin_s(shop: Path) -> None:
    assert [] == codes(shop, 'field spend: text\noutcome x: yes or no\nif spend is "much" then x = yes')


def test_a_choice_of_one_s_own_takes_the_place_of_the_plugin_s(shop: Path) -> None:
    assert [] == codes(shop, "choice level: a < b\noutcome x: yes or no\nif need is b then x = yes")


def test_an_outcome_called_like_the_plugin_s_choice_is_the_file_s_mistake(shop: Path) -> None:
    found = codes(shop, "outcome level: one of a, b\nif spend > 3 then level = a")
    assert ("duplicate-name", "own.rules") == found[0]
    assert "vocabulary.rules" not in {file for _, file in found}
