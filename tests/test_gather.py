"""What a ruleset is made of beyond its own sentences: tables, reference tables, and the ruleset it stands on."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import RuleError
from rulelang.diagnostics.position import Source
from rulelang.engine.deciding.validity import require_validity
from rulelang.pipeline import Read, read_model, read_sources

AS_OF = date(2026, 6, 1)


def written(folder: Path, **files: str) -> Path:
    """Write files, the one called ``main`` as main.rules; names with ``__`` for the point."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    return folder / "main.rules"


def codes(read: Read) -> list[str]:
    return [each.code for each in read.errors]


# --- decision tables ---

TABLE = """\
field last_purchase (最近购买): date
field spend (消费): money in CNY
field city (城市): text
list vip_cities (重点城市) = "A", "B"
outcome tier (等级): one of gold (金), silver (银), bronze (铜)
outcome score (风险分): whole number, sum
"""
ENGLISH = """\
table "Tier" (first):
| last_purchase | spend            | city          | => tier | => add score | because               |
|---------------|------------------|---------------|---------|--------------|-----------------------|
| > 365 days    | -                | -             | bronze  | 10           | silent                |
| <= 90 days    | >= 10,000        | in vip_cities | gold    |              | "spent {spend}"       |
| -             | 1,000 ..< 10,000 | not "A", "C"  | silver  | 1            |                       |
"""
CHINESE = """\
表“等级表”（取首行）：
| 最近购买 | 消费                | 城市         | ⇒等级 | ⇒加风险分 | 理由 |
| >365天   | -                   | -            | 铜    | 10        | 沉默 |
| <=90天   | 1万以上             | 属于重点城市 | 金    |           |      |
| 不限     | 1000至10000（不含） | 非“A”、“C”   | 银    | 1         |      |
"""
CUSTOMERS = [
    ({"last_purchase": date(2024, 1, 1), "spend": 50_000, "city": "A"}, "bronze", 10),
    ({"last_purchase": date(2026, 5, 1), "spend": 10_000, "city": "A"}, "gold", 0),
    ({"last_purchase": date(2026, 5, 1), "spend": 9_999, "city": "B"}, "silver", 1),
    ({"last_purchase": date(2026, 5, 1), "spend": 9_999, "city": "A"}, None, 0),
    ({"last_purchase": date(2026, 1, 1), "spend": 1_000, "city": "B"}, "silver", 1),
]


@pytest.mark.parametrize("table", [ENGLISH, CHINESE])
@pytest.mark.parametrize(("customer", "tier", "score"), CUSTOMERS)
def test_the_first_true_row_decides_all_columns(
    table: str, customer: dict[str, object], tier: str | None, score: int
) -> None:
    decision = rulelang.loads(TABLE + table).decide(customer, as_of=AS_OF)
    assert (tier, score) == (decision["tier"], decision["score"])


def test_without_first_every_true_row_counts() -> None:
    rules = rulelang.loads(
        "field spend: number\noutcome score: whole number, sum\n"
        'table "Points":\n| spend | => add score |\n| > 10 | 1 |\n| > 20 | 2 |\n| > 30 | 4 |\n'
    )
    assert [0, 1, 3, 7] == [rules.decide({"spend": spend}, as_of=AS_OF)["score"] for spend in (10, 20, 30, 31)]


def test_a_table_of_two_thousand_rows_in_a_file(tmp_path: Path) -> None:
    rows = [f'"c{number % 100}",{number // 100 * 10} ..< {number // 100 * 10 + 10},{number}' for number in range(2_000)]
    tariff = "city,spend,=> rate\n" + "\n".join('"' + row.replace('"', '""').replace(",", '","') + '"' for row in rows)
    main = 'field city: text\nfield spend: number\noutcome rate: whole number\ntable "Tariff" from "tariff.csv"'
    path = written(tmp_path, main__rules=main, tariff__csv=tariff)
    rules = rulelang.load(path)
    assert 2_000 == len(rules.model.rules)
    assert 1_207 == rules.decide({"city": "c7", "spend": 125}, as_of=AS_OF)["rate"]


