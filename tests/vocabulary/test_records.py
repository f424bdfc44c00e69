"""Records of a list: by name or label, as mappings or objects; what is wrong with which of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from attrs import frozen

from rulelang.vocabulary import records
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.records import RecordReader
from rulelang.vocabulary.types import Choice, Date, ListOf, Member, Money, Number

CHANNEL = Choice((Member("online", "线上"), Member("store", "门店")))
PARTS = (("paid_on", "付款日", Date()), ("amount", "金额", Money("CNY")), ("channel", None, CHANNEL))
ORDERS = Field("orders", ListOf("order", PARTS), "订单")
READER = RecordReader(ORDERS)
DAY = date(2026, 1, 31)
READ = {"paid_on": DAY, "amount": 120, "channel": "online"}


@frozen
class AttrsOrder:
    paid_on: date = DAY
    amount: int = 120
    channel: str = "online"


@dataclass
class DataOrder:
    paid_on: date = DAY
    amount: str = "¥120"
    channel: str = "线上"


@pytest.mark.parametrize(
    "given",
    [
        {"paid_on": DAY, "amount": 120, "channel": "online"},
        {"付款日": "2026年1月31日", "金额": "¥120", "channel": "线上"},
        {"paid_on": "2026-01-31", "amount": Decimal("120.00"), "channel": "Online", "more": 1},
        {"paid_on": None, "付款日": DAY, "amount": 120.0, "channel": "online"},
        MappingProxyType(READ),
        AttrsOrder(),
        DataOrder(),
    ],
)
def test_a_record_is_read_by_type(given: object) -> None:
    found = READER.read([given])
    assert ((READ,), 0, 0) == (found.records, len(found.findings), len(found.faults))


def test_what_is_not_there_is_missing() -> None:
    assert ({"paid_on": None, "amount": None, "channel": None},) == READER.read([{"amount": ""}]).records


@pytest.mark.parametrize(("given", "expected"), [(None, None), ("", None), ([], ()), ((), ())])
def test_an_absent_list_is_not_an_empty_one(given: object, expected: object) -> None:
    assert expected == READER.read(given).records


def codes(given: Any) -> list[tuple[str, Any, Any]]:
    return [(each.code, each.facts.get("record"), each.facts.get("field")) for each in READER.read(given).faults]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (3, [("list-expected", None, None)]),
        ("three", [("list-expected", None, None)]),
        ({"amount": 1}, [("list-expected", None, None)]),
        ([{}, 120], [("record-expected", 2, None)]),
        ([["2026-01-31", 120]], [("record-expected", 1, None)]),
        ([{}, {"amount": "many"}], [("unreadable-record", 2, "amount")]),
        ([{"金额": "$3"}], [("unreadable-record", 1, "amount")]),
        (
            [{"paid_on": "03/04/2026", "amount": "x"}],
            [("unreadable-record", 1, "paid_on"), ("unreadable-record", 1, "amount")],
        ),
    ],
)
def test_what_cannot_be_read_is_named(given: object, expected: list[tuple[str, Any, Any]]) -> None:
    assert expected == codes(given)
    assert READER.read(given).records is None


def test_a_member_that_does_not_exist_is_missing_and_said() -> None:
    found = READER.read([{"channel": "fax"}])
    assert found.records is not None and found.records[0]["channel"] is None
    assert [("not-a-member", "orders.channel", "fax")] == [
        (each.code, each.facts["field"], each.facts["value"]) for each in found.findings
    ]


def test_the_limit_on_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_RECORDS", 2)
    assert READER.read([{}, {}]).records is not None
    assert [("too-many-records", None, None)] == codes([{}, {}, {}])


def test_values_of_a_personal_list_are_not_shown() -> None:
    reader = RecordReader(Field("visits", ListOf("visit", (("days", None, Number()),)), privacy="personal"))
    (fault,) = reader.read([{"days": "ten or so"}]).faults
    assert "***" == fault.facts["value"]
