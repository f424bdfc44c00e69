"""``run --previous FILE --key ID``: last run's answers, read by rules as ``previous tier``."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.cli.main import cli

RULES = """\
field spend (消费): number
outcome tier (等级): bronze < silver < gold
if spend >= 100 then tier = gold
rule "Grace": if previous tier is gold and spend >= 80 then tier = gold
if spend >= 50 then tier = silver
always tier = bronze
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiers.rules").write_text(RULES, "utf-8")
    (tmp_path / "may.csv").write_text("id,spend\n1,120\n2,90\n3,60\n", "utf-8")
    (tmp_path / "june.csv").write_text("id,spend\n1,85\n2,90\n3,60\n4,85\n", "utf-8")
    return tmp_path


def run(folder: Path, *options: str) -> tuple[int, str]:
    names = [str(folder / each) if each.endswith((".csv", ".rules")) else each for each in options]
    day = () if "--as-of" in options else ("--as-of", "2026-06-30")
    result = CliRunner().invoke(cli, ["run", *names, *day, "--lang", "en"])
    return result.exit_code, result.output


def test_a_grace_period_looks_at_the_last_run(folder: Path) -> None:
    assert 0 == run(folder, "tiers.rules", "may.csv", "-o", "may_out.csv")[0]
    code, _ = run(folder, "tiers.rules", "june.csv", "-o", "june_out.csv", "--previous", "may_out.csv", "--key", "id")
    assert 0 == code
    lines = (folder / "june_out.csv").read_text("utf-8").splitlines()
    assert "id,spend,previous tier,tier" == lines[0]
    # The first keeps gold, the second never had it, the fourth is new: nothing is known of a last answer.
    assert ["1,85,gold,gold", "2,90,silver,silver", "3,60,silver,silver", "4,85,,silver"] == lines[1:]


def test_what_is_missing_is_named(folder: Path) -> None:
    assert (2, True) == _found(run(folder, "tiers.rules", "june.csv", "--previous", "may.csv"), "previous-needs-key")
    by_id = run(folder, "tiers.rules", "june.csv", "--previous", "may.csv", "--key", "id")
    assert "previous-without-outcome" in by_id[1]
    by_name = run(folder, "tiers.rules", "june.csv", "--previous", "may.csv", "--key", "name")
    assert "key-column-missing" in by_name[1]


def _found(result: tuple[int, str], code: str) -> tuple[int, bool]:
    return result[0], code in result[1]


def test_a_column_of_the_data_may_be_last_run_s_answer(tmp_path: Path) -> None:
    """`previous tier` is last run's answer also where it is a column and the fields are declared or shown only."""
    (tmp_path / "moves.rules").write_text(
        "field spend: number\noutcome tier: bronze < silver < gold\noutcome note: text\n"
        "if spend >= 100 then tier = gold otherwise tier = bronze\n"
        'if tier moved down then note = "down" because "was {previous tier}"\n'
        'otherwise if tier did not change then note = "same"\n',
        "utf-8",
    )
    (tmp_path / "now.csv").write_text("id,spend,previous tier\n1,5,gold\n2,5,bronze\n3,5,\n", "utf-8")
    code, output = run(tmp_path, "moves.rules", "now.csv", "-o", "out.csv", "--why")
    assert 0 == code, output
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert "was gold" in lines[1]
    assert [",down,", ",same,", ",undecided,"] == [
        found for line, found in zip(lines[1:], (",down,", ",same,", ",undecided,"), strict=True) if found in line
    ]


OVERRIDES = """\
field customer (客户): text
field spend (消费): number
list overrides (人工调整) from "overrides.csv"
outcome tier (等级): bronze < silver < gold
rule "Override": if customer is in overrides then tier = tier of customer in overrides
  because "{author of customer in overrides}: {why of customer in overrides}"
if spend >= 100 then tier = gold
always tier = bronze
"""


def test_an_override_has_an_author_and_ends_on_its_day(tmp_path: Path) -> None:
    (tmp_path / "tiers.rules").write_text(OVERRIDES, "utf-8")
    (tmp_path / "overrides.csv").write_text(
        "customer,tier,author,why,valid_from,valid_until\n1,gold,Ann,settled,2026-01-01,2026-06-30\n"
        "2,silver,Bo,merger,2026-07-01,\n",
        "utf-8",
    )
    (tmp_path / "now.csv").write_text("customer,spend\n1,5\n2,5\n", "utf-8")
    assert 0 == run(tmp_path, "tiers.rules", "now.csv", "-o", "out.csv", "--why")[0]
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert ["1,5,gold,decided,Ann: settled", "2,5,bronze,decided"] == [lines[1], lines[2][: len("2,5,bronze,decided")]]
    assert 0 == run(tmp_path, "tiers.rules", "now.csv", "-o", "out.csv", "--as-of", "2026-07-01")[0]
    assert ["1,5,bronze", "2,5,silver"] == (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:]


