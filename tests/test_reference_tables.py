"""Reference tables beside a plug-in's vocabulary, dated lists, stand-ins with a name, and what a fingerprint sees."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.gather import Context
from rulelang.pipeline import read_model
from rulelang.plugin.discover import discover
from tests.oracle import decide

COUNTRIES = "country,weight,valid_from,valid_until\nNA,50,2024-02-23,2025-12-31\nKP,90,,\nNA,60,2026-03-01,\n"
FIELD = "field country (国家): text\n"


def write(folder: Path, rules: str, table: str = COUNTRIES) -> Path:
    (folder / "countries.csv").write_text(table, "utf-8")
    path = folder / "x.rules"
    path.write_text(FIELD + rules, "utf-8")
    return path


MEMBERSHIP = "if country is in grey then risk = high\notherwise risk = low\noutcome risk: one of high, low\n"


@pytest.mark.parametrize("listed", ['list grey from "countries.csv"', 'list grey from "countries.csv" column country'])
@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("NA", date(2024, 2, 22), "low"),
        ("NA", date(2024, 2, 23), "high"),
        ("NA", date(2025, 12, 31), "high"),
        ("NA", date(2026, 1, 1), "low"),
        ("NA", date(2026, 3, 1), "high"),
        ("KP", date(2020, 1, 1), "high"),
        ("CN", date(2025, 1, 1), "low"),
    ],
)
def test_of_a_dated_list_the_rows_of_the_day_count(
    tmp_path: Path, listed: str, country: str, day: date, expected: str
) -> None:
    rules = rulelang.load(write(tmp_path, f"{listed}\n{MEMBERSHIP}"))
    assert expected == rules.decide({"country": country}, day)["risk"]
    assert expected == decide(rules.model, {"country": country}, day).outcomes["risk"]
    assert expected in rules.decide({"country": country}, day).why("risk", lang="en")


def test_an_unknown_country_is_neither_on_a_dated_list_nor_off_it(tmp_path: Path) -> None:
    rules = rulelang.load(write(tmp_path, f'list grey from "countries.csv"\n{MEMBERSHIP}'))
    decision = rules.decide({}, date(2025, 1, 1))
    assert ("provisional", ("country",)) == (decision.standing("risk"), tuple(decision.missing))


LOOKUP = 'list grey from "countries.csv"\noutcome points: whole number\n'


def test_a_threshold_stands_in_for_a_key_without_a_row(tmp_path: Path) -> None:
    rules = rulelang.load(
        write(tmp_path, f"threshold other = 7\n{LOOKUP}always points = weight of country in grey, or other\n")
    )
    for country, expected in (("KP", 90), ("CN", 7)):
        decision = rules.decide({"country": country}, date(2026, 1, 1))
        assert expected == decision["points"]
        assert expected == decide(rules.model, {"country": country}, date(2026, 1, 1)).outcomes["points"]
    assert 8 == rules.with_thresholds(other=8).decide({"country": "CN"}, date(2026, 1, 1))["points"]


@pytest.mark.parametrize(
    "text",
    [
        "threshold other = 7\nif weight of country in grey, or other > 5 then points = 1\n",
        "阈值其他（other）＝7\n如果按country查grey的weight查不到时为其他超过5那么points＝1\n",
    ],
)
def test_it_is_formatted_as_it_is_read(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, LOOKUP + text)
    first = rulelang.load(path).fingerprint
    from rulelang.diagnostics.position import Source
    from rulelang.syntax.format import format_text

    printed = format_text(Source("x", path.read_text("utf-8"))).text
    path.write_text(printed, "utf-8")
    assert first == rulelang.load(path).fingerprint
    assert printed == format_text(Source("x", printed)).text


def test_a_field_does_not_stand_in(tmp_path: Path) -> None:
    path = write(tmp_path, f"field spend: number\n{LOOKUP}if weight of country in grey, or spend > 5 then points = 1\n")
    assert ["lookup-default-not-constant"] == [each.code for each in read_model([path]).errors]


def test_the_cells_of_a_table_belong_to_the_fingerprint(tmp_path: Path) -> None:
    rules = f"{LOOKUP}always points = weight of country in grey, or 1\n"
    before = rulelang.load(write(tmp_path, rules)).fingerprint
    after = rulelang.load(write(tmp_path, rules, COUNTRIES.replace("KP,90", "KP,91"))).fingerprint
    assert before != after
    flat = "country,name\nKP,Korea\n"
    member = f'list grey from "countries.csv"\n{MEMBERSHIP}'
    before = rulelang.load(write(tmp_path, member, flat)).fingerprint
    after = rulelang.load(write(tmp_path, member, flat.replace("Korea", "North Korea"))).fingerprint
    assert before == after


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    folder = tmp_path / "sanctions"
    folder.mkdir()
    (folder / "plugin.toml").write_text('name = "sanctions"\nversion = "1"\n', "utf-8")
    (folder / "countries.csv").write_text(COUNTRIES, "utf-8")
    vocabulary = 'list grey from "countries.csv"\nfield city: text\nthreshold other = 7\nthreshold high = 55\n'
    (folder / "vocabulary.rules").write_text(FIELD + vocabulary, "utf-8")
    return folder


def test_a_plugin_brings_its_tables_and_only_what_is_spoken_of(plugin: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.rules"
    path.write_text(
        "use sanctions\noutcome points: whole number\nif weight of country in grey > high then points = 1\n", "utf-8"
    )
    read = read_model([path], Context(discover([plugin])))
    assert () == read.errors
    assert read.model is not None
    assert (["country"], ["high"], ["grey"]) == tuple(
        list(each) for each in (read.model.fields, read.model.thresholds, read.model.lists)
    )


def test_a_table_that_is_not_there_is_reported(plugin: Path, tmp_path: Path) -> None:
    (plugin / "countries.csv").unlink()
    path = tmp_path / "mine.rules"
    path.write_text("use sanctions\noutcome o: text\nif country is in grey then o = 'x'\n".replace("'", '"'), "utf-8")
    assert ["missing-file"] == [each.code for each in read_model([path], Context(discover([plugin]))).errors]


def test_columns_keep_their_names_in_the_other_language(tmp_path: Path) -> None:
    """A choice called like a column is translated, the column is not."""
    path = write(
        tmp_path,
        'list grey from "countries.csv"\noutcome basis: one of weight (权重), name (名称)\n'
        "if weight of country in grey > 55 then basis = weight\n",
    )
    result = CliRunner().invoke(cli, ["translate", str(path), "--to", "zh"])
    assert "查grey的weight" in result.output and "为权重" in result.output
    first = rulelang.load(path).fingerprint
    path.write_text(result.output, "utf-8")
    assert first == rulelang.load(path).fingerprint
