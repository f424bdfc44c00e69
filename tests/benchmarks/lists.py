"""Twenty aggregates over a thousand transactions of a customer: one pass over the list, not twenty.

``python -m tests.benchmarks.lists`` times the compiled rules beside a function written by hand, beside the same rules
one ruleset each (twenty passes), and beside twenty comprehensions. All give the same answers.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

import rulelang
from tests.benchmarks import timing

AS_OF = datetime.date(2026, 1, 1)
HAND = "by hand, one pass"
TRANSACTIONS = 1_000
CUSTOMERS = 10

HEAD = """\
field transactions: list of transaction (made_on: date, amount: number, direction: one of in, out, \
method: one of cash, card, transfer, country: text)
"""

# The type of each outcome and the aggregate it is.
AGGREGATES: Sequence[tuple[str, str]] = (
    ("whole number", "count of transactions"),
    ("whole number", "count of transactions within the last 30 days"),
    ("whole number", "count of transactions within the last 90 days"),
    ("whole number", "count of transactions where (method is cash)"),
    ("whole number", "count of transactions where (method is cash and amount >= 9000) within the last 90 days"),
    ("whole number", 'count of transactions where (country is not "CN")'),
    ("whole number", "count of transactions where (direction is in and amount > 5000)"),
    ("number", "sum of transactions.amount"),
    ("number", "sum of transactions.amount within the last 30 days"),
    ("number", "sum of transactions.amount where (direction is in)"),
    ("number", "sum of transactions.amount where (direction is out)"),
    ("number", "sum of transactions.amount where (method is cash) within the last 12 months"),
    ("number", "average of transactions.amount where (direction is in)"),
    ("number", "largest of transactions.amount"),
    ("number", "largest of transactions.amount where (method is cash)"),
    ("number", "smallest of transactions.amount where (direction is out)"),
    ("date", "earliest of transactions.made_on"),
    ("date", "latest of transactions.made_on where (direction is in)"),
    ("whole number", "distinct transactions.country"),
    ("whole number", "distinct transactions.country within the last 90 days"),
)


def as_rules(chosen: Sequence[int] = range(len(AGGREGATES))) -> str:
    """The rule file with the aggregates of these numbers, an outcome each."""
    outcomes = [f"outcome a{place}: {AGGREGATES[place][0]}" for place in chosen]
    rules = [f"always a{place} = {AGGREGATES[place][1]}" for place in chosen]
    return HEAD + "\n".join((*outcomes, *rules)) + "\n"


def customers(count: int = CUSTOMERS, transactions: int = TRANSACTIONS) -> list[dict[str, Any]]:
    """Customers with so many transactions of two years each, the same every time."""
    chance = random.Random(7)
    return [
        {
            "transactions": [
                {
                    "made_on": AS_OF - datetime.timedelta(days=chance.randrange(730)),
                    "amount": chance.randrange(1, 20_000),
                    "direction": chance.choice(("in", "out")),
                    "method": chance.choice(("cash", "card", "transfer")),
                    "country": chance.choice(("CN", "CN", "DE", "US", "FR", "JP")),
                }
                for _ in range(transactions)
            ]
        }
        for _ in range(count)
    ]


def by_hand(row: Mapping[str, Any]) -> list[Any]:
    """The loop a careful programmer writes: what is missing fits no condition and is in no sum."""
    month, quarter = AS_OF - datetime.timedelta(days=30), AS_OF - datetime.timedelta(days=90)
    year = AS_OF.replace(year=AS_OF.year - 1)
    counts, sums = [0] * 7, [0] * 5
    received = received_count = 0
    largest = largest_cash = smallest_out = first = last_in = None
    countries, recent_countries = set(), set()
    for each in row["transactions"]:
        day, amount, country = each.get("made_on"), each.get("amount"), each.get("country")
        incoming, outgoing = each.get("direction") == "in", each.get("direction") == "out"
        cash = each.get("method") == "cash"
        past = day is not None and day <= AS_OF
        in_month, in_quarter, in_year = past and day >= month, past and day >= quarter, past and day >= year
        counts[0] += 1
        counts[1] += in_month
        counts[2] += in_quarter
        counts[3] += cash
        counts[5] += country is not None and country != "CN"
        if country is not None:
            countries.add(country)
            if in_quarter:
                recent_countries.add(country)
        if day is not None and (first is None or day < first):
            first = day
        if day is not None and incoming and (last_in is None or day > last_in):
            last_in = day
        if amount is None:
            continue
        counts[4] += cash and amount >= 9000 and in_quarter
        counts[6] += incoming and amount > 5000
        sums[0] += amount
        if in_month:
            sums[1] += amount
        if incoming:
            sums[2] += amount
            received += amount
            received_count += 1
        if outgoing:
            sums[3] += amount
            if smallest_out is None or amount < smallest_out:
                smallest_out = amount
        if cash:
            if in_year:
                sums[4] += amount
            if largest_cash is None or amount > largest_cash:
                largest_cash = amount
        if largest is None or amount > largest:
            largest = amount
    average = received / received_count if received_count else None
    extremes = [largest, largest_cash, smallest_out, first, last_in]
    return [*counts, *sums, average, *extremes, len(countries), len(recent_countries)]


def twenty_passes(row: Mapping[str, Any]) -> list[Any]:
    """One comprehension for each aggregate; nothing may be missing."""
    rows = row["transactions"]
    month, quarter = AS_OF - datetime.timedelta(days=30), AS_OF - datetime.timedelta(days=90)
    year = AS_OF.replace(year=AS_OF.year - 1)
    received = [each["amount"] for each in rows if each["direction"] == "in"]
    return [
        len(rows),
        sum(month <= each["made_on"] <= AS_OF for each in rows),
        sum(quarter <= each["made_on"] <= AS_OF for each in rows),
        sum(each["method"] == "cash" for each in rows),
        sum(
            quarter <= each["made_on"] <= AS_OF for each in rows if each["method"] == "cash" and each["amount"] >= 9000
        ),
        sum(each["country"] != "CN" for each in rows),
        sum(each["direction"] == "in" and each["amount"] > 5000 for each in rows),
        sum(each["amount"] for each in rows),
        sum(each["amount"] for each in rows if month <= each["made_on"] <= AS_OF),
        sum(each["amount"] for each in rows if each["direction"] == "in"),
        sum(each["amount"] for each in rows if each["direction"] == "out"),
        sum(each["amount"] for each in rows if each["method"] == "cash" and year <= each["made_on"] <= AS_OF),
        sum(received) / len(received),
        max(each["amount"] for each in rows),
        max(each["amount"] for each in rows if each["method"] == "cash"),
        min(each["amount"] for each in rows if each["direction"] == "out"),
        min(each["made_on"] for each in rows),
        max(each["made_on"] for each in rows if each["direction"] == "in"),
        len({each["country"] for each in rows}),
        len({each["country"] for each in rows if quarter <= each["made_on"] <= AS_OF}),
    ]


def one_ruleset_each() -> Callable[[Mapping[str, Any]], list[Any]]:
    """Twenty rulesets of one aggregate: what it takes where the list is gone through for each."""
    compiled = [rulelang.loads(as_rules([place])).compile(AS_OF) for place in range(len(AGGREGATES))]
    return lambda row: [decide(row)[f"a{place}"] for place, decide in enumerate(compiled)]


def all_in_one() -> Callable[[Mapping[str, Any]], list[Any]]:
    """One ruleset with all twenty."""
    compiled = rulelang.loads(as_rules()).compile(AS_OF)
    return lambda row: list(compiled(row).values())


def same(expected: Sequence[Any], found: Sequence[Any]) -> bool:
    """Whether the answers are the same; an average has six decimals."""
    pairs = zip(expected, found, strict=True)
    return all(one == other or (isinstance(one, float) and abs(one - float(other)) < 1e-6) for one, other in pairs)


@click.command()
@click.option("--transactions", default=TRANSACTIONS, show_default=True, help="How many each customer has.")
def main(transactions: int) -> None:
    """Times twenty aggregates in one pass beside twenty passes."""
    rows = customers(transactions=transactions)
    deciding: dict[str, Callable[[Mapping[str, Any]], list[Any]]] = {
        HAND: by_hand,
        "by hand, twenty passes": twenty_passes,
        "rulelang, twenty aggregates in one ruleset": all_in_one(),
        "rulelang, twenty rulesets of one aggregate": one_ruleset_each(),
    }
    for name, decide in deciding.items():
        if not all(same(by_hand(row), decide(row)) for row in rows):
            raise SystemExit(f"{name} gives other answers")
    found = timing.in_turns({name: timing.calls(each, rows) for name, each in deciding.items()}, len(rows), HAND)
    click.echo(f"{len(AGGREGATES)} aggregates over {transactions:,} transactions, microseconds per customer\n")
    for name, each in found.items():
        ratio = f"{each.ratio:>7.2f} x  ({each.lowest:.2f}-{each.highest:.2f})"
        click.echo(f"  {name:<45}{each.microseconds:>9,.0f} {ratio}")


if __name__ == "__main__":
    main()
