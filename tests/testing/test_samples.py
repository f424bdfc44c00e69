"""Sample customers as they are read from tables, YAML and example blocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.model.expressions import ALWAYS
from rulelang.model.program import Branch, Example, Header, Model, Rule
from rulelang.testing.sample import Expectation, Sample, Samples
from rulelang.testing.samples import read_sample_file, read_samples
from rulelang.testing.tables import read_table
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Choice, Date, ListOf, Member, Money, Number, Text, YesNo

LIFECYCLE = Choice((Member("active", "活跃"), Member("lost", "流失")))

FIELDS = (
    Field("last_purchase", Date(), "最近购买"),
    Field("spend", Money("CNY"), "消费"),
    Field("vip", YesNo(), "会员"),
    Field("phone", Text(), "手机"),
    Field("level", LIFECYCLE, "上期"),
    Field("orders", ListOf("order", (("amount", "金额", Money("CNY")),)), "订单"),
)
OUTCOMES = (
    Outcome("lifecycle", LIFECYCLE, "生命周期"),
    Outcome("score", Number(0), "风险分", policy="sum"),
    Outcome("tags", Text(), "标签", policy="collect"),
    Outcome("due", Date(may_be_future=True), "下次联系"),
)


def model(*examples: Example) -> Model:
    return Model(
        Header(),
        {each.name: each for each in FIELDS},
        {each.name: each for each in OUTCOMES},
        {},
        {},
        (Rule("gone", (Branch(ALWAYS, ()),), label="已流失"),),
        examples=examples,
    )


class Row(NamedTuple):
    number: int
    cells: Sequence[object]
    fault: Diagnostic | None = None


def table(titles: str, *rows: str) -> Samples:
    cells = [Row(number, [each.strip() for each in row.split("|")]) for number, row in enumerate(rows, 2)]
    return read_table(model(), "shop.samples.csv", [each.strip() for each in titles.split("|")], cells)


def only(samples: Samples) -> Sample:
    assert () == samples.diagnostics
    (sample,) = samples.samples
    return sample


def expected(sample: Sample) -> dict[str, Any]:
    return {f"{each.outcome} {each.aspect}".strip(): each.value for each in sample.expect}


def codes(found: Samples) -> list[str]:
    return [each.code for each in (*found.diagnostics, *(fault for s in found.samples for fault in s.faults))]


def test_a_row_is_a_sample() -> None:
    sample = only(
        table(
            "name | as_of | last_purchase | spend | vip | expect lifecycle | expect score | expect due",
            "gone | 2026-06-01 | 2025/5/31 | ¥1.5万 | yes | lost | 10 | 2026-06-15",
        )
    )
    assert "gone" == sample.name
    assert date(2026, 6, 1) == sample.as_of
    assert {"last_purchase": date(2025, 5, 31), "spend": Decimal(15000), "vip": True} == sample.given
    assert {"lifecycle value": "lost", "score value": 10, "due value": date(2026, 6, 15)} == expected(sample)
    assert () == sample.faults


def test_the_same_in_chinese() -> None:
    sample = only(
        table(
            "样例 | 基准日 | 最近购买 | 消费 | 会员 | 应为 生命周期 | 应为风险分 | 应为 生命周期 状态 | 备注",
            "已流失 | 2026年6月1日 | 2025.5.31 | 1.5万 | 是 | 流失 | 10 | 确定 | 随便写",
        )
    )
    assert "已流失" == sample.name
    assert date(2026, 6, 1) == sample.as_of
    assert {"last_purchase": date(2025, 5, 31), "spend": Decimal(15000), "vip": True} == sample.given
    assert {"lifecycle value": "lost", "score value": 10, "lifecycle standing": "decided"} == expected(sample)


def test_blank_cells_are_missing_values_and_unchecked_expectations() -> None:
    sample = only(table("name | phone | spend | expect lifecycle | expect score", " | | 5 | lost | "))
    assert "row 2" == sample.name
    assert {"phone": None, "spend": 5} == sample.given
    assert {"lifecycle value": "lost"} == expected(sample)


@pytest.mark.parametrize(
    ("cell", "aspect", "value"),
    [
        ("(undecided)", "standing", "undecided"),
        ("（待定）", "standing", "undecided"),
        ("（未定）", "standing", "undecided"),
        ("(unknown)", "standing", "undecided"),
        ("(no rule)", "standing", "no rule"),
        ("（无适用规则）", "standing", "no rule"),
        ("(Provisional)", "standing", "provisional"),
        ("（暂定）", "standing", "provisional"),
        ("(missing)", "value", None),
        ("?", "open", None),
        ("？", "open", None),
        ("流失客户", "value", "lost"),
    ],
)
def test_what_a_cell_can_expect(cell: str, aspect: str, value: str | None) -> None:
    (found,) = only(table("expect lifecycle", cell)).expect
    assert (aspect, value) == (found.aspect, found.value)


@pytest.mark.parametrize("cell", ["a; b", "a；b", "a、b", "a;b;", "a\nb"])
def test_collected_values_are_parted_by_semicolons_or_the_list_comma(cell: str) -> None:
    (found,) = only(table("expect tags", cell)).expect
    assert ("a", "b") == found.value


@pytest.mark.parametrize("cell", ["(none)", "（无）"])
def test_nothing_collected_has_a_word_of_its_own(cell: str) -> None:
    (found,) = only(table("expect tags", cell)).expect
    assert () == found.value


def test_a_collected_text_may_hold_a_comma() -> None:
    (found,) = only(table("expect tags", "call, then write")).expect
    assert ("call, then write",) == found.value


def test_a_rule_can_be_expected_by_name_or_label() -> None:
    assert [Expectation("", "rule", "gone", "已流失")] == [
        Expectation(each.outcome, each.aspect, each.value, each.written)
        for each in only(table("expect rule", "已流失")).expect
    ]
    found = table("expect rule", "gonne")
    assert ["sample-unknown-rule"] == codes(found)
    assert ("gone",) == found.samples[0].faults[0].nearest


def test_the_standing_column_takes_standings_only() -> None:
    found = table("expect lifecycle standing", "lost")
    assert ["sample-not-a-standing"] == codes(found)
    assert {"lifecycle standing": "undecided"} == expected(only(table("expect lifecycle_standing", "undecided")))


@pytest.mark.parametrize(
    ("title", "code", "nearest"),
    [
        ("last_purchse", "sample-unknown-column", ("last_purchase",)),
        ("最近购卖", "sample-unknown-column", ("最近购买",)),
        ("expect lifecicle", "sample-unknown-outcome", ("lifecycle",)),
        ("应为 生命周", "sample-unknown-outcome", ("生命周期",)),
        ("生命周期", "sample-outcome-without-expect", ()),
    ],
)
def test_a_title_nobody_knows_is_said_with_the_nearest_names(title: str, code: str, nearest: tuple[str, ...]) -> None:
    found = table(f"{title} | expect score", "x | 1")
    (diagnostic,) = found.diagnostics
    assert code == diagnostic.code
    assert nearest == diagnostic.nearest
    assert diagnostic.span is not None
    assert ("shop.samples.csv", 1) == (diagnostic.span.file, diagnostic.span.line)


def test_a_field_may_be_called_like_a_word_of_sample_files() -> None:
    fields = {"name": Field("name", Text()), "预期购买日": Field("预期购买日", Date(may_be_future=True))}
    other = Model(Header(), fields, {"lifecycle": OUTCOMES[0]}, {}, {}, ())
    titles = ["样例", "name", "预期购买日", "expect lifecycle"]
    found = read_table(other, "f", titles, [Row(2, ["first", "Li", "2026-01-01", "lost"])])
    sample = only(found)
    assert "first" == sample.name
    assert {"name": "Li", "预期购买日": date(2026, 1, 1)} == sample.given


def test_a_column_given_twice_is_refused() -> None:
    found = table("vip | 会员 | expect lifecycle", "yes | no | lost")
    (diagnostic,) = found.diagnostics
    assert "sample-column-twice" == diagnostic.code
    assert {"first": "vip", "second": "会员"} == diagnostic.facts


def test_values_that_do_not_fit_are_faults_of_their_sample_all_at_once() -> None:
    found = table("name | vip | level | expect lifecycle", "odd | maybe | lostt | silent", "fine | yes | lost | lost")
    odd, fine = found.samples
    assert ["sample-unreadable", "sample-not-a-member", "sample-not-a-member"] == [each.code for each in odd.faults]
    assert {"odd"} == {each.facts["name"] for each in odd.faults}
    assert [("vip", "maybe"), ("level", "lostt"), ("expect lifecycle", "silent")] == [
        (each.facts["column"], each.facts["value"]) for each in odd.faults
    ]
    assert [(2, "shop.samples.csv")] * 3 == [(each.span.line, each.span.file) for each in odd.faults if each.span]
    assert ("lost",) == odd.faults[1].nearest
    assert () == fine.faults


def test_an_ambiguous_date_is_asked_for() -> None:
    found = table("last_purchase | expect lifecycle", "03/04/2026 | lost")
    (fault,) = found.samples[0].faults
    assert ("sample-unreadable", "ambiguous-date") == (fault.code, fault.facts["reason"])


def test_samples_that_check_nothing_are_findings() -> None:
    assert ["sample-expects-nothing"] == codes(table("vip | expect lifecycle", "yes | "))
    assert ["samples-without-expectations"] == codes(table("vip", "yes", "no"))
    assert ["samples-empty"] == codes(table("vip | expect lifecycle"))


def test_rows_and_untitled_columns_without_values_are_passed_over() -> None:
    rows = [Row(2, ["yes", "", "lost"]), Row(3, ["", "", ""]), Row(4, [None, None, None])]
    found = read_table(model(), "f", ["vip", "column 2", "expect lifecycle"], rows)
    assert ["row 2"] == [each.name for each in found.samples]
    assert () == found.diagnostics
    assert ["sample-unknown-column"] == codes(
        read_table(model(), "f", ["vip", "column 2", "expect lifecycle"], [Row(2, ["yes", "x", "lost"])])
    )


def test_a_row_that_cannot_be_read_is_said_with_its_place() -> None:
    rows = [Row(2, ["yes"], Diagnostic("row-too-short")), Row(3, ["yes", "lost"])]
    found = read_table(model(), "f", ["vip", "expect lifecycle"], rows)
    assert [("row-too-short", 2)] == [(each.code, each.span.line) for each in found.diagnostics if each.span]
    assert 1 == len(found.samples)


def test_names_are_matched_whatever_their_case() -> None:
    sample = Sample("One Day more", None, {}, ())
    assert sample.matches(None)
    assert sample.matches("DAY")
    assert not sample.matches("week")


def test_examples_are_samples() -> None:
    example = Example(
        "one day more",
        date(2026, 6, 1),
        (("最近购买", "2025-05-31"), ("phone", None)),
        (("lifecycle", "lost"), ("due", None), ("score", "(undecided)"), ("tags", "a; b")),
        ("gone",),
    )
    sample = only(read_samples(model(example)))
    assert ("one day more", date(2026, 6, 1)) == (sample.name, sample.as_of)
    assert {"last_purchase": date(2025, 5, 31), "phone": None} == sample.given
    assert {
        "lifecycle value": "lost",
        "due value": None,
        "score standing": "undecided",
        "tags value": ("a", "b"),
        "rule": "gone",
    } == expected(sample)


def test_values_collected_one_by_one_are_expected_together() -> None:
    example = Example("x", None, (), (("tags", "a"), ("tags", "b"), ("lifecycle", "lost")))
    assert {"tags value": ("a", "b"), "lifecycle value": "lost"} == expected(only(read_samples(model(example))))


def test_examples_with_unknown_names_are_faults() -> None:
    found = read_samples(model(Example("x", None, (("vp", "yes"),), (("lifecycl", "lost"),))))
    assert ["sample-unknown-column", "sample-unknown-outcome"] == codes(found)


YAML = """
- name: with orders
  as_of: 2026-06-01
  given:
    phone: 0755
    vip: "yes"
    spend: 0.1
    orders:
      - {amount: 100}
      - {金额: 20.5}
  expect:
    lifecycle: lost
    lifecycle standing: provisional
    tags: [a, "b; c"]
    rule: gone
    score: "?"
