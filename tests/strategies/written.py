"""Rule files as people write them, about hours, working days and reference tables; and customers on their edges."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

import rulelang
from tests.strategies.cases import Case

HEAD = """\
holidays from "holidays.csv"
threshold patience = 90 minutes; 3 hours from 2026-03-31
threshold grace = 3 working days
threshold usual = 20
list weights from "weights.csv"
field opened (受理): date and time
field closed: date and time, may be blank
field planned: date and time, may be future
field received (收到日): date
field due: date, may be future
field city (城市): text
field spend: number
field logins: list of login (made_at (时刻): date and time, place (地点): text, amount: number)
outcome late: text
outcome tier: one of gold (金), silver (银), bronze, else bronze
outcome points: number, sum
outcome at: date and time
outcome answer: date
"""
# Of 2025 and 2026; a Saturday is worked, and 2 January 2026 is off between a holiday and a weekend.
HOLIDAYS = """\
date,kind
2025-12-25,holiday
2026-01-01,holiday
2026-01-02,holiday
2026-01-04,working day
2026-02-16,holiday
2026-02-17,holiday
2026-02-28,working day
2026-10-01,holiday
"""
WEIGHTS = """\
city,weight,rank,start,valid_from,valid_until
a,10,gold,2026-01-31,,
b,2.5,silver,2025-12-31,,2026-03-31
b,60,bronze,2026-02-28,2026-04-01,
北京,-1,金,,,
NA,,,2026-03-31,,
"""
MOMENTS = (
    *(datetime(2026, 3, 31, 15, 30), datetime(2026, 2, 28, 0, 0), datetime(2026, 1, 2, 23, 59, 59)),
    *(datetime(2026, 1, 1), datetime(2025, 12, 31, 12, 0), datetime(2026, 3, 1, 0, 0, 1), datetime(2027, 1, 1, 9)),
)
SIGNS = (">", "<", ">=", "<=")
AGO = ("more than", "less than", "at least", "at most")
HOURS = ("2 hours", "90 minutes", "24 hours", "patience")
WORKING = ("3 working days", "1 working days", "10 working days", "grace")
DAYS = ("1 days", "30 days", "1 months", "1 years")
POINTS = ("2026-02-28", "2026-03-31 12:00", "2026-01-01 00:00")
PERIODS = ("this month", "last month", "next quarter", "this year")
RANKS = ('"gold"', '"bronze"', "known")
YES_NO = ("yes", "no")
SECOND = timedelta(seconds=1)


@cache
def _folder() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    (Path(folder.name) / "holidays.csv").write_text(HOLIDAYS, "utf-8")
    (Path(folder.name) / "weights.csv").write_text(WEIGHTS, "utf-8")
    return folder


def load(sentences: str) -> rulelang.Ruleset:
    """The ruleset of some sentences under the common head."""
    path = Path(_folder().name) / "main.rules"
    path.write_text(HEAD + sentences, "utf-8")
    return rulelang.load(path)


class Sentences:
    """Draws the sentences of one file; ``inside`` is said of a record of the list."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.readable: list[str] = []

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def seldom(self, one_in: int = 3) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == one_in)

    # --- values ---------------------------------------------------------------------------------------------------

    def moment(self, inside: bool) -> str:
        if inside and not self.seldom(4):
            return "made_at"
        return str(self.pick(("opened", "opened", "closed", "planned")))

    def day(self) -> str:
        return str(self.pick(("received", "received", "due", "opened")))

    def length(self) -> str:
        return str(self.pick((*HOURS, *WORKING, *DAYS)))

    def lookup(self, column: str, inside: bool) -> str:
        key = "place" if inside and not self.seldom(4) else "city"
        return f"{column} of {key} in weights"

    def number(self, inside: bool) -> str:
        return self.lookup("weight", inside) + self.pick(("", "", ", or 5", ", or usual"))

    # --- conditions -----------------------------------------------------------------------------------------------

    def atom(self, inside: bool) -> str:
        kinds = ("ago", "ago", "last", "after", "apart", "days apart", "than", "between", "period", "missing", "part")
        looked = ("weight", "weight", "rank", "start", "listed")
        lists = () if inside else ("count", "busiest", "latest", "window", "any")
        match self.pick((*kinds, *looked, *lists)):
            case "ago":
                return self.ago(inside)
            case "last":
                return f"{self.moment(inside)} within the {self.pick(('last', 'next'))} {self.length()}"
            case "after":
                way = self.pick(("after", "before"))
                return f"{self.moment(inside)} within {self.length()} {way} {self.moment(inside)}"
            case "apart":
                both = f"{self.moment(inside)} - {self.moment(inside)}"
                return f"{both} {self.pick(SIGNS)} {self.pick(HOURS)}"
            case "days apart":
                return f"{self.day()} - {self.day()} {self.pick(SIGNS)} {self.pick((*WORKING, '30 days'))}"
            case "than":
                other = self.pick((*POINTS, "received", self.moment(inside), "today"))
                sign = self.pick(("before", "after", "on or before", "on or after"))
                return f"{self.moment(inside)} {sign} {other}"
            case "between":
                return f"{self.moment(inside)} between {self.pick(POINTS)} and {self.pick(POINTS)}"
            case "period":
                return f"{self.moment(inside)} in {self.pick(PERIODS)}"
            case "missing":
                return f"{self.moment(inside)} is {self.pick(('known', 'missing'))}"
            case "part":
                part = self.pick(("month", "weekday", "day"))
                return f"{part} of {self.moment(inside)} {self.pick(('=', '>'))} {self.pick((1, 3, 28))}"
            case "weight":
                return f"{self.number(inside)} {self.pick((*SIGNS, '='))} {self.pick((10, 5, 'spend', -1))}"
            case "rank":
                return f"{self.lookup('rank', inside)} is {self.pick(RANKS)}"
            case "start":
                return f"{self.lookup('start', inside)} is known"
            case "listed":
                return f"{'place' if inside else 'city'} is {self.pick(('in', 'not in'))} weights"
            case "count":
                return f"count of logins{self.where()} {self.pick(SIGNS)} {self.pick((0, 1, 2))}"
            case "busiest":
                return f"at least {self.pick((1, 2, 3))} logins{self.where()} within any {self.pick(HOURS)}"
            case "latest":
                sign = self.pick(("before", "on or after"))
                return f"{self.pick(('latest', 'earliest'))} of logins.made_at{self.where()} {sign} {self.pick(POINTS)}"
            case "window":
                return f"sum of logins.amount{self.where()} within the last {self.length()} {self.pick(SIGNS)} 2"
        return f"{self.pick(('any', 'every', 'no'))} login has ({self.condition(True)})"

    def ago(self, inside: bool) -> str:
        if self.seldom():
            return f"{self.day()} {self.pick(AGO)} {self.pick((*WORKING, *DAYS))} ago"
        if self.seldom():
            return f"{self.moment(inside)} between {self.pick(HOURS[:3])} ago and {self.pick(HOURS[:3])} ago"
        return f"{self.moment(inside)} {self.pick(AGO)} {self.length()} ago"

    def where(self) -> str:
        return f" where ({self.condition(True)})" if self.seldom(2) else ""

    def condition(self, inside: bool = False) -> str:
        first = self.atom(inside)
        if not inside and self.readable and self.seldom(4):
            return f"{first} and {self.pick(self.readable)}"
        match self.pick(("atom", "atom", "and", "or", "not")):
            case "and":
                return f"{first} and {self.atom(inside)}"
            case "or":
                return f"({first} or {self.atom(inside)})"
            case "not":
                return f"not ({first})"
        return first

    # --- rules ----------------------------------------------------------------------------------------------------

    def action(self) -> str:
        match self.pick(("late", "tier", "points", "points", "at", "answer")):
            case "late":
                return f'late = "{self.pick(YES_NO)}"'
            case "tier":
                return f"tier = {self.pick(('gold', 'silver', 'bronze'))}"
            case "points":
                return f"add {self.pick(('10', '0.5', self.number(False), 'spend'))} to points"
            case "at":
                return f"at = {self.pick(('opened', 'closed'))} + {self.pick((*HOURS, '1 days', '1 months', 'grace'))}"
        return f"answer = {self.pick(('received', 'due', 'today'))} {self.pick('+-')} {self.pick((*WORKING, *DAYS))}"

    def sentence(self) -> str:
        otherwise = f" otherwise {self.action()}" if self.seldom(4) else ""
        return f"if {self.condition()} then {self.action()}{otherwise}"


