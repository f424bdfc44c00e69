"""The account of a run on Spark: counted while the rows go by, classes counted in the result."""

from __future__ import annotations

import base64
import pickle
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rulelang.backends.sql.dialects import SPARK
from rulelang.engine.account.summary import Rejection
from rulelang.engine.account.tally import MOST_VALUES, OutcomeTally
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sinks.writers import as_text
from rulelang.engine.spark.decide import Decided
from rulelang.engine.spark.statement import ELSEWHERE, STANDING, Statement
from rulelang.engine.spark.worker import Account
from rulelang.explain.words import STANDINGS as STANDING_WORDS
from rulelang.model.contributions import DECIDED, STANDINGS
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo

_PREVIEW = 10
_REJECTIONS = 10
_FIRST = 4_000  # rows in which rules are looked for before all of them are
_MOST_TOGETHER = 10_000
_BETWEEN = " "


def metrics(decided: Decided, open_: Mapping[int, str], functions: Any) -> list[Any]:
    """What is counted while the rows go by; ``open_`` are branches and the conditions that they make an answer."""
    items = {"rows": "count(1)", "accounts": f"array_join(collect_list(account), '{_BETWEEN}')"}
    if decided.statement is not None:
        items |= _of_sql(decided.statement, decided.work)
        items |= {f"w{index}": condition for index, condition in open_.items()}
    return [functions.expr(text).alias(name) for name, text in items.items()]


def _of_sql(statement: Statement, work: RowRun) -> dict[str, str]:
    """Standings and missing values of the rows that SQL decides."""
    found: dict[str, str] = {}
    for place, _ in enumerate(work.outcomes):
        for number, each in enumerate(STANDINGS):
            found[f"s{place}_{number}"] = f"count_if({STANDING}{place} = {SPARK.text(each)})"
    for place, reader in work.readers:
        if reader.field.name in statement.readings:
            found[f"m{place}"] = f"count_if(NOT {ELSEWHERE} AND {statement.missing(reader.field.name)})"
    return found


def take(work: RowRun, decided: Decided, counted: dict[str, Any]) -> list[Counter[str]]:
    """Fills in what was counted; returns the standings of each outcome."""
    texts = str(counted["accounts"] or "").split(_BETWEEN)
    accounts: list[Account] = [pickle.loads(base64.b64decode(each)) for each in texts if each]
    work.rows = int(counted["rows"])
    standings: list[Counter[str]] = [Counter() for _ in work.outcomes]
    for each in accounts:
        work.rejected += each.rejected
        work.decider.unseen.difference_update(each.seen)
        for counter, found in zip(standings, each.standings, strict=True):
            counter.update(found)
        for place, reader in work.readers:
            work.missing[place] += each.missing.get(reader.field.name, 0)
    # Tasks end in any order: what is shown of many is the least by its text, every time the same.
    findings = [pair for each in accounts for pair in each.findings]
    for diagnostic, count in sorted(findings, key=lambda pair: repr(pair[0])):
        work.findings.count_more(diagnostic, count)
    rejections = {repr(faults): faults for each in accounts for faults in each.rejections}
    work.rejections += [Rejection(0, rejections[each]) for each in sorted(rejections)[:_REJECTIONS]]
    if decided.statement is not None:
        for place, counter in enumerate(standings):
            counter.update({each: int(counted[f"s{place}_{n}"]) for n, each in enumerate(STANDINGS)})
        for place, _ in work.readers:
            work.missing[place] += int(counted.get(f"m{place}", 0))
        work.decider.unseen.difference_update(
            index for index in list(work.decider.unseen) if counted.get(f"w{index}", False)
        )
    return standings


def see_winners(decided: Decided, functions: Any) -> dict[int, str]:
    """Which branches make an answer in SQL for one of the first rows, as most do; the conditions of the others, which
    are looked for in all rows as they go by.
    """
    if decided.statement is None:
        return {}
    conditions = {index: f"NOT {ELSEWHERE} AND ({each})" for index, each in decided.statement.winners().items()}
    if not conditions:
        return {}
    shown = [functions.expr(each).alias(f"w{index}") for index, each in conditions.items()]
    first = decided.frame.select(*shown).limit(_FIRST).collect()  # of as few files as have so many rows
    seen = {index for index, made in zip(conditions, zip(*first, strict=True), strict=False) if any(made)}
    decided.work.decider.unseen.difference_update(seen)
    return {index: f"bool_or({condition})" for index, condition in conditions.items() if index not in seen}


