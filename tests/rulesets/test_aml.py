"""What the anti-money-laundering rulesets must not let pass: unknown countries, odd transactions, assumed facts."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import rulelang
from rulelang import DataError
from rulelang.cli.main import cli
from rulelang.engine.ruleset import Ruleset

DAY = date(2026, 6, 30)
PERSON: dict[str, Any] = {
    **{"customer_kind": "person", "ownership": "simple", "resident": "yes", "country": "CN", "business_country": "CN"},
    **{"industry": "salaried", "assets": 100_000, "customer_since": "2020-01-01", "channel": "face_to_face"},
    **{"cash_share": "5%", "cross_border_share": "0%", "product": "deposit", "list_match": "no", "pep": "none"},
    **{"suspicious_reports": 0, "adverse_media": "none", "refuses": "no", "grade_since": "2024-01-01"},
    **{"last_review": "2026-01-01"},
}
ACCOUNT: dict[str, Any] = {"account_opened": "2020-05-01", "funds_source": "verified", "monthly_income": 900_000}
PAYMENT: dict[str, Any] = {
    **{"made_on": "2026-06-01", "amount": 50_000, "direction": "in", "method": "transfer", "counterparty": "A"},
    **{"counterparty_country": "CN", "purpose": "other"},
}


@cache
def shipped(name: str) -> Ruleset:
    return rulelang.load(name)


@pytest.mark.parametrize("field", ["country", "business_country"])
@pytest.mark.parametrize("written", ["Iran", "IRN", "XX", "??", "I R"])
def test_a_country_that_is_none_leaves_the_grade_open(field: str, written: str) -> None:
    decision = shipped("aml/rating").decide({**PERSON, field: written}, DAY)
    known = written == "I R"
    if not known:
        assert "not-a-member" in [each.code for each in decision.problems]
        assert field in decision.missing_for("risk_score")
    if field == "country":
        expected = ("high", "decided") if known else (None, "undecided")
        assert expected == (decision["risk_grade"], decision.standing("risk_grade"))


@pytest.mark.parametrize("written", ["IR", "ir", "Ir", "伊朗", " ＩＲ "])
def test_a_country_under_a_call_for_action_is_a_veto_however_it_is_written(written: str) -> None:
    decision = shipped("aml/rating").decide({**PERSON, "country": written}, DAY)
    assert ("high", "veto") == (decision["risk_grade"], decision["basis"])


def test_every_country_is_known_and_most_are_other_countries() -> None:
    rules = shipped("aml/rating")
    codes = rules.model.fields["country"].type.keys()
    assert 249 == len(codes)
    assert {"NA", "NO", "IN", "TW", "GB"} <= set(codes)
    # Shipped scores: home 1, lists 4 and 5, any other country 2 of 5 times the weight of 10.
    points = {rules.decide({**PERSON, "country": each}, DAY)["risk_score"] for each in ("NA", "NO", "DE", "US")}
    assert 1 == len(points)


@pytest.mark.parametrize(
    ("changed", "level", "standing", "problem"),
    [
        ({"counterparty_country": "IR"}, "watch", "decided", None),
        ({"counterparty_country": "ir"}, "watch", "decided", None),
        ({"counterparty_country": "Iran"}, None, "undecided", "not-a-member"),
        ({"counterparty_country": "DE"}, "none", "decided", None),
        ({"amount": -50_000, "counterparty_country": "IR"}, None, "undecided", "value-outside-limits"),
        ({"made_on": "2026-07-01", "counterparty_country": "DE"}, "none", "decided", "future-date"),
    ],
)
def test_odd_transactions_leave_the_alert_open_and_are_reported(
    changed: dict[str, Any], level: str | None, standing: str, problem: str | None
) -> None:
    decision = shipped("aml/patterns").decide({**ACCOUNT, "transactions": [{**PAYMENT, **changed}]}, DAY)
    assert (level, standing) == (decision["alert_level"], decision.standing("alert_level"))
    assert problem in (None, *(each.code for each in decision.problems))


@pytest.mark.parametrize(
    ("lang", "told", "asserted"),
    [
        ("en", "adverse_media not known, counted as: adverse media, confirmed: 5 of 5", "because adverse media"),
        ("zh", "“负面报道”未知，按此计：负面报道已证实：5分中得5分", "理由：负面报道已证实"),
    ],
)
def test_what_is_assumed_is_not_told_as_a_fact(lang: str, told: str, asserted: str) -> None:
    decision = shipped("aml/rating").decide({**PERSON, "adverse_media": None}, DAY)
    why = decision.why("risk_score", lang=lang)
    assert "provisional" == decision.standing("risk_score")
    assert told in why
    assert asserted not in why


def test_month_after_month_a_grade_does_not_go_down_in_silence(tmp_path: Path) -> None:
    """The monthly command of the page: what one run writes is all the next one needs."""
    head = [*PERSON, "customer_id"]
    june = {**PERSON, "customer_id": "C1", "grade_since": "", "country": "VN", "assets": 900_000, "industry": "arms"}
    june |= {"cash_share": "60%", "cross_border_share": "60%", "business_country": "VN", "product": "correspondent"}
    july = {**june, "country": "CN", "business_country": "CN", "product": "deposit"}
    answers = []
    for day, given in (("2026-06-30", june), ("2026-07-31", july), ("2026-12-30", july), ("2027-01-31", july)):
        with (tmp_path / "customers.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, head)
            writer.writeheader()
            writer.writerow({name: given[name] for name in head})
        last = ["--previous", str(tmp_path / "last.csv"), "--key", "customer_id"] if answers else []
        out = tmp_path / "rated.csv"
        call = [
            "run",
            "aml/rating",
            str(tmp_path / "customers.csv"),
            *last,
            "--as-of",
            day,
            "-o",
            str(out),
            "--replace",
        ]
        result = CliRunner().invoke(cli, call)
        assert 0 == result.exit_code, result.output
        out.replace(tmp_path / "last.csv")
        with (tmp_path / "last.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        answers.append((row["risk_grade"], row["basis"], row["graded_since"]))
    kept = ("medium", "cool_down", "2026-06-30")
    assert [
        ("medium", "score", "2026-06-30"),
        kept,
        ("low", "score", "2026-12-30"),
        ("low", "score", "2026-12-30"),
    ] == answers


@pytest.mark.parametrize("written", ["private company", "Private-Company", "privatecompany", "private_Company"])
def test_words_of_a_value_may_be_parted_otherwise(written: str) -> None:
    rules = shipped("aml/rating")
    decision = rules.decide({**PERSON, "customer_kind": written}, DAY)
    assert rules.decide({**PERSON, "customer_kind": "private_company"}, DAY)["risk_score"] == decision["risk_score"]
    assert "not-a-member" not in [each.code for each in decision.problems]


def test_a_customer_with_an_unknown_country_is_explained(tmp_path: Path) -> None:
    head = ",".join(PERSON)
    cells = ",".join(str(each) for each in {**PERSON, "country": "Iran"}.values())
    (tmp_path / "customers.csv").write_text(f"{head}\n{cells}\n", "utf-8")
    call = ["explain", "aml/rating", str(tmp_path / "customers.csv"), "--row", "2", "--as-of", "2026-06-30"]
    result = CliRunner().invoke(cli, [*call, "--outcome", "risk_grade"])
    assert 0 == result.exit_code, result.output
    assert "country missing" in result.output


def test_a_percentage_without_its_sign_is_asked_about() -> None:
    for figure in ("15", 15):
        with pytest.raises(DataError) as error:
            shipped("aml/rating").decide({**PERSON, "cash_share": figure}, DAY)
        assert ["ambiguous-percent"] == [each.code for each in error.value.diagnostics]
    (found,) = shipped("aml/rating").decide({**PERSON, "cash_share": "1500%"}, DAY).problems
    facts = found.facts
    assert ("1500%", "100%", "15%") == (facts["value"], facts["at_most"], facts["meant"])
    (other,) = shipped("aml/rating").decide({**PERSON, "cash_share": "150%"}, DAY).problems
    assert "1.5%" == other.facts["meant"]
    (below,) = shipped("aml/rating").decide({**PERSON, "cash_share": "-5%"}, DAY).problems
    assert "meant" not in below.facts
