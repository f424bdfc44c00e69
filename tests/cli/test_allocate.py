"""``rulelang allocate``: its output, its exit codes, and that nobody is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """choice order: low (低) < high (高)
field value: number
field skill: text, may be blank
outcome priority (优先级): order, else low
outcome needs (需求): text, collect
if value > 5 then priority = high
if skill is "trade" then add "trade" ("外贸") to needs
"""
CUSTOMERS = """id,value,skill,region,manager,pinned,excluded
a,9,,north,Ann,,
b,1,,north,Ann,,
c,9,trade,south,,,
d,1,,,,Bo,
e,9,,south,,,Bo
f,x,,south,,,
a,9,,north,Ann,,
g,,,,,Cleo,
"""
MANAGERS = "manager,capacity,load,region,skills\nAnn,1,0,north;south,\nBo,2,0,,外贸\nDot,0,0,,\n"


CALL = ("allocate", "x.rules", "customers.csv", "--to", "managers.csv", "--key", "id")


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("x.rules").write_text(RULES, "utf-8")
    Path("customers.csv").write_text(CUSTOMERS, "utf-8")
    Path("managers.csv").write_text(MANAGERS, "utf-8")


def written(path: str) -> list[tuple[str, str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return [(row[0], row[-2], row[-1]) for row in list(csv.reader(file))[1:]]


def priorities(path: str) -> list[str]:
    with open(path, encoding="utf-8", newline="") as file:
        return [row["priority"] for row in csv.DictReader(file)]


def test_everybody_is_there_with_a_reason(call: Call) -> None:
    result = call(*CALL, "-o", "out.csv")
    assert 1 == result.exit_code  # a row that can't be read, a pin to nobody, a customer who stands there twice
    assert written("out.csv") == [
        ("a", "Ann", "stays with Ann"),
        ("b", "", "waits: no place left with those who fit (2)"),
        ("c", "Bo", "Bo, the only one who fits, as load is spread evenly"),
        ("d", "Bo", "pinned to Bo"),
        ("e", "", "waits: no place left with those who fit (1)"),
        ("f", "", "not allocated: the row can't be read"),
        ("a", "", "not allocated: the customer stands already in row 2"),
        ("g", "", "waits: pinned to Cleo, who is not in the list of managers"),
    ]
    assert ["high", "low", "high", "low", "high", "", "", "low"] == priorities("out.csv")
    assert "3 allocated, 3 waiting, 0 change hands" in result.stdout
    assert "warning pinned-to-nobody" in result.stderr and "note manager-without-room" in result.stderr


def test_the_same_in_chinese_and_as_json(call: Call) -> None:
    chinese = call(*CALL, "--lang", "zh")
    assert "分配3人，等候3人，更换经理0人" in chinese.stdout and "等候名单" in chinese.stdout
    found = json.loads(call(*CALL, "--format", "json").stdout)
    assert [1, 2, 0] == [each["after"] for each in found["managers"]]
    assert {"rows": 8, "rejected": 1, "twice": [8], "without_priority": 0} == {
        name: found[name] for name in ("rows", "rejected", "twice", "without_priority")
    }


def test_running_again_moves_nobody(call: Call) -> None:
    call(*CALL, "-o", "first.csv")
    text = (
        Path("first.csv")
        .read_text("utf-8")
        .replace("assigned_to", "given")
        .replace("assigned_because", "why")
        .replace("priority", "before")
    )
    Path("customers.csv").write_text(text, "utf-8")
    call(*CALL, "--column", "manager=given", "-o", "second.csv")
    assert [each[:2] for each in written("first.csv")] == [each[:2] for each in written("second.csv")]


@pytest.mark.parametrize(
    ("managers", "code"),
    [
        ("who,capacity\nAnn,1\n", "manager-column"),
        ("manager,capacity\nAnn,many\n", "manager-value"),
        ("manager,capacity\nAnn,1\nAnn,2\n", "manager-twice"),
        ("manager,capacity\n,\n", "no-managers"),
    ],
)
def test_a_list_of_managers_that_is_wrong(call: Call, managers: str, code: str) -> None:
    Path("managers.csv").write_text(managers, "utf-8")
    result = call(*CALL, "-o", "out.csv")
    assert 1 == result.exit_code and f"error {code}" in result.stderr
    assert not Path("out.csv").exists()


def test_who_a_customer_is_need_not_be_said_where_a_field_is_unique(call: Call) -> None:
    Path("x.rules").write_text("field id (编号): text, unique\n" + RULES, "utf-8")
    result = call(*CALL[:-2], "--format", "json")
    assert [8] == json.loads(result.stdout)["twice"]
    chinese = call(*CALL[:-2], "--lang", "zh")
    assert "客户" in chinese.stdout.partition("等候名单")[2].splitlines()[0]


def test_a_role_may_be_called_by_any_of_its_titles(call: Call) -> None:
    Path("customers.csv").write_text(CUSTOMERS.replace("region", "town"), "utf-8")
    assert "warning region-not-used" in call(*CALL, "-o", "out.csv").stderr
    assert "c" in [who for who, manager, _ in written("out.csv") if manager == "Bo"]
    for role in ("region", "地区", "区域"):
        result = call(*CALL, "--column", f"{role}=town", "-o", "out.csv")
        assert "region-not-used" not in result.stderr
    unknown = call(*CALL, "--column", "城市=town", "--lang", "zh")
    assert "错误 role-unknown" in unknown.stderr and "客户经理、地区、指定经理、排除经理" in unknown.stderr


BRANCHES = """id,value,branch
a,9,东
b,1,东
c,9,西
d,1,
"""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_column_is_named_in_both_tables(call: Call, lang: str) -> None:
    Path("customers.csv").write_text(BRANCHES, "utf-8")
    Path("managers.csv").write_text("manager,places,branch\nAnn,2,东\nBo,2,西\n", "utf-8")
    unsaid = call(*CALL, "-o", "out.csv", "--lang", lang)
    assert "manager-columns-unused" in unsaid.stderr and "branch" in unsaid.stderr
    said = call(*CALL, "--column", "地区=branch", "-o", "out.csv", "--lang", lang)
    assert 0 == said.exit_code and "manager-columns-unused" not in said.stderr
    assert {"a": "Ann", "b": "Ann", "c": "Bo", "d": "Bo"} == {who: manager for who, manager, _ in written("out.csv")}
    assert "region-missing" in said.stderr


def test_a_column_may_stand_in_one_table_alone(call: Call) -> None:
    Path("customers.csv").write_text(BRANCHES, "utf-8")
    for managers, role in (
        ("manager,places,region\nAnn,2,东\nBo,2,西\n", "region=branch"),
        ("manager,how many,region\nAnn,2,东\nBo,2,西\n", "capacity=how many"),
    ):
        Path("managers.csv").write_text(managers, "utf-8")
        result = call(*CALL, "--column", role, "--column", "region=branch", "-o", "out.csv")
        assert 0 == result.exit_code, result.stderr
        assert "Bo" == next(manager for who, manager, _ in written("out.csv") if who == "c")


def test_what_plays_no_part_is_told(call: Call) -> None:
    Path("customers.csv").write_text(BRANCHES.replace("branch", "region"), "utf-8")
    Path("managers.csv").write_text("manager,places,skills\nAnn,4,trade\n", "utf-8")
    assert "warning region-of-managers" in call(*CALL).stderr
    rules = "\n".join(line for line in RULES.splitlines() if "needs" not in line)
    Path("x.rules").write_text(rules, "utf-8")
    assert "warning skills-not-used" in call(*CALL).stderr


def test_wrong_calls(call: Call) -> None:
    assert "error role-column" in call(*CALL, "--column", "region=branche").stderr
    Path("x.rules").write_text("field value: number\nif value > 5 then tier = gold", "utf-8")
    assert "error allocate-priority" in call(*CALL).stderr
    assert 2 == call("allocate", "x.rules", "customers.csv").exit_code