@st.composite
def _customers(draw: st.DrawFn, as_of: datetime) -> dict[str, object]:
    """One customer: moments at the edges of all the lengths, seconds before and after."""
    words = Sentences(draw)

    def moment() -> Any:
        hours = words.pick((0, 1.5, 2, 3, 24, 72, 240, 720, 24 * 365, -2, -24))
        return words.pick((as_of - timedelta(hours=hours) + words.pick((0, 0, 1, -1)) * SECOND, *MOMENTS))

    def day() -> Any:
        return words.pick((as_of.date() - timedelta(days=words.pick((0, 1, 3, 4, 5, 14, 30, -1, -3, -5))), *PLACES))

    row: dict[str, object] = {
        words.pick(("opened", "受理")): moment(),
        "closed": words.pick((moment(), moment(), "")),
        "planned": moment(),
        "received": day(),
        "due": day(),
        words.pick(("city", "城市")): words.pick(("a", "b ", "北京", "NA", "elsewhere")),
        "spend": words.pick((10, 5, 0.3)),
        "logins": [
            {"时刻": moment(), words.pick(("place", "地点")): words.pick(("a", "b", "?")), "amount": words.pick((1, 2))}
            for _ in range(words.pick((2, 0, 1, 3)))
        ],
    }
    left_out = words.pick((None, None, *row))
    if row["logins"] and words.seldom():
        row["logins"][0].pop(words.pick(tuple(row["logins"][0])))  # type: ignore[index]  # a list of records
    return {name: value for name, value in row.items() if name != left_out}


PLACES = (date(2026, 2, 27), date(2026, 2, 28), date(2025, 12, 31), date(2024, 2, 29), date(2027, 1, 4))


@st.composite
def written_cases(draw: st.DrawFn) -> Case:
    """The model of one to four sentences, a moment, and some customers."""
    words = Sentences(draw)
    as_of = draw(st.sampled_from(MOMENTS))
    sentences = [words.sentence() for _ in range(words.pick((1, 2, 3)))]
    words.readable = ['late is "yes"', "tier is gold", "answer is missing", "points > 5"]
    sentences.append(f'if {words.condition()} then add "found" to seen')
    model = load("outcome seen: text, collect\n" + "\n".join(sentences) + "\n").model
    return Case(model, as_of, tuple(draw(_customers(as_of)) for _ in range(3)))