def test_words_in_a_spreadsheet_need_no_quotation_marks(tmp_path: Path) -> None:
    main = (
        "field city: text\nfield vip: one of yes_, no_\noutcome rate: whole number\noutcome area: text\n"
        'table "Tariff" (first) from "tariff.csv"'
    )
    tariff = 'city,vip,=> rate,=> area\nLondon,yes_,5,South\n"Paris, Rome",-,3,South\nnot London,-,1,北\n'
    rules = rulelang.load(written(tmp_path, main__rules=main, tariff__csv=tariff))
    customers = [{"city": "London", "vip": "yes_"}, {"city": "Rome"}, {"city": "Bonn"}]
    answers = [rules.decide(each, as_of=AS_OF) for each in customers]
    assert [(5, "South"), (3, "South"), (1, "北")] == [(each["rate"], each["area"]) for each in answers]


def test_errors_without_end_are_counted(tmp_path: Path) -> None:
    text = "field a: number\noutcome b: number\n" + "\n".join(f"if x{number} > 5 then b = 1" for number in range(150))
    found = [each.code for each in read_model([written(tmp_path, main__rules=text)]).diagnostics]
    assert (100, 1) == (found.count("unknown-name"), found.count("too-many-errors"))


def test_a_table_in_a_workbook(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "tariff.xlsx") as book:
        sheet = book.add_worksheet("2026")
        for row, cells in enumerate([["spend", "=> rate"], ["> 10", 5], ["<= 10", 3]]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell) if isinstance(cell, str) else sheet.write(row, column, cell)
    main = 'field spend: number\noutcome rate: whole number\ntable "Tariff" from "tariff.xlsx" sheet "{}"'
    rules = rulelang.load(written(tmp_path, main__rules=main.format("2026")))
    assert [5, 3] == [rules.decide({"spend": spend}, as_of=AS_OF)["rate"] for spend in (11, 10)]
    assert ["missing-sheet"] == codes(read_model([written(tmp_path, main__rules=main.format("2062"))]))[:1]


def test_wrong_tables_are_refused(tmp_path: Path) -> None:
    head = "field spend: number\noutcome rate: whole number\n"
    tables = {
        'table "T":\n| spend | => rate |\n| > 5 | 1 | 2 |': "table-row-too-long",
        'table "T":\n| spend | => rate |\n| > > 5 | 1 |': "unexpected-text",
        'table "T":\n| spnd | => rate |\n| > 5 | 1 |': "unknown-name",
        'table "T" from "nowhere.csv"': "missing-file",
    }
    for table, code in tables.items():
        assert code in codes(read_model([written(tmp_path, main__rules=head + table)])), table


# --- reference tables ---

RISK = "country,weight,valid_from,valid_until\nCN,10,,\nNA,50,,2025-12-31\nNA,60,2026-01-01,\n"
LOOKUP = """\
field country (国家): text
list country_risk (国家风险表) from "risk.csv"
outcome score: whole number, sum
outcome risk: one of high, low
always add weight of country in country_risk, or 5 to score
if weight of country in country_risk > 55 then risk = high
如果按国家查国家风险表的weight不超过55那么risk为low
"""


def test_values_are_looked_up_in_the_rows_in_force(tmp_path: Path) -> None:
    rules = rulelang.load(written(tmp_path, main__rules=LOOKUP, risk__csv=RISK))
    found = {
        (country, year): rules.decide({"country": country}, as_of=date(year, 6, 1)).outcomes
        for country in ("CN", "NA")
        for year in (2025, 2026)
    }
    assert {
        ("CN", 2025): {"score": 10, "risk": "low"},
        ("CN", 2026): {"score": 10, "risk": "low"},
        ("NA", 2025): {"score": 50, "risk": "low"},
        ("NA", 2026): {"score": 60, "risk": "high"},
    } == found


def test_a_key_without_an_entry_is_unknown_and_reported(tmp_path: Path) -> None:
    rules = rulelang.load(written(tmp_path, main__rules=LOOKUP, risk__csv=RISK))
    decision = rules.decide({"country": "XX"}, as_of=AS_OF)
    assert (5, "undecided") == (decision["score"], decision.standing("risk"))
    assert ["key-not-found"] == [each.code for each in decision.problems]
    assert ("country",) == rules.decide({}, as_of=AS_OF).missing_for("risk")


def test_two_rows_of_one_key_need_dates(tmp_path: Path) -> None:
    path = written(tmp_path, main__rules=LOOKUP, risk__csv="country,weight\nCN,10\nCN,20\n")
    assert "doubled-key" in codes(read_model([path]))


