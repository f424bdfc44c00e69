"""Gender, ethnicity, religion and what stands in for them: pointed out where a decision rests on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.pipeline import Read, read_sources

OUTCOME = "outcome price (价格): number\n"


def read(text: str, folder: Path = Path()) -> Read:
    return read_sources([Source("x.rules", OUTCOME + text)], folder)


def warnings(text: str, folder: Path = Path()) -> list[str]:
    found = read(text, folder)
    assert () == found.errors
    return [each.code for each in found.diagnostics if severity(each.code) == "warning"]


@pytest.mark.parametrize(
    ("declared", "sentence", "expected"),
    [
        ("field gender: text", 'if gender is "m" then price = 1', ["protected-attribute"]),
        ("field customerSex: text", 'if customerSex is "m" then price = 1', ["protected-attribute"]),
        ("field x (客户性别): text", 'if x is "男" then price = 1', ["protected-attribute"]),
        ("field 民族: text", "如果民族为“汉”那么价格为1", ["protected-attribute"]),
        ("field [political party]: text", 'if [political party] is "a" then price = 1', ["protected-attribute"]),
        ("field title: one of mr, mrs, dr", "if title is mr then price = 1", ["protected-attribute"]),
        ("field x: one of a (男), b (女)", "if x is a then price = 1", ["protected-attribute"]),
        ("field is_woman: yes or no", "if is_woman then price = 1", ["protected-attribute"]),
        ("field 性別: text", "如果性別为“男”那么价格为1", ["protected-attribute"]),
        ("field land: one of mr, ms, de, fr, it", "if land is mr then price = 1", []),
        ("field wear: one of man, child", "if wear is man then price = 1", []),
        ("field native_place: text", 'if native_place is "X" then price = 1', ["protected-proxy"]),
        ("field home (籍贯): text", 'if home is "X" then price = 1', ["protected-proxy"]),
        ("field religion_points: number", "always price = 2 * religion_points", ["protected-attribute"]),
        ("field disabled: yes or no\nlet z = disabled", "if z then price = 1", ["protected-attribute"]),
        ("field disabled: yes or no\ndefine z: disabled", "if z then price = 1", ["protected-attribute"]),
        (
            "field visits: list of visit (day: date, dialect: text)",
            'if any visit has (dialect is "a") then price = 1',
            ["protected-proxy"],
        ),
        ("field spend: number\nfield ethnicity: text", "if spend in the top 20% of each ethnicity then price = 1",
         ["protected-attribute"]),
        # A name that only has the letters in it, and one that is shown and decides nothing.
        ("field sextant: number\nfield essex: number", "if sextant > 1 and essex > 1 then price = 1", []),
        ("field gender: text\nfield a: number", 'if a > 1 then price = 1 because "{gender}"', []),
        ("field gender: text\nfield a: number", "if a > 1 then price = 1", []),
    ],
)  # fmt: skip
def test_what_drives_a_decision(declared: str, sentence: str, expected: list[str]) -> None:
    assert expected == warnings(f"{declared}\n{sentence}\n")


def test_each_is_pointed_out_once_where_it_is_read() -> None:
    found = read('field gender: text\nif gender is "m" then price = 1\nif gender is "f" then price = 2\n')
    (only,) = [each for each in found.diagnostics if each.code == "protected-attribute"]
    assert only.span is not None and 3 == only.span.line
    assert "gender says something about gender" in render([only], found.sources, "en").lower()
    assert "“gender”反映性别" in render([only], found.sources, "zh")


@pytest.mark.parametrize("note", ['"Lawful ground: pension age"', '"x" ("依法：法定退休年龄")'])
def test_a_lawful_ground_is_taken_as_an_answer(note: str) -> None:
    assert [] == warnings(f'field gender: text   {note}\nif gender is "m" then price = 1\n')


def test_a_list_that_names_one(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("city,ethnicity\nX,a\n", "utf-8")
    by_column = 'field city: text\nlist codes from "codes.csv"\nif ethnicity of city in codes is "a" then price = 1\n'
    assert ["protected-attribute"] == warnings(by_column, tmp_path)
    named = 'field city: text\nlist surnames (姓氏表) = "A", "B"\nif city is in surnames then price = 1\n'
    assert ["protected-proxy"] == warnings(named, tmp_path)
