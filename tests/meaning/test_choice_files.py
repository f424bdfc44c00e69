"""Choices whose members stand in a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli

CODES = "code,名称,name\nCN,中国,China\nIR,伊朗,Iran\nNA,纳米比亚,Namibia\nNO,挪威,Norway\n"
RULES = """
choice land (国家) from "codes.csv"
field country (注册地): land
field orders (订单): list of order (amount: number, to: land)
outcome risk: one of high, low
if country is "IR" then risk = high
otherwise risk = low
outcome abroad: yes or no, else no
if any order has (to is one of "NO", "IR") then abroad = yes
"""
DAY = date(2026, 6, 30)


def write(folder: Path, rules: str = RULES, codes: str = CODES) -> Path:
    (folder / "codes.csv").write_text(codes, "utf-8")
    (folder / "x.rules").write_text(rules, "utf-8")
    return folder / "x.rules"


@pytest.mark.parametrize(
    ("country", "risk", "standing", "problem"),
    [
        ("IR", "high", "decided", None),
        ("伊朗", "high", "decided", None),
        ("ir", "high", "decided", None),
        ("NO", "low", "decided", None),
        ("NA", "low", "decided", None),
        ("Iran", "low", "provisional", "not-a-member"),
        ("XX", "low", "provisional", "not-a-member"),
        ("", "low", "provisional", None),
    ],
)
def test_a_code_that_is_not_in_the_file_is_missing(
    tmp_path: Path, country: str, risk: str, standing: str, problem: str | None
) -> None:
    rules = rulelang.load(write(tmp_path))
    decision = rules.decide({"country": country, "orders": []}, DAY)
    assert (risk, standing) == (decision["risk"], decision.standing("risk"))
    assert problem in (None, *(each.code for each in decision.problems))


def test_codes_of_records_too(tmp_path: Path) -> None:
    rules = rulelang.load(write(tmp_path))
    known = rules.decide({"country": "CN", "orders": [{"to": "挪威"}]}, DAY)
    assert (True, "decided") == (known["abroad"], known.standing("abroad"))
    unknown = rules.decide({"country": "CN", "orders": [{"to": "Iran"}]}, DAY)
    assert (False, "provisional") == (unknown["abroad"], unknown.standing("abroad"))


@pytest.mark.parametrize(
    ("column", "codes"),
    [("", CODES), (" column 名称", CODES.replace("CN,", "x,").replace("Iran", "IR").replace("Norway", "NO"))],
)
def test_printed_and_translated_it_means_the_same(tmp_path: Path, column: str, codes: str) -> None:
    path = write(tmp_path, RULES.replace('"codes.csv"', f'"codes.csv"{column}'), codes)
    before = rulelang.load(path)
    result = CliRunner().invoke(cli, ["translate", str(path), "--to", "zh"])
    assert 0 == result.exit_code, result.output
    assert "选项 国家（land）取自“codes.csv”" in result.stdout.replace("选项国家", "选项 国家")
    path.write_text(result.stdout, "utf-8")
    assert before.fingerprint == rulelang.load(path).fingerprint


def test_members_are_part_of_the_fingerprint(tmp_path: Path) -> None:
    before = rulelang.load(write(tmp_path)).fingerprint
    assert before != rulelang.load(write(tmp_path, codes=CODES + "DE,德国,Germany\n")).fingerprint


@pytest.mark.parametrize(
    ("line", "codes", "code"),
    [
        ('choice land (国家) from "none.csv"', CODES, "missing-file"),
        ('choice land (国家) from "codes.csv" column iso', CODES, "missing-column"),
        ('choice land (国家) from "codes.csv"', CODES + "CN,中国,China\n", "duplicate-name"),
        (
            'choice land (国家) from "codes.csv"',
            "code\n" + "".join(f"C{each}\n" for each in range(2001)),
            "list-too-long",
        ),
        ("选项国家（land）取自“codes.csv”的iso列", CODES, "missing-column"),
    ],
)
def test_what_is_wrong_with_the_file(tmp_path: Path, line: str, codes: str, code: str) -> None:
    path = write(tmp_path, RULES.replace('choice land (国家) from "codes.csv"', line), codes)
    with pytest.raises(rulelang.RuleError) as raised:
        rulelang.load(path)
    assert code in [each.code for each in raised.value.diagnostics]