- 样例: 中文
  基准日: 2026年6月1日
  已知:
    会员: 是
    手机:
    上期: ~
  应为:
    生命周期: （待定）
"""


def test_yaml_holds_customers_with_lists(tmp_path: Path) -> None:
    path = tmp_path / "shop.samples.yaml"
    path.write_text(YAML, encoding="utf-8")
    found = read_sample_file(model(), path)
    assert [] == codes(found)
    first, second = found.samples
    assert date(2026, 6, 1) == first.as_of
    assert {
        "phone": "0755",
        "vip": True,
        "spend": Decimal("0.1"),
        "orders": ({"amount": 100}, {"amount": Decimal("20.5")}),
    } == first.given
    assert {
        "lifecycle value": "lost",
        "lifecycle standing": "provisional",
        "tags value": ("a", "b; c"),
        "rule": "gone",
        "score open": None,
    } == expected(first)
    assert first.expect[0].place is not None
    assert (12, 16) == (first.expect[0].place.line, first.expect[0].place.column)
    assert ("中文", date(2026, 6, 1)) == (second.name, second.as_of)
    assert {"vip": True, "phone": None, "level": None} == second.given
    assert {"lifecycle standing": "undecided"} == expected(second)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- name: x\n  expect: {lifecycle: ?}\n", ["broken-yaml"]),
        ("- [a, b]\n- name: x\n  expect: {lifecycle: lost}\n", ["sample-not-a-record"]),
        ("", ["samples-empty"]),
        ("[]", ["samples-empty"]),
        ("name: x\nexpct: {lifecycle: lost}\nexpect: {lifecycle: lost}\n", ["sample-unknown-key"]),
        ("name: x\ngiven: yes\nexpect: {lifecycle: lost}\n", ["sample-not-a-mapping"]),
        ("name: x\ngiven: {vp: yes}\nexpect: {lifecicle: lost}\n", ["sample-unknown-column", "sample-unknown-outcome"]),
        ("name: x\ngiven: {as_of: 2026-01-01}\nexpect: {lifecycle: lost}\n", ["sample-unknown-column"]),
        ("name: x\ngiven: {orders: 3}\nexpect: {lifecycle: lost}\n", ["sample-unreadable"]),
        ("&a [*a]\n", ["samples-too-large"]),
        ("[" * 3000, ["samples-too-large"]),
        ("a\0b", ["broken-yaml"]),
    ],
)
def test_yaml_that_is_no_list_of_samples(tmp_path: Path, text: str, found: list[str]) -> None:
    path = tmp_path / "shop.samples.yaml"
    path.write_text(text, encoding="utf-8")
    samples = read_sample_file(model(), path)
    assert found == codes(samples)
    assert all(each.span is not None and each.span.file == str(path) for each in samples.diagnostics)


def test_a_yaml_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.samples.yml"
    lines = ["- &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{number} [{', '.join([f'*a{number - 1}'] * 8)}]" for number in range(1, 12)]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert ["samples-too-large"] == codes(read_sample_file(model(), path))


def test_a_csv_file_in_the_encoding_of_chinese_excel(tmp_path: Path) -> None:
    path = tmp_path / "店.样例.csv"
    path.write_bytes("样例,会员,应为 生命周期\n老客户,是,活跃\n".encode("gb18030"))
    found = read_sample_file(model(), path)
    assert ["encoding-guessed"] == codes(found)
    assert {"lifecycle value": "active"} == expected(found.samples[0])


def test_a_workbook(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "shop.samples.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, title in enumerate(["name", "as_of", "last_purchase", "spend", "expect score", "expect due"]):
            sheet.write(0, column, title)
        sheet.write(1, 0, "gone")
        sheet.write_datetime(1, 1, date(2026, 6, 1), day)
        sheet.write_datetime(1, 2, date(2025, 5, 31), day)
        sheet.write_number(1, 3, 0.1)
        sheet.write_number(1, 4, 10)
        sheet.write_datetime(1, 5, date(2026, 6, 15), day)
    sample = only(read_sample_file(model(), path))
    assert ("gone", date(2026, 6, 1)) == (sample.name, sample.as_of)
    assert {"last_purchase": date(2025, 5, 31), "spend": Decimal("0.1")} == sample.given
    assert {"score value": 10, "due value": date(2026, 6, 15)} == expected(sample)
    assert ["10", "2026-06-15"] == [each.written for each in sample.expect]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("shop.samples.csv", b"", "empty-data"),
        ("shop.samples.csv", b"vip,vip,expect lifecycle\nyes,no,lost\n", "duplicate-column"),
        ("shop.samples.xlsx", b"PK\x03\x04 broken", "unknown-format"),
        ("shop.samples.yaml", b"\xff\xfe\x00\xd8", "broken-encoding"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (diagnostic,) = read_sample_file(model(), path).diagnostics
    assert code == diagnostic.code
    assert diagnostic.span is not None
    assert str(path) == diagnostic.span.file


def test_a_missing_yaml_library_is_said_with_the_install_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "yaml", None)
    path = tmp_path / "shop.samples.yaml"
    path.write_text(YAML, encoding="utf-8")
    (diagnostic,) = read_sample_file(model(), path).diagnostics
    assert ("missing-extra", "yaml") == (diagnostic.code, diagnostic.facts["extra"])