def test_last_answers_from_two_places_are_refused(folder: Path) -> None:
    (folder / "both.csv").write_text("id,spend,previous tier\n1,85,gold\n", "utf-8")
    run(folder, "tiers.rules", "may.csv", "-o", "may_out.csv")
    code, said = run(folder, "tiers.rules", "both.csv", "--previous", "may_out.csv", "--key", "id")
    assert (1, True) == (code, "previous-twice" in said)


TWINS = {
    "en": """\
field id (客户编号): text
field spend (消费): number
choice grade (级别): bronze (铜) < silver (银) < gold (金)
outcome tier (等级): grade
outcome news (通知): text, collect
if spend >= 100 then tier = gold
otherwise if spend >= 50 then tier = silver
otherwise tier = bronze
if tier moved up then add "up" ("升") to news
if tier moved down then add "down" ("降") to news
if tier did not change then add "same" ("平") to news
if previous tier is missing then add "first" ("首次") to news
""",
    "zh": """\
字段客户编号（id）：文本
字段消费（spend）：数字
选项级别（grade）：铜（bronze）＜银（silver）＜金（gold）
结论等级（tier）：级别
结论通知（news）：文本，全部列出
如果消费不低于100那么等级为金
否则如果消费不低于50那么等级为银
否则等级为铜
如果等级比上次高那么通知加入“升”（“up”）
如果等级比上次低那么通知加入“降”（“down”）
如果等级与上次相同那么通知加入“平”（“same”）
如果上次的等级缺失那么通知加入“首次”（“first”）
""",
}


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    for lang, text in TWINS.items():
        (tmp_path / f"{lang}.rules").write_text(text, "utf-8")
    (tmp_path / "may.csv").write_text("id,spend\n1,60\n2,120\n3,60\n", "utf-8")
    (tmp_path / "june.csv").write_text("id,spend\n1,120\n2,60\n3,60\n4,5\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("lang", "title", "news"),
    [("en", "previous tier", ["up", "down", "same", "first"]), ("zh", "上次的等级", ["升", "降", "平", "首次"])],
)
def test_two_runs_after_each_other_in_either_language(twins: Path, lang: str, title: str, news: list[str]) -> None:
    code, said = run(twins, f"{lang}.rules", "may.csv", "-o", "last.csv", "--why")
    assert (0, True) == _found((code, said), "no last run was given")
    code, said = run(twins, f"{lang}.rules", "june.csv", "-o", "now.csv", "--previous", "last.csv", "--key", "id")
    assert 0 == code, said
    with (twins / "now.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert title in rows[0]
    assert news == [row["news" if lang == "en" else "通知"] for row in rows]


def test_the_last_result_may_be_in_the_other_language_with_other_columns(twins: Path) -> None:
    last = "地区,客户,等级,等级_状态\n北,1,银,确定\n南,2,金,确定\n北,3,silver,确定\n南,9,金,确定\n,,金,确定\n"
    (twins / "last.csv").write_text(last, "utf-8")
    (twins / "june.csv").write_text("id,spend\n1,120\n2,60\n3,60\n,5\n", "utf-8")
    code, said = run(twins, "en.rules", "june.csv", "-o", "now.csv", "--previous", "last.csv", "--key", "客户=id")
    assert 0 == code, said
    lines = (twins / "now.csv").read_text("utf-8").splitlines()
    # Who has no key has no last answer, not that of another one without a key.
    assert ["1,120,银,gold,up", "2,60,金,silver,down", "3,60,silver,silver,same", ",5,,bronze,first"] == lines[1:]


def test_a_customer_who_is_twice_in_the_last_result_is_reported(twins: Path) -> None:
    (twins / "last.csv").write_text("id,tier\n1,gold\n2,gold\n1,silver\n2,gold\n", "utf-8")
    code, said = run(twins, "en.rules", "june.csv", "-o", "now.csv", "--previous", "last.csv", "--key", "id")
    assert (1, True) == _found((code, said), "previous-doubled")
    assert "has 1 customer more than once, with different answers, first in row 4" in " ".join(said.split())
    assert "1,120,silver,gold,up" in (twins / "now.csv").read_text("utf-8")


def test_explanations_and_the_calendar_know_last_answers(twins: Path) -> None:
    (twins / "last.csv").write_text("id,tier\n1,silver\n2,gold\n", "utf-8")
    last = ("--previous", str(twins / "last.csv"), "--key", "id", "--lang", "en")
    explained = CliRunner().invoke(cli, ["explain", str(twins / "en.rules"), str(twins / "june.csv"), "--row=3", *last])
    assert "true: tier moved down (tier = silver, previous tier = gold)" in explained.output
    scheduled = CliRunner().invoke(
        cli, ["calendar", str(twins / "en.rules"), str(twins / "june.csv"), "--within", "9 days", *last]
    )
    assert (0, True) == (scheduled.exit_code, "4 rows" in scheduled.output)
    flat = CliRunner().invoke(cli, ["explain", str(twins / "en.rules"), "spend=5", *last])
    assert (2, True) == (flat.exit_code, "explain-needs-row" in flat.output)
