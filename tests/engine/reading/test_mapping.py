"""Columns and the fields they belong to."""

from __future__ import annotations

import pytest

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.reading.mapping import map_columns, read_pair
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Date, ListOf, Number, Text

FIELDS = {
    "last_purchase": Field("last_purchase", Date(), "最近购买"),
    "spend": Field("spend", Number(), "消费"),
    "city": Field("city", Text()),
}


def codes(error: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [each.code for each in error.value.diagnostics]


def test_titles_fit_by_name_or_label() -> None:
    found = map_columns(["id", " 消费 ", "last_purchase", "note"], FIELDS, ["last_purchase", "spend"])
    assert {"last_purchase": 2, "spend": 1} == found.positions
    assert ("id", "note") == found.unused
    assert () == found.not_found == found.findings


def test_fields_that_no_rule_reads_are_not_looked_for() -> None:
    assert {"city": 0} == map_columns(["city", "spend"], FIELDS, ["city"]).positions


@pytest.mark.parametrize("title", ["Last_Purchase", "last purchase", "ｌａｓｔ_purchase", "LastPurchase"])
def test_a_title_that_differs_in_case_or_spaces_only_is_taken_and_noted(title: str) -> None:
    found = map_columns([title, "city"], FIELDS, ["last_purchase", "city"])
    assert {"last_purchase": 0, "city": 1} == found.positions
    assert ["column-taken"] == [each.code for each in found.findings]


def test_no_column_is_taken_for_a_list_by_its_looks() -> None:
    fields = {**FIELDS, "orders": Field("orders", ListOf((("amount", None, Number()),)))}
    found = map_columns(["city", "Orders"], fields, ["city", "orders"])
    assert ("Orders",) == found.unused
    assert ["list-not-given"] == [each.code for each in found.findings]


def test_of_two_such_titles_none_is_taken() -> None:
    found = map_columns(["Last Purchase", "LAST_PURCHASE", "city"], FIELDS, ["last_purchase", "city"])
    assert ("last_purchase",) == found.not_found


def test_a_title_that_comes_close_is_suggested_and_not_taken() -> None:
    found = map_columns(["last_purchse", "city"], FIELDS, ["last_purchase", "city"])
    assert ("last_purchase",) == found.not_found
    (finding,) = found.findings
    assert ("field-without-column", ("last_purchse",)) == (finding.code, finding.nearest)


def test_the_caller_has_the_last_word() -> None:
    pairs = [("Umsatz=netto", "消费"), ("when", "last_purchase")]
    found = map_columns(["when", "spend", "Umsatz=netto"], FIELDS, ["last_purchase", "spend"], pairs)
    assert {"last_purchase": 0, "spend": 2} == found.positions
    assert ("spend",) == found.unused


def test_two_columns_for_one_field_are_refused_until_the_caller_chooses() -> None:
    with pytest.raises(DataError) as error:
        map_columns(["spend", "消费"], FIELDS, ["spend"])
    assert ["two-columns-one-field"] == codes(error)
    assert {"field": "spend", "first": "spend", "second": "消费"} == error.value.diagnostics[0].facts
    assert {"spend": 1} == map_columns(["spend", "消费"], FIELDS, ["spend"], [("消费", "spend")]).positions


def test_pairs_that_name_nothing_are_refused_together() -> None:
    pairs = [("wehn", "last_purchase"), ("when", "spent"), ("when", "last_purchase"), ("city", "last_purchase")]
    with pytest.raises(DataError) as error:
        map_columns(["when", "city"], FIELDS, ["spend"], pairs)
    assert ["unknown-column-option", "unknown-field-option", "two-columns-one-field"] == codes(error)
    assert [("when",), ("spend",), ()] == [each.nearest for each in error.value.diagnostics]


def test_when_no_field_is_found_nothing_can_be_decided() -> None:
    with pytest.raises(DataError) as error:
        map_columns(["Last Purchse", "x"], FIELDS, ["last_purchase", "spend"])
    assert ["no-field-found", "field-without-column"] == codes(error)
    assert {} == map_columns(["x"], FIELDS, []).positions


def test_lines_above_the_titles_are_told_where_no_field_is_found() -> None:
    with pytest.raises(DataError) as error:
        map_columns(["制表人：张三", "column 2", "日期：5月"], FIELDS, ["last_purchase", "spend"])
    [found] = error.value.diagnostics
    told = describe(found, "zh")
    assert "有1格空白：若列名不在这一行，请删去上面的行。" in (told.help or "")
    assert "数据中的列：制表人：张三、日期：5月。" in told.message


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("手机号=手机", ("手机号", "手机")),
        ("手机号＝手机", ("手机号", "手机")),
        (" a = b ", ("a", "b")),
        ("a=b=c", ("a=b", "c")),
    ],
)
def test_a_pair_is_read(text: str, pair: tuple[str, str]) -> None:
    assert pair == read_pair(text)


@pytest.mark.parametrize("text", ["", "a", "a=", "=b", " ＝ "])
def test_half_a_pair_is_refused(text: str) -> None:
    with pytest.raises(DataError) as error:
        read_pair(text)
    assert ["not-a-pair"] == codes(error)
