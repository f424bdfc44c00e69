"""Very many rules of mixed conditions: the rule that wins is found by sets of bits over columns, for all rows at once.

What such a decision comes to in a row rests on what the rule that wins gives, and on whether another one, which
something missing leaves open, could win with something else. Both together are the row's *kind*; rows of one kind are
decided alike, once, by the generated Python (`rulelang.engine.batch.patterns`), with all other rules there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from types import ModuleType
from typing import Any

from attrs import evolve, field, frozen

from rulelang.backends.python.cells import Column
from rulelang.backends.python.finding import BLANKS, FIRST, MISSING
from rulelang.backends.sql.dialect import NotCarried
from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.emit import Written
from rulelang.backends.sql.text import query
from rulelang.engine.batch.bitsets import Array, BitSets, TooLargeError
from rulelang.engine.batch.cells import cut_fields, read_alone, told_apart
from rulelang.engine.batch.chains import Chain, chains
from rulelang.engine.batch.statement import NUMBER, Statement
from rulelang.engine.batch.tables import Table
from rulelang.engine.connections.duck import Duck, quoted
from rulelang.engine.extras import extra
from rulelang.engine.running.row_run import RowRun
from rulelang.lowering import plan as p
from rulelang.lowering.planned import Plan
from rulelang.lowering.reading import answers_of, inputs_of
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice, Date, Text, YesNo

FEWEST = 100  # branches of a decision that are worth sets of their own
_AT_ONCE = 20_000  # rows in memory at a time: with ten thousand rules a set of bits for each takes 25 MB
_MOST_READ = 62  # values of a decision that other rules read: each is a bit of a number
_RAW, _FOUND, _CODES = "rulelang_raw", "rulelang_sets", "rulelang_codes"
_HARD = "rulelang_hard"
_ABSENT, _BLANK = -(2**62), -(2**62) + 1  # stand for missing and blank among numbers
_FAR = 2**62 - 1
_NAMED = 3  # the code of the first text that rules name; before it come missing, blank and all others


def by_sets(work: RowRun, table: Table, plan: Plan, readings: Mapping[str, Reading], duck: Duck) -> Statement | None:
    """The statement that tells rows apart by the kind of every large decision, and by cells of what the other rules
    read; None where no decision is large, or one of them can't be told so.
    """
    written, found = read_alone(work, plan, readings), chains(plan, work.ruleset.model, work.as_of, FEWEST)
    read = {name for each in plan.branches for name in answers_of(each.true, *(gift.value for gift in each.gifts))}
    if written is None or not found or any(name in read and len(found[name].values) > _MOST_READ for name in found):
        return None
    numpy = extra("batch", "numpy", work.source.name)
    try:
        sets = [_Sets.of(each, numpy, written, name in read) for name, each in found.items()]
        columns = dict.fromkeys(name for chain in found.values() for name, _ in chain.columns)
        sources = [_Source.of(name, place, written, found) for place, name in enumerate(columns)]
    except (NotCarried, TooLargeError):
        return None
    for source in sources:
        source.prepare(duck)
    odd = " OR ".join(f"({each.odd})" for each in readings.values() if each.odd)
    first = (*written.steps[0], (f"coalesce({odd or 'FALSE'}, FALSE)", _HARD))
    shown = [(quoted(NUMBER), "number"), (quoted(_HARD), "odd")]
    shown += [(each.text, f"f{place}") for place, each in enumerate(sources)]
    shown += [(text, f"t{at}_{place}") for at, each in enumerate(sets) for place, text in enumerate(each.truths)]
    text = query(evolve(written, steps=(first, *written.steps[1:])), DUCKDB, table.relation, shown, [NUMBER])
    names = _find(work, text, table, sets, {each.name: each for each in sources}, duck)
    kinds = ", ".join(f"s.{name} AS rulelang_{name}" for name in (*names, "hard"))
    beside, on = f"{table.relation} AS t POSITIONAL JOIN {_FOUND} AS s", f"t.{quoted(NUMBER)} = s.number"
    if duck.execute(f"SELECT 1 FROM {beside} WHERE ({on}) IS NOT TRUE LIMIT 1").fetchone() is not None:
        beside = f"{table.relation} AS t JOIN {_FOUND} AS s ON {on}"
    table = evolve(table, relation=f"(SELECT t.*, {kinds} FROM {beside})")
    others = [each for each in plan.branches if any(gift.outcome not in found for gift in each.gifts)]
    asked = [part for each in others for part in (each.true, *(gift.value for gift in each.gifts))]
    asked += [each for rule in plan.rules for each in (*rule.divisors, *rule.lookups, *rule.calls)]
    cut = cut_fields(work, table, plan, written, readings, duck, others, inputs_of(*asked))
    cells = [(f"t.rulelang_{name}", f"rulelang_s{name}") for name in names]
    cut = evolve(cut, first=(*cut.first, *cells), texts=(*cut.texts, *(quoted(name) for _, name in cells)))
    hard = duck.execute(f"SELECT count(*) FILTER (WHERE hard) FROM {_FOUND}").fetchone()[0]
    return told_apart(work, table, plan, written, readings, cut, f"t.{_HARD}" if hard else "")


# --- the rows ------------------------------------------------------------------------------------------------------


def _find(
    work: RowRun, text: str, table: Table, sets: Sequence[_Sets], sources: Mapping[str, _Source], duck: Duck
) -> list[str]:
    """Finds the kinds of all rows; the names of their columns in a table that has them in the order of the rows."""
    numpy = sets[0].numpy
    names = [name for place, each in enumerate(sets) for name in each.names(place)]
    columns = ", ".join(f"{name} BIGINT" for name in names)
    duck.execute(f"CREATE TABLE {_FOUND} (number BIGINT, {columns}, hard BOOLEAN)")
    for raw in _pieces(text, table.rows, duck):
        found: dict[str, Array] = {"number": raw["number"]}
        kinds = [each.kinds(raw, at, sources) for at, each in enumerate(sets)]
        hard = numpy.logical_or.reduce([each.hard for each in kinds])
        for place, (own, each) in enumerate(zip(sets, kinds, strict=True)):
            found.update(zip(own.names(place), each.columns, strict=True))
            work.decider.unseen.difference_update(own.seen(each, ~(hard | raw["odd"])))
        duck.connection.register(f"{_FOUND}_piece", {**found, "hard": hard})
        duck.execute(f"INSERT INTO {_FOUND} SELECT * FROM {_FOUND}_piece")
        duck.connection.unregister(f"{_FOUND}_piece")
    return names


def _pieces(text: str, rows: int, duck: Duck) -> Iterator[dict[str, Array]]:
    """The rows of a query some at a time, in their order."""
    if rows > _AT_ONCE:
        duck.execute(f"CREATE TABLE {_RAW} AS {text}")
        text = f"SELECT * FROM {_RAW}"
    for start in range(0, rows, _AT_ONCE):
        where = f" WHERE rowid >= {start} AND rowid < {start + _AT_ONCE}" if rows > _AT_ONCE else ""
        found = duck.execute(f"{text}{where}").fetchnumpy()
        numbers = found["number"]
        if (numbers[1:] < numbers[:-1]).any():
            order = numbers.argsort()
            found = {name: each[order] for name, each in found.items()}
        yield found
    if rows > _AT_ONCE:
        duck.execute(f"DROP TABLE {_RAW}")


# --- the values of a field -----------------------------------------------------------------------------------------


@frozen
class _Source:
    """A field as whole numbers: counts of its smallest unit, days, or the ``codes`` of texts that rules name."""

    name: str
    place: int
    text: str
    unit: int
    codes: Mapping[Any, int] | None
    _places: dict[int, Array] = field(factory=dict, eq=False, repr=False)

    @staticmethod
    def of(name: str, place: int, written: Written, found: Mapping[str, Chain]) -> _Source:
        """A field that chains look at. Raises NotCarried."""
        value, declared = written.printer.inputs[name], written.printer.model.fields[name]
        if declared.may_be_blank and declared.missing_values:
            raise NotCarried("blank values")
        columns = [column for chain in found.values() for each, column in chain.columns if each == name]
        codes: dict[Any, int] | None = None
        unit, absent = 1, (_ABSENT, _BLANK)
        match declared.type:
            case Text() | Choice() | YesNo():
                if any(each.points is not None for each in columns):
                    raise NotCarried("order of texts")
                absent = (0, 1)
                codes = {}
                for each in (one for column in columns for one in column.places):
                    if isinstance(each, str | bool):
                        codes.setdefault(each, _NAMED + len(codes))
                if isinstance(declared.type, YesNo):
                    yes, no = (codes.get(each, 2) for each in (True, False))
                    text = f"CASE WHEN {value.text} THEN {yes} ELSE {no} END"
                elif codes:
                    text = f"coalesce({_NAMED} + enum_code(TRY_CAST({value.text} AS {_CODES}{place})), 2)"
                else:
                    text = "2"
            case Date():
                text = f"{value.text} - DATE '1970-01-01'"
            case _:
                unit = 10**value.scale
                text = f"{value.text} * {unit}" if value.scale else value.text
        blank = written.printer.blanks.get(p.Input(name), "FALSE") if declared.may_be_blank else "FALSE"
        missing = f"CASE WHEN {blank} THEN {absent[1]} ELSE {absent[0]} END"
        text = f"CASE WHEN {value.text} IS NULL THEN {missing} ELSE {text} END"
        return _Source(name, place, f"CAST({text} AS BIGINT)", unit, codes)

    def prepare(self, duck: Duck) -> None:
        """Makes what the text rests on."""
        if self.codes and not all(isinstance(each, bool) for each in self.codes):
            values = ", ".join(DUCKDB.text(each) for each in self.codes)
            duck.execute(f"CREATE TYPE {_CODES}{self.place} AS ENUM ({values})")

    def cells(self, np: ModuleType, raw: Array, column: Column) -> Array:
        """The cells of a column in which values lie."""
        if self.codes is not None:
            known = [MISSING, BLANKS, FIRST, *(column.places.get(each, FIRST) for each in self.codes)]
            return np.array(known, "int32")[raw]
        if column.points is not None:
            at, equal = self._at(np, raw, column, column.points)
            found = FIRST + 2 * at + equal
        else:
            ordered = sorted((each, cell) for each, cell in column.places.items() if cell > FIRST)
            at, equal = self._at(np, raw, column, [each for each, _ in ordered])
            named = np.array([*(cell for _, cell in ordered), FIRST], "int64")
            found = np.where(equal, named[at], FIRST)
        found = np.where(raw == _ABSENT, MISSING, found)
        return np.where(raw == _BLANK, BLANKS, found)

    def _at(self, np: ModuleType, raw: Array, column: Column, points: Sequence[Any]) -> tuple[Array, Array]:
        """How many points of a column lie below each value, and whether the next one is the value itself."""
        twice = self._places.get(id(column))
        if twice is None:  # a point between two values lies at an odd number
            twice = self._places[id(column)] = np.array([*map(self._twice, points)], "int64")
        at = np.searchsorted(twice, raw * 2)
        return at, np.append(twice, 1)[at] == raw * 2

    def _twice(self, point: Any) -> int:
        if isinstance(point, date):
            return 2 * (point - date(1970, 1, 1)).days
        count = Fraction(point.amount if isinstance(point, Duration) else point) * self.unit
        return max(-_FAR, min(_FAR, 2 * (count.numerator // count.denominator) + (count.denominator > 1)))


# --- the sets of a decision ----------------------------------------------------------------------------------------


@frozen
class _Kinds:
    """What the rows are like as one decision sees them: ``columns`` tell their kinds, ``hard`` where only Python can.

    ``flags``: another rule could win with something else.
    """

    winners: Array
    flags: Array
    hard: Array
    columns: tuple[Array, ...]


@frozen
class _Sets:
    """A chain with its sets; ``truths`` are the conditions that SQL tells. Of one that other rules ``read`` all values
    that are possible tell a kind.
    """

    chain: Chain
    numpy: ModuleType = field(repr=False)
    bits: BitSets = field(repr=False)
    truths: tuple[str, ...]
    read: bool
    withheld: bool

    @staticmethod
    def of(chain: Chain, numpy: ModuleType, written: Written, read: bool) -> _Sets:
        """The sets of a chain. Raises NotCarried, TooLargeError."""
        truths = tuple(f"COALESCE(CAST(({written.printer.test(each)}) AS INTEGER), 2)" for each in chain.truths)
        withheld = bool(written.printer.model.outcomes[chain.outcome].when_missing)
        return _Sets(chain, numpy, BitSets.of(numpy, chain.cells, chain.kinds), truths, read, withheld)

    def names(self, place: int) -> tuple[str, ...]:
        """The columns that tell the kinds of the decision at a place."""
        return (f"k{place}", f"o{place}") if self.read else (f"k{place}",)

    def kinds(self, raw: Mapping[str, Array], at: int, sources: Mapping[str, _Source]) -> _Kinds:
        """The kinds of some rows."""
        np, chain = self.numpy, self.chain
        cells = [sources[name].cells(np, raw[f"f{sources[name].place}"], column) for name, column in chain.columns]
        truths = np.array([FIRST, FIRST + 1, MISSING], "int32")
        cells += [truths[raw[f"t{at}_{place}"]] for place, _ in enumerate(self.truths)]
        winners = self.bits.first(cells)
        given = np.append(np.array(chain.kinds, "int64"), len(chain.values) - 1)[winners]
        doubtful = np.flatnonzero(np.logical_or.reduce([each == MISSING for each in cells]))
        some, best = [each[doubtful] for each in cells], winners[doubtful]
        beyond = np.zeros(len(chain.kinds) + 1, bool)
        beyond[list(chain.open)] = True
        hard = beyond[winners]
        if chain.open:
            hard[doubtful] |= self.bits.precede(some, best, [beyond[:-1]])[0]
        flags = np.zeros(len(winners), bool)
        if not self.read:
            flags[doubtful] = self.bits.others(some, best, given[doubtful])
            return _Kinds(winners, flags, hard, (given * 2 + flags,))
        possible = np.zeros(len(winners), "int64")
        own = np.array(chain.kinds, "int64")
        chosen = [own == kind for kind, _ in enumerate(chain.values)]
        for kind, found in enumerate(self.bits.precede(some, best, chosen)):
            other = found & (given[doubtful] != kind)
            possible[doubtful] |= other.astype("int64") << kind
        flags = possible != 0
        return _Kinds(winners, flags, hard, (given, possible))

    def seen(self, kinds: _Kinds, usable: Array) -> set[int]:
        """The branches that make an answer in usable rows."""
        counted = usable & (kinds.winners >= 0)
        if self.withheld:
            counted &= ~kinds.flags
        return {self.chain.branches[each] for each in self.numpy.unique(kinds.winners[counted])}