# --- one ruleset on top of another ---

BASE = """\
ruleset "Base" version 2
threshold high = 100
field spend: number
outcome tier: one of gold, silver, bronze, else bronze
rule "Gold": if spend > high then tier = gold
rule "Silver": if spend > 50 then tier = silver
"""


def test_a_base_is_taken_over_and_changed(tmp_path: Path) -> None:
    own = """\
extends "base.rules"
threshold high = 200
field vip: yes or no
replace rule "Silver": if spend > 60 then tier = silver
rule "Known" before rule "Silver": if vip then tier = gold
rule "Small": if spend < 5 then tier = silver
"""
    rules = rulelang.load(written(tmp_path, main__rules=own, base__rules=BASE))
    assert ["Small", "Gold", "Known", "Silver"] == [each.name for each in rules.model.rules]
    assert [("threshold", "high"), ("replaced", "Silver"), ("added", "Known"), ("added", "Small")] == [
        (each.kind, each.name) for each in rules.model.deviations
    ]
    customers = [{"spend": 150, "vip": False}, {"spend": 201, "vip": False}, {"spend": 55, "vip": True}, {"spend": 4}]
    assert ["silver", "gold", "gold", "silver"] == [rules.decide(each, as_of=AS_OF)["tier"] for each in customers]


def test_a_replacement_may_take_another_place(tmp_path: Path) -> None:
    base = """\
outcome tier: one of silver, gold, plain, else plain
rule "One": if spend > 1 then tier = silver
rule "Two": if spend > 2 then tier = gold
"""
    own = 'extends "base.rules"\nreplace rule "Two" before rule "One": if spend > 3 then tier = gold\n'
    rules = rulelang.load(written(tmp_path, main__rules=own, base__rules=base))
    assert ["Two", "One"] == [each.name for each in rules.model.rules if each.name]
    assert [("replaced", "Two")] == [(each.kind, each.name) for each in rules.model.deviations]
    assert ["plain", "silver", "silver", "gold"] == [
        rules.decide({"spend": spend}, as_of=AS_OF)["tier"] for spend in (1, 2, 3, 4)
    ]


DECLARED = """\
outcome tier: one of silver, gold
field spend (消费): money in CNY
threshold high = 100
"""


