"""Column maps: read, found, applied to the columns of an export, saved; and the maps that come along."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.reading.column_maps import AppliedMaps, apply_maps, find_map, read_map
from rulelang.plugin.discover import discover

AS_OF = date(2026, 6, 30)
RULES = """\
field revenue (营业收入): money in CNY
field kind (性质): one of person (个人), company (企业)
field phone (手机): text, required, like "1*"
outcome tier (等级): one of gold (金), silver (银), else silver
if revenue > 100 and kind is company then tier = gold
"""


@pytest.fixture(scope="module")
def rules() -> rulelang.Ruleset:
    return rulelang.loads(RULES)


def written(folder: Path, text: str) -> Path:
    path = folder / "own.map"
    path.write_text(text, "utf-8")
    return path


def applied(rules: rulelang.Ruleset, folder: Path, text: str, columns: str, own: bool = True) -> AppliedMaps:
    from attrs import evolve

    map_ = evolve(read_map(written(folder, text)), own=own)
    return apply_maps([map_], columns.split(","), rules.model, checked=True)


def refused(
    rules: rulelang.Ruleset, folder: Path, text: str, columns: str
) -> list[tuple[str, object, tuple[str, ...]]]:
    with pytest.raises(DataError) as error:
        applied(rules, folder, text, columns)
    return [(each.code, each.facts["line"], each.nearest) for each in error.value.diagnostics]


def test_a_map_is_lines_with_values_set_in_and_remarks(rules: rulelang.Ruleset, tmp_path: Path) -> None:
    text = "# Accounts\nTurnover = revenue\n\n类型 ＝ 性质\n  Customer = 企业\n\tPartner = person\n"
    found = applied(rules, tmp_path, text, "id,Turnover,类型")
    assert (("Turnover", "revenue"), ("类型", "kind")) == found.pairs
    assert {"kind": {"Customer": "企业", "Partner": "person"}} == found.values


def test_the_first_column_that_is_there_counts_and_the_others_are_told(rules: rulelang.Ruleset, tmp_path: Path) -> None:
    text = "Sales = revenue\nTurnover = revenue\nIncome = revenue\n"
    found = applied(rules, tmp_path, text, "Income,Turnover,revenue")
    assert (("Turnover", "revenue"),) == found.pairs
    assert [("map-column-preferred", ("Income", "revenue"))] == [(e.code, e.facts["others"]) for e in found.notes]


def test_a_renamed_column_is_an_error_with_place_and_near_names(rules: rulelang.Ruleset, tmp_path: Path) -> None:
    text = "Kind = kind\nTurnover = revenue\n"
    assert [("map-column-missing", 2, ("Turnovers",))] == refused(rules, tmp_path, text, "Kind,Turnovers")
    other = applied(rules, tmp_path, text, "Kind,else").notes
    assert [("map-title-missing", ())] == [(each.code, each.nearest) for each in other], "an export without it"
    assert () == applied(rules, tmp_path, "Turnover = revenue\n", "revenue").notes
    shipped = applied(rules, tmp_path, text, "Kind,Turnovers", own=False)
    assert [("map-title-missing", ("Turnovers",))] == [(each.code, each.nearest) for each in shipped.notes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kind = kind\n  Customer = firm\n", ("map-value-unknown", 1)),
        ("Turnover -> revenue\n", ("map-line", 1)),
        ("# fine\n= revenue\n", ("map-line", 2)),
    ],
)
def test_what_is_no_line_and_no_value_is_an_error(
    rules: rulelang.Ruleset, tmp_path: Path, text: str, expected: tuple[str, int]
) -> None:
    assert [expected] == [each[:2] for each in refused(rules, tmp_path, text, "Kind,Turnover")]


def test_a_slip_in_a_field_is_told_and_fields_of_others_are_not(rules: rulelang.Ruleset, tmp_path: Path) -> None:
    found = applied(rules, tmp_path, "Turnover = revenu\nBirthday = birth_date\n", "Turnover,Birthday")
    assert ((), [("map-field-unknown", ("revenue",))]) == (found.pairs, [(e.code, e.nearest) for e in found.notes])


def test_maps_are_found_by_file_and_by_either_name(tmp_path: Path) -> None:
    plugins = discover()
    for name in ("zoho", "卓豪", "fxiaoke", "纷享销客"):
        assert name in find_map(name, plugins).names
    assert find_map(str(written(tmp_path, "a = b\n")), plugins).own
    with pytest.raises(DataError) as error:
        find_map("zooh", plugins)
    assert ("no-such-map", "zoho") == (error.value.diagnostics[0].code, error.value.diagnostics[0].nearest[0])


@pytest.mark.parametrize("name", ["zoho", "fxiaoke"])
def test_the_maps_that_come_along_name_fields_and_values_of_the_vocabulary(name: str) -> None:
    text = "use crm\noutcome y: one of a, b\n"
    map_ = find_map(name, discover())
    fields = {each.field for each in map_.lines}
    conditions = " and ".join(f"{each} is known" for each in sorted(fields))
    model = rulelang.loads(f"{text}if {conditions} then y = a\n").model
    columns = list(dict.fromkeys(each.column for each in map_.lines))
    assert fields == {field for _, field in apply_maps([map_], columns, model, checked=True).pairs}
    alone = apply_maps([map_], [map_.lines[-1].column], model, checked=True)
    assert (map_.lines[-1].column, map_.lines[-1].field) in alone.pairs


def test_a_run_with_a_map_can_be_saved_and_run_again(tmp_path: Path) -> None:
    rules = tmp_path / "x.rules"
    rules.write_text(RULES, "utf-8")
    data = tmp_path / "export.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Turnover", "Type", "Mobile"], ["200", "Customer", "138"], ["300", "Person", "2"]])
    own = written(tmp_path, "Turnover = revenue\nType = kind\n  Customer = company\nMobile = phone\n")
    saved, results = tmp_path / "saved.map", []
    for map_ in (own, saved):
        out = tmp_path / f"{map_.stem}.csv"
        call = ["run", str(rules), str(data), "--map", str(map_), "--save-map", str(saved), "-o", str(out)]
        result = CliRunner().invoke(cli, [*call, "--as-of", "2026-06-30", "--lang", "en"], catch_exceptions=False)
        assert "format  phone" in result.stdout
        results.append(out.read_text("utf-8-sig"))
    assert results[0] == results[1]
    assert ["Customer", "Person"] == [line.split(",")[1] for line in results[0].splitlines()[1:]], (
        "cells stay as they are"
    )
    assert ["gold", "silver"] == [line.split(",")[-1] for line in results[0].splitlines()[1:]]


def test_a_saved_map_has_lines_to_fill_in_and_the_run_says_what_to_add(tmp_path: Path) -> None:
    rules = tmp_path / "x.rules"
    rules.write_text(RULES, "utf-8")
    data, saved, out = tmp_path / "export.csv", tmp_path / "saved.map", tmp_path / "out.csv"
    data.write_text("kind,revenues,phones,city\nfirm,200,138,x\nfirm,abc,138,x\n", "utf-8")
    call = ["run", str(rules), str(data), "--save-map", str(saved), "-o", str(out), "--lang", "en"]
    result = CliRunner().invoke(cli, call, catch_exceptions=False)
    assert "add: --map revenues=revenue --map phones=phone" in result.stderr
    lines = saved.read_text("utf-8").splitlines()
    assert ["kind = kind", "# revenues = revenue", "# phones = phone"] == [each for each in lines if " = " in each]
    assert "# Columns not used: revenues, phones, city" == lines[-1]
    call += ["--map", "revenues=revenue"]
    result = CliRunner().invoke(cli, call, catch_exceptions=False)
    assert "1 rejected row is not in" in result.stderr


def test_a_map_to_fill_in_is_written_where_no_field_is_found(tmp_path: Path) -> None:
    rules, data, saved = tmp_path / "x.rules", tmp_path / "export.csv", tmp_path / "saved.map"
    rules.write_text(RULES, "utf-8")
    data.write_text("Turnover,Sort\n200,firm\n", "utf-8")
    result = CliRunner().invoke(cli, ["run", str(rules), str(data), "--save-map", str(saved), "--lang", "en"])
    assert "error no-field-found" in result.stderr
    lines = saved.read_text("utf-8").splitlines()
    assert ["# COLUMN = revenue", "# COLUMN = kind"] == [each for each in lines if " = " in each]


def test_values_of_a_map_are_no_matter_for_sql(rules: rulelang.Ruleset, tmp_path: Path) -> None:
    data = tmp_path / "d.csv"
    data.write_text("revenue,Type,phone\n200,Customer,1\n", "utf-8")
    own = str(written(tmp_path, "Type = kind\n  Customer = company\n"))
    with pytest.raises(DataError) as error:
        rules.run(data, column_map=own, as_of=AS_OF, engine="duckdb")
    assert [("engine-cannot", "values of a map")] == [
        (each.code, each.facts["construct"]) for each in error.value.diagnostics
    ]
    (tier,) = rules.run(data, column_map=own, as_of=AS_OF).outcomes
    assert [("gold", 1), ("silver", 0)] == [(each.value, each.count) for each in tier.classes]