def count_classes(
    tallies: Sequence[OutcomeTally],
    result: Any,
    titles: Sequence[str],
    standings: Sequence[Counter[str]],
    language: str,
    functions: Any,
) -> None:
    """The values of every outcome with their numbers; ``titles`` are the columns of answers in the result."""
    outcomes = [each.outcome for each in tallies]
    ranges = _ranges(outcomes, result, titles)
    together = _count_together(tallies, result, titles, language)
    for place, (outcome, tally, title) in enumerate(zip(outcomes, tallies, titles, strict=True)):
        if place in together:
            tally.standings = standings[place]
            continue
        values = result.select(functions.col(_quoted(title)).alias("x"))
        _count(outcome, tally, values, ranges.get(place, (None, None, 0)), language, functions)
        tally.standings = standings[place]


def _count_together(
    tallies: Sequence[OutcomeTally], result: Any, titles: Sequence[str], language: str
) -> Collection[int]:
    """Counts outcomes with few values in one query, where they occur in few ways; the places of those counted."""
    few = [n for n, each in enumerate(tallies) if each.outcome.policy != "collect"]
    few = [n for n in few if isinstance(tallies[n].outcome.type, Choice | YesNo | Text)]
    if len(few) < 2:
        return ()
    groups = result.groupBy(*(_quoted(titles[place]) for place in few)).count().limit(_MOST_TOGETHER + 1).collect()
    if len(groups) > _MOST_TOGETHER:
        return ()
    found: list[Counter[Any]] = [Counter() for _ in few]
    for *values, count in groups:
        for counter, value in zip(found, values, strict=True):
            counter[value] += int(count)
    if any(len(each) > MOST_VALUES for each in found):
        return ()
    for place, counter in zip(few, found, strict=True):
        back = {str(name): key for key, name in names_of(tallies[place].outcome, language).items()}
        for value, count in counter.items():
            if value is not None:
                tallies[place].count(back.get(value, value) if isinstance(value, str) else value, DECIDED, count)
    return few


def count_records(work: RowRun, frame: Any, functions: Any) -> None:
    """Counts what was decided for the records of lists; ``frame`` has it for each customer (``e0`` …)."""
    for number, decided in enumerate(work.decided):
        records = frame.filter("reason IS NULL").selectExpr(f"explode(e{number}) AS e").selectExpr("e.*")
        places = range(len(decided.tallies))
        keys = {word: key for key, word in STANDING_WORDS[work.language].items()}
        names = [f"s{place}" for place in places]
        standings: list[Counter[str]] = [Counter() for _ in places]
        for *words, count in records.groupBy(*names).count().collect():
            decided.records += count
            for counter, word in zip(standings, words, strict=True):
                counter[keys[word]] += count
        count_classes(decided.tallies, records, [f"a{n}" for n in places], standings, work.language, functions)


def _ranges(outcomes: Sequence[Outcome], result: Any, titles: Sequence[str]) -> dict[int, tuple[Any, Any, Any]]:
    """The least value, the greatest and the total of every outcome that has them, by its place."""
    places = [n for n, each in enumerate(outcomes) if isinstance(each.type, Number | Money | Date | Length)]
    places = [each for each in places if outcomes[each].policy != "collect"]
    if not places:
        return {}
    items: list[str] = []
    for place in places:
        name = _quoted(titles[place])
        dated = isinstance(outcomes[place].type, Date)
        items += [f"min({name}) a{place}", f"max({name}) b{place}", f"{'NULL' if dated else f'sum({name})'} c{place}"]
    found = [plain(each) for each in result.selectExpr(*items).first()]
    return {place: (found[3 * n], found[3 * n + 1], found[3 * n + 2] or 0) for n, place in enumerate(places)}


def _count(
    outcome: Outcome, tally: OutcomeTally, values: Any, range_: tuple[Any, Any, Any], language: str, functions: Any
) -> None:
    if outcome.policy == "collect":
        values = values.select(functions.explode("x").alias("x"))
    grouped = values.filter("x IS NOT NULL").groupBy("x").count()
    found = grouped.orderBy(functions.desc("count"), "x").limit(MOST_VALUES).collect()
    back = {str(name): key for key, name in names_of(outcome, language).items()}
    for each, count in found:
        tally.count(back.get(each, each) if isinstance(each, str) else plain(each), DECIDED, int(count))
    others = 0
    if len(found) == MOST_VALUES:
        others = int(grouped.agg(functions.sum("count")).first()[0]) - sum(int(count) for _, count in found)
    tally.settle(others, *range_)


def see_preview(work: RowRun, result: Any) -> None:
    """The first rows of the result as text."""
    spellers = work.spellers("csv")
    own = len(work.source.columns)
    width = 3 if work.options.why else 1
    for row in result.limit(_PREVIEW).collect():
        cells = list(row)
        for place, spell in enumerate(spellers):
            cells[own + place * width] = spell(plain(cells[own + place * width]))
        work.preview.append(tuple(map(as_text, cells)))


def plain(value: Any) -> Any:
    """A value of a frame in the form that decisions have."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