def test_files_of_a_folder_may_declare_alike(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(DECLARED + "if spend > high then tier = gold\n", "utf-8")
    (tmp_path / "b.rules").write_text(DECLARED + "if spend > 5 then tier = silver\n", "utf-8")
    rules = rulelang.load(tmp_path)
    assert ["gold", "silver"] == [rules.decide({"spend": spend}, as_of=AS_OF)["tier"] for spend in (101, 100)]


def test_files_may_say_more_or_less_of_what_they_declare_alike(tmp_path: Path) -> None:
    more = DECLARED.replace("high =", "high (门槛) =").replace("= 100", '= 100   "from here on gold"')
    less = DECLARED.replace(" (消费)", "").replace("in CNY", 'in CNY   "a year"')
    for place, text in enumerate((less, more, less)):
        (tmp_path / f"{place}.rules").write_text(text + f"if spend > {place} then tier = gold\n", "utf-8")
    model = rulelang.load(tmp_path).model
    assert ("消费", "门槛") == (model.fields["spend"].label, model.thresholds["high"].label)
    (tmp_path / "3.rules").write_text(DECLARED.replace("(消费)", "(花费)") + "always tier = gold\n", "utf-8")
    assert ["duplicate-name"] == codes(read_model(sorted(tmp_path.glob("?.rules"))))


def test_declarations_that_clash_or_come_twice_in_one_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text("threshold high = 100\nif spend > high then tier = gold\n", "utf-8")
    (tmp_path / "b.rules").write_text("threshold high = 101\nif spend > 5 then tier = silver\n", "utf-8")
    assert ["duplicate-name"] == codes(read_model(sorted(tmp_path.glob("?.rules"))))
    twice = written(tmp_path, twice__rules="threshold high = 100\n" * 2 + "if spend > high then tier = gold\n")
    assert ["duplicate-name"] == codes(read_model([twice.with_name("twice.rules")]))


def test_deviations_are_shown(tmp_path: Path) -> None:
    own = 'extends "base.rules"\nthreshold high = 200\nremove rule "Silver"\n'
    path = written(tmp_path, main__rules=own, base__rules=BASE)
    shown = CliRunner().invoke(cli, ["show", str(path), "--lang", "en"]).output
    assert "Deviations from the base (2)" in shown
    assert re.search(r"Silver +removed +.*main\.rules:3 +.*base\.rules:6", shown)


def test_an_inherited_rule_can_be_removed(tmp_path: Path) -> None:
    own = 'extends "base.rules"\nremove rule "Gold"\n'
    rules = rulelang.load(written(tmp_path, main__rules=own, base__rules=BASE))
    assert "silver" == rules.decide({"spend": 500}, as_of=AS_OF)["tier"]


NAMED = """\
field spend (消费): money in CNY
threshold big (大额) = ¥1,000
outcome tier (等级): one of gold (金), silver (银)
if spend > big then tier = gold because "over {big}" ("消费{消费}，超过{大额}")
otherwise tier = silver
"""


@pytest.mark.parametrize("field", ["spend", "消费"])
def test_a_field_declared_anew_keeps_its_other_name(tmp_path: Path, field: str) -> None:
    own = f'extends "base.rules"\nfield {field}: money in CNY, missing is written "-"\n'
    rules = rulelang.load(written(tmp_path, main__rules=own, base__rules=NAMED))
    assert ("消费", ("-",)) == (rules.model.fields["spend"].label, rules.model.fields["spend"].missing_values)
    assert ["field"] == [each.kind for each in rules.model.deviations]
    assert "消费2000元，超过1000元" in rules.decide({"spend": 2000}, as_of=AS_OF).why("tier", lang="zh")


def test_a_field_of_a_plug_in_declared_anew_keeps_its_other_name(tmp_path: Path) -> None:
    own = 'extends "retail/lifecycle"\nfield last_purchase: date, no older than 500 days\n'
    rules = rulelang.load(written(tmp_path, main__rules=own))
    assert "最近购买" == rules.model.fields["last_purchase"].label


def test_a_plain_number_for_an_amount_of_the_base_is_in_its_currency(tmp_path: Path) -> None:
    own = 'extends "base.rules"\nthreshold big = 2000; 3000 from 2026-05-01\n'
    rules = rulelang.load(written(tmp_path, main__rules=own, base__rules=NAMED))
    assert "over ¥3000" in rules.decide({"spend": 5000}, as_of=AS_OF).why("tier")
    amount = 'extends "base.rules"\nthreshold big = ¥2000; ¥3000 from 2026-05-01\n'
    assert rules.fingerprint == rulelang.load(written(tmp_path, main__rules=amount)).fingerprint


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ('extends "base.rules"\nremove rule "Golden"', "base-has-no-rule"),
        ('extends "base.rules"\nreplace rule "Golden": if spend > 5 then tier = gold', "base-has-no-rule"),
        ('extends "base.rules"\nthreshold high = 30 days', "base-threshold-type"),
        ('extends "base.rules"\nthreshold high = 200 instead of 90', "base-threshold-moved"),
        ('extends "base.rules"\nthreshold higher = 200 instead of 100', "base-has-no-threshold"),
        ('extends "base.rules"\nthreshold hihg = 200', "threshold-near-base"),
        ('extends "base.rules" version 3\nremove rule "Gold"', "base-version"),
        ("threshold high = 200 instead of 100\nif spend > high then tier = gold", "nothing-to-override"),
        ('extends "main.rules"\nif spend > 5 then tier = gold', "extends-cycle"),
        ('extends "nowhere.rules"\nif spend > 5 then tier = gold', "missing-file"),
    ],
)
def test_a_base_that_moved_away_is_an_error(tmp_path: Path, own: str, code: str) -> None:
    assert code in codes(read_model([written(tmp_path, main__rules=own, base__rules=BASE)]))


def test_a_threshold_of_another_kind_is_one_error(tmp_path: Path) -> None:
    base = BASE + "if spend + high > 900 then tier = gold\nrequire high > 50\n"
    own = 'extends "base.rules"\nthreshold high = 30 days'
    assert ["base-threshold-type"] == codes(read_model([written(tmp_path, main__rules=own, base__rules=base)]))


