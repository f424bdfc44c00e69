"""The account of a run on Spark: counted while the rows go by, classes counted in the result."""

from __future__ import annotations

import base64
import pickle
from collections import Counter
from collections.abc import Sequence
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
from rulelang.vocabulary.types import Date, Length, Money, Number

_PREVIEW = 10
_REJECTIONS = 10
_FIRST = 200_000  # rows in which rules are looked for before all of them are
_BETWEEN = " "


def metrics(decided: Decided, functions: Any) -> list[Any]:
    """What is counted while the rows go by."""
    items = {"rows": "count(1)", "accounts": f"array_join(collect_list(account), '{_BETWEEN}')"}
    if decided.statement is not None:
        items |= _of_sql(decided.statement, decided.work)
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
    return standings


def see_winners(work: RowRun, decided: Decided, functions: Any) -> None:
    """Which branches ever made an answer in SQL: most are met among the first rows."""
    if decided.statement is None:
        return
    conditions = decided.statement.winners()
    for frame in (decided.frame.limit(_FIRST), decided.frame):
        open_ = [index for index in conditions if index in work.decider.unseen]
        if not open_ or (frame is decided.frame and work.rows <= _FIRST):
            return
        items = [functions.expr(f"bool_or(NOT {ELSEWHERE} AND ({conditions[each]}))") for each in open_]
        found = frame.agg(*items).first()
        work.decider.unseen.difference_update(index for index, seen in zip(open_, found, strict=True) if seen)


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
    for place, (outcome, tally, title) in enumerate(zip(outcomes, tallies, titles, strict=True)):
        values = result.select(functions.col(_quoted(title)).alias("x"))
        _count(outcome, tally, values, ranges.get(place, (None, None, 0)), language, functions)
        tally.standings = standings[place]


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
