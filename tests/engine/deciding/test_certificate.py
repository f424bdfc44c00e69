"""Certificates: small, replayed, and noticing every change."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import rulelang
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.deciding.certificate import certificate, written
from rulelang.engine.deciding.verifying import embedded, read_certificate, verify
from rulelang.engine.ruleset import Ruleset
from tests.strategies import Case, cases

DAY = date(2026, 6, 30)
RULES = rulelang.loads("""\
field last_purchase (最近购买): date
field spend (消费): money in CNY
field phone (手机): text, personal, may be blank
field rate: number
field orders: list of order (paid_on: date, amount: money in CNY)
outcome stage (阶段): one of lost (流失), active (活跃)
outcome channel (渠道): one of phone_call, mail, else mail
outcome share: percent
rule "Long ago" ("久未下单"): if last_purchase > 365 days then stage = lost because "last on {last_purchase}, {spend}"
rule "Buys": if count of orders where (amount > 10) within the last 90 days >= 1 then stage = active
rule "Call": if phone is known and stage is lost then channel = phone_call because "{phone}"
rule "Share": if rate >= 0.5 then share = rate / 3
""")
CUSTOMER: dict[str, Any] = {
    "last_purchase": date(2024, 5, 1),
    "spend": Decimal("120.50"),
    "phone": "13800000001",
    "rate": Decimal("0.75"),
    "orders": [{"paid_on": date(2020, 1, 1), "amount": 5}],
}


def certified(*outcomes: str, customer: dict[str, Any] = CUSTOMER, **options: Any) -> str:
    return certificate(RULES.decide(customer, DAY), RULES, outcomes, **options)


def test_only_the_inputs_that_were_needed() -> None:
    assert {"last_purchase", "spend"} == set(json.loads(certified("stage"))["inputs"])
    assert {"last_purchase", "phone"} == set(json.loads(certified("channel"))["inputs"])
    assert {"rate": "0.75"} == json.loads(certified("share"))["inputs"]
    assert len(certified("stage")) < 1200


def test_it_holds_and_says_so() -> None:
    for outcomes in (("stage",), ("channel",), ("share",), ("stage", "channel", "share")):
        assert verify(read_certificate(certified(*outcomes).encode()), RULES).holds


def test_records_and_blanks_are_replayed() -> None:
    active = {"last_purchase": date(2026, 6, 1), "orders": [{"paid_on": date(2026, 6, 1), "amount": Decimal("10.01")}]}
    text = certified("stage", "channel", customer=active)
    assert {"last_purchase": "2026-06-01", "orders": [{"paid_on": "2026-06-01", "amount": "10.01"}]}.items() <= {
        **json.loads(text)["inputs"]
    }.items()
    assert verify(read_certificate(text.encode()), RULES).holds


def test_every_changed_byte_is_noticed() -> None:
    content = certified("stage").encode()
    for place in range(len(content)):
        for changed in (bytes([content[place] ^ 1]), b"", bytes([content[place]]) * 2):
            with pytest.raises(DataError):
                read_certificate(content[:place] + changed + content[place + 1 :])


def test_a_forged_answer_with_a_fitting_checksum_is_found_out() -> None:
    data = json.loads(certified("stage"))
    data["outcomes"]["stage"]["value"] = "active"
    forged = read_certificate(written(data).encode())
    assert ["certificate-other-answer"] == [each.code for each in verify(forged, RULES).findings]
    data = json.loads(certified("stage"))
    data["inputs"]["last_purchase"] = "2026-06-01"
    forged = read_certificate(written(data).encode())
    assert ["certificate-other-answer"] == [each.code for each in verify(forged, RULES).findings]
    data["inputs"]["last_purchase"] = "soon"
    forged = read_certificate(written(data).encode())
    assert ["certificate-input"] == [each.code for each in verify(forged, RULES).findings]


def test_other_rules_are_refused() -> None:
    other = rulelang.loads(
        "field last_purchase: date\noutcome stage: one of lost\nif last_purchase > 9 days then stage = lost\n"
    )
    found = verify(read_certificate(certified("stage").encode()), other)
    assert ["certificate-other-rules"] == [each.code for each in found.findings]


def test_masked_inputs() -> None:
    text = certified("stage", "channel", masked=["phone"])
    assert "13800000001" not in text
    given_ = read_certificate(text.encode())
    found = verify(given_, RULES)
    assert ["certificate-masked"] == [each.code for each in found.findings]
    assert ("channel",) == found.masked
    assert ["Call"] == given_.data["outcomes"]["channel"]["rules"]
    assert {"en": "***", "zh": "***"} == given_.data["outcomes"]["channel"]["reason"]
    assert ["Long ago"] == given_.data["outcomes"]["stage"]["rules"]
    assert verify(given_, RULES, {"phone": "13800000001"}).holds
    assert not verify(given_, RULES, {"phone": ""}).holds


def test_what_is_masked_is_starred_where_it_stands() -> None:
    text = certified("stage", masked=["spend"])
    told = json.loads(text)["outcomes"]["stage"]
    assert (["Long ago"], "last on 2024-05-01, ***") == (told["rules"], told["reason"]["en"])
    assert "120.5" not in text
    assert verify(read_certificate(text.encode()), RULES).holds  # it stands in the reason alone
    text = certified("channel", masked=["phone"])
    # Another value is as good: nobody can tell which is the true one, and what is certified does not say.
    for value in ("13800000001", "7"):
        found = verify(read_certificate(text.encode()), RULES, {"phone": value})
        assert (True, (), ("phone",)) == (found.holds, found.masked, found.given)


@pytest.mark.parametrize("name", ["last_purchase", "rate", "nothing"])
def test_only_masked_inputs_may_be_given(name: str) -> None:
    given_ = read_certificate(certified("stage", masked=["spend"]).encode())
    with pytest.raises(DataError) as raised:
        verify(given_, RULES, {name: "1"})
    assert ["certificate-not-masked"] == [each.code for each in raised.value.diagnostics]


THROUGH = rulelang.loads("""\
field income: number
field debt: number
outcome disposable: number
outcome limit: number
outcome band: one of high, low
always disposable = income - debt
rule "Limit": if disposable > 100 then limit = 5 because "{disposable} left"
rule "Band": if income > 50 then band = high because "{income} a month, {debt} owed"
""")


def test_an_outcome_that_would_give_away_what_is_masked_keeps_its_reason_to_itself() -> None:
    decision = THROUGH.decide({"income": 400, "debt": 150}, DAY)
    told = json.loads(certificate(decision, THROUGH, ["limit", "band"], masked=["income"]))["outcomes"]
    assert (["Limit"], "***") == (told["limit"]["rules"], told["limit"]["reason"]["en"])
    assert (["Band"], "*** a month, 150 owed") == (told["band"]["rules"], told["band"]["reason"]["en"])
    # Where the other outcome is certified, it is no secret.
    text = certificate(decision, THROUGH, ["limit", "disposable"], masked=["income"])
    assert "250 left" == json.loads(text)["outcomes"]["limit"]["reason"]["en"]
    assert verify(read_certificate(text.encode()), THROUGH, {"income": "400"}).holds
    assert not verify(read_certificate(text.encode()), THROUGH, {"income": "401"}).holds


def test_what_is_possible_is_what_an_explanation_says() -> None:
    rules = rulelang.loads(
        "field a: number\nfield b: number\noutcome x: one of p, q, undecided when data is missing\n"
        "if a > 1 then x = p\nif a <= 1 and b > 1 then x = q\nif a <= 1 and b <= 1 then x = p\n"
    )
    decision = rules.decide({"b": 5}, DAY)
    told = json.loads(certificate(decision, rules, ["x"]))["outcomes"]["x"]
    assert told["possible"] == list(decision.explain("x").possible)
    assert "Still possible: p, q" in told["reason"]["en"] and ["p", "q"] == told["possible"]


def test_personal_reasons_are_starred() -> None:
    assert "***" in json.loads(certified("channel"))["outcomes"]["channel"]["reason"]["en"]


def test_the_rules_may_come_along() -> None:
    found = read_certificate(certified("stage", with_rules=True).encode())
    model = embedded(found)
    assert model is not None
    assert verify(found, Ruleset(model)).holds
    assert embedded(read_certificate(certified("stage").encode())) is None


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(cases(most_rows=2))
def test_whatever_was_decided_can_be_replayed(case: Case) -> None:
    ruleset = Ruleset(case.model)
    for row in case.rows:
        text = certificate(ruleset.decide(row, case.as_of), ruleset, tuple(case.model.outcomes))
        verified = verify(read_certificate(text.encode()), ruleset)
        assert () == verified.findings