@pytest.mark.parametrize(
    ("base", "own", "proposed"),
    [
        ("60 days", "1 month", "30 days"),
        ("60 days", "1 year", "365 days"),
        ("6 months", "90 days", "3 months"),
        ("6 months", "2 days", "1 month"),
        ("2 hours", "1 day", "24 hours"),
        ("5 working days", "14 days", "10 working days"),
    ],
)
def test_a_threshold_in_another_unit_of_time_is_told_in_that_of_its_base(
    tmp_path: Path, base: str, own: str, proposed: str
) -> None:
    rules = f"field age: duration\nthreshold grace = {base}\noutcome tier: one of a, b\nif age > grace then tier = a"
    read = read_model(
        [written(tmp_path, main__rules=f'extends "base.rules"\nthreshold grace = {own}', base__rules=rules)]
    )
    [found] = [each for each in read.diagnostics if each.code.startswith("base-threshold")]
    assert "base-threshold-unit" == found.code
    assert proposed in (describe(found, "en").help or "")


def test_a_requirement_that_a_threshold_breaks_is_shown_at_the_threshold() -> None:
    source = Source("own.rules", "沿用“零售生命周期”\n阈值流失天数＝30天")
    with pytest.raises(RuleError) as raised:
        read = read_sources([source], Path())
        assert read.model is not None
        require_validity(read.model, AS_OF)
    [found] = raised.value.diagnostics
    assert found.span is not None
    assert ("own.rules", 2) == (found.span.file, found.span.line)
    assert "流失天数超过沉默天数（先沉默，后流失）；前者为30天，后者为90天" in describe(found, "zh").message
    assert "lost_after > silent_after" in describe(found, "en").message


def test_names_are_shown_by_their_labels_to_readers_of_chinese() -> None:
    text = "field spend (消费): money in CNY\nthreshold high (高线) = 30 days\noutcome tier (等级): text\n"
    [found] = read_sources([Source("own.rules", text + 'if spend > high then tier = "a"')], Path()).errors
    assert "“消费”是金额（元），不能与时长“高线”比较。" == describe(found, "zh").message
    assert "spend is an amount in CNY" in describe(found, "en").message


def test_a_threshold_over_a_base_that_changes_nothing_is_pointed_out(tmp_path: Path) -> None:
    own = 'extends "base.rules"\nthreshold shipping = 200'
    read = read_model([written(tmp_path, main__rules=own, base__rules=BASE)])
    assert ["threshold-without-use"] == [each.code for each in read.diagnostics]


def test_a_new_threshold_near_one_of_the_base_is_fine_where_a_rule_uses_it(tmp_path: Path) -> None:
    own = 'extends "base.rules"\nthreshold higher = 200\nif spend > higher then tier = gold'
    assert not codes(read_model([written(tmp_path, main__rules=own, base__rules=BASE)]))


def test_what_an_unread_rule_may_use_is_not_pointed_out(tmp_path: Path) -> None:
    own = "field spend: number\nfield age: number\nthreshold low = 5\noutcome tier: text\n"
    own += 'if spend > low age > 3 then tier = "gold"\nif spend > 9 then tier = "gold"'
    found = {each.code for each in read_model([written(tmp_path, main__rules=own)]).diagnostics}
    assert not found & {"unused-field", "unused-threshold"}


# --- last run's answers ---


def test_last_runs_answer_reads_like_a_field() -> None:
    rules = rulelang.loads(
        "field spend: number\noutcome tier (等级): bronze < silver < gold\n"
        "if spend >= 100 then tier = gold\n"
        "if previous tier is gold and spend >= 80 then tier = gold\n"
        "always tier = bronze\n"
    )
    decided = [rules.decide(each, as_of=AS_OF) for each in ({"spend": 85, "previous tier": "gold"}, {"spend": 85})]
    assert ["gold", "bronze"] == [each["tier"] for each in decided]
    assert ["decided", "provisional"] == [each.standing("tier") for each in decided]


# --- hit policies of tables ---


@pytest.mark.parametrize(
    ("policy", "declared", "answers"),
    [
        ("unique", "whole number, unique", {5: None, 15: 1, 25: None}),
        ("sum", "whole number, sum", {5: 0, 15: 1, 25: 3}),
        ("collect", "whole number, collect", {5: (), 15: (1,), 25: (1, 2)}),
        ("first", "whole number", {5: None, 15: 1, 25: 1}),
    ],
)
def test_a_table_combines_as_its_outcome_says(policy: str, declared: str, answers: dict[int, object]) -> None:
    rules = rulelang.loads(
        f"field spend: number\noutcome points: {declared}\n"
        f'table "T" ({policy}):\n| spend | => points |\n| > 10 | 1 |\n| > 20 | 2 |\n'
    )
    assert answers == {spend: rules.decide({"spend": spend}, as_of=AS_OF)["points"] for spend in answers}


def test_a_table_that_contradicts_its_outcome_is_refused() -> None:
    with pytest.raises(rulelang.RuleError) as refused:
        rulelang.loads('field a: number\noutcome b: whole number\ntable "T" (sum):\n| a | => b |\n| > 10 | 1 |\n')
    assert ["table-policy"] == [each.code for each in refused.value.diagnostics]


def test_what_the_base_has_now_is_said(tmp_path: Path) -> None:
    own = 'extends "base.rules" version 1\nthreshold high = 200 instead of 90\nremove rule "Sliver"\n'
    found = {
        each.code: describe(each, "en").message
        for each in read_model([written(tmp_path, main__rules=own, base__rules=BASE)]).diagnostics
    }
    assert "version 2 now; this file was written for version 1" in found["base-version"]
    assert "the threshold high is 100 now, no longer 90" in found["base-threshold-moved"]
    assert "no rule “Sliver”; its rules are Gold, Silver" in found["base-has-no-rule"]


def test_an_explanation_says_what_deviates_from_the_base(tmp_path: Path) -> None:
    own = (
        'extends "base.rules" version 2\nthreshold high = 200 instead of 100\n'
        'replace rule "Gold": if spend > high then tier = gold\nrule "New": if spend > 500 then tier = silver\n'
    )
    rules = rulelang.load(written(tmp_path, main__rules=own, base__rules=BASE))
    told = rules.decide({"spend": 201}, as_of=AS_OF).why("tier", lang="en")
    assert "[replaces " in told and "base.rules:5 of the base]" in told
    assert "[added to the base]" in told
    assert "high = 200, set anew" in told
    assert "已另设" in rules.decide({"spend": 201}, as_of=AS_OF).why("tier", lang="zh")


# --- rows that hold for some days ---


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Paris,soon,", "unreadable-row-date"),
        ("Paris,2026-06-30,2026-06-01", "row-never-holds"),
        ("Paris,2026-02-30,", "unreadable-row-date"),
    ],
)
def test_a_row_says_on_which_days_it_holds(tmp_path: Path, row: str, code: str) -> None:
    rules = 'field city: text\noutcome o: text\nlist c from "c.csv" column city\nif city is in c then o = "x"\n'
    path = written(tmp_path, main__rules=rules, c__csv=f"city,valid_from,valid_until\n{row}\n")
    assert [code] == codes(read_model([path]))


def test_two_rows_of_one_key_may_not_hold_on_one_day(tmp_path: Path) -> None:
    head = "country,weight,valid_from,valid_until\n"
    apart = head + "CN,10,,2025-12-31\nCN,20,2026-01-01,\n"
    both = head + "CN,10,,2026-01-01\nCN,20,2026-01-01,\n"
    assert "doubled-key" not in codes(read_model([written(tmp_path, main__rules=LOOKUP, risk__csv=apart)]))
    assert "doubled-key" in codes(read_model([written(tmp_path, main__rules=LOOKUP, risk__csv=both)]))


# --- two rulesets in one folder ---


def test_two_bases_may_share_words_but_not_outcomes(tmp_path: Path) -> None:
    (tmp_path / "bases").mkdir()
    for name, text in {
        "bases/one": 'use retail\noutcome x: text\nif spend_12m > ¥5 then x = "a"\n',
        "bases/two": 'use retail\noutcome y: text\nif luhn_valid(card) then y = "b"\nfield card: text\n',
        "first": 'extends "bases/one.rules"\n',
        "second": 'extends "bases/two.rules"\n',
    }.items():
        (tmp_path / f"{name}.rules").write_text(text, "utf-8")
    assert {"x", "y"} == set(rulelang.load(tmp_path).model.outcomes)
    (tmp_path / "second.rules").write_text('extends "banking/aum-tiers"\nextends "banking/credit"\n', "utf-8")
    with pytest.raises(RuleError) as error:
        rulelang.load(tmp_path / "second.rules")
    assert "bases-decide-the-same" == error.value.diagnostics[0].code
    assert "strategy, channel, next_contact" in describe(error.value.diagnostics[0]).message
