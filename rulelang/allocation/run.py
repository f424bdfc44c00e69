"""Decides priority and needs of every customer of a source, allocates them, and writes who goes to whom and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from rulelang.allocation.allocate import Allocation, Placement, allocate
from rulelang.allocation.parties import Client, Manager
from rulelang.allocation.tables import CLIENT_TITLES, ClientColumns, Managers, find_columns
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.comparing.comparing import key_place
from rulelang.engine.reading.customers import Customers, Reading
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.output import head, outcome_name, speller
from rulelang.engine.running.rows import RowDecider
from rulelang.engine.sinks.opening import SinkOptions, open_sink
from rulelang.engine.sources.source import Source
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Length, Money, Number

COLUMNS = {"en": ("assigned_to", "assigned_because"), "zh": ("分配给", "分配理由")}
PRIORITY, NEEDS = ("priority", "优先级"), ("needs", "需求")

Tell = Callable[[Placement | str], str]  # words for a placement, or for why a row was not allocated

UNREADABLE, TWICE = "unreadable", "twice"


@frozen
class Wanted:
    """What is asked for: the outcomes for priority and needs by name (empty: those of the usual names), columns by
    role, the column that says who a customer is, the language of the result.
    """

    priority: str = ""
    needs: str = ""
    roles: Mapping[str, str] = {}
    key: str | None = None
    language: str = "en"


@frozen
class Allocated:
    """An allocation, with the customers left out: rows that can't be read, and customers who stand there twice.

    ``keys`` say by row who a customer is, where a column does.
    """

    source: str
    as_of: date
    priority: Outcome
    allocation: Allocation
    rows: int
    rejected: int
    twice: tuple[int, ...]
    undecided: int
    notes: tuple[Diagnostic, ...] = ()
    target: str | None = None
    keys: Mapping[int, str] = field(factory=dict, hash=False)


def allocate_source(
    ruleset: Ruleset,
    source: Source,
    managers: Managers,
    as_of: date,
    reading: Reading,
    wanted: Wanted,
    target: str | None = None,
    tell: Tell = str,
) -> Allocated:
    """Allocates the customers of a source; every row is written to ``target``, with the manager and the reason.

    Raises DataError (what reading raises; ``allocate-priority``, ``role-column``, ``missing-extra``) and RuleError.
    """
    priority = _outcome(ruleset, wanted.priority, PRIORITY)
    if priority is None or not _has_size(priority):
        facts = {"name": wanted.priority or PRIORITY[0], "found": None if priority is None else priority.name}
        near = nearest(wanted.priority or PRIORITY[0], list(ruleset.model.outcomes))
        raise DataError((Diagnostic("allocate-priority", facts=facts, nearest=tuple(near)),))
    needs = _outcome(ruleset, wanted.needs, NEEDS)
    columns = ClientColumns(find_columns(source.columns, CLIENT_TITLES, wanted.roles))
    customers = Customers([ruleset.model], [as_of], source, reading)
    decider = RowDecider(ruleset, as_of)
    place = key_place(wanted.key, source)
    clients: list[Client] = []
    twice: dict[int, int] = {}
    seen: dict[str, int] = {}
    sizes: list[Any] = []
    told: dict[int, object] = {}
    spell = speller(priority, wanted.language, typed=False)
    for customer in customers:
        row = customer.row
        key = "" if place is None else clean_text(str(row.cells[place] or ""))
        if key and key in seen:
            twice[row.number] = seen[key]
            continue
        seen[key] = row.number
        verdict = decider.decide([customer.values[0][name] for name in decider.fields])
        answers = dict(zip(decider.outcomes, verdict.answers, strict=True))
        sizes.append(_size(priority, answers[priority.name]))
        told[row.number] = spell(answers[priority.name])
        wants = answers[needs.name] if needs is not None else ()
        clients.append(
            Client(
                row.number,
                0,
                frozenset(wants if isinstance(wants, tuple) else (wants,) if wants else ()),
                columns.text("region", row.cells),
                columns.text("manager", row.cells),
                columns.text("pinned", row.cells),
                columns.several("excluded", row.cells),
            )
        )
    keys = {label: key for key, label in needs.text_labels} if needs is not None else {}
    skilled = [
        evolve(each, skills=frozenset(keys.get(skill, skill) for skill in each.skills)) for each in managers.managers
    ]
    found = allocate(list(_ranked(clients, sizes)), skilled)
    if target is not None:
        titles = (outcome_name(priority, wanted.language), *COLUMNS[wanted.language])
        _write(source, found, twice, told, as_of, target, tell, titles, wanted.language)
    undecided = sum(each is None for each in sizes)
    return Allocated(
        source.name,
        as_of,
        priority,
        found,
        customers.rows,
        customers.rejected,
        tuple(twice),
        undecided,
        (*customers.notes, *_not_used(columns, needs, managers, clients), *_unknown_managers(found, managers.managers)),
        target,
        {} if place is None else {row: key for key, row in seen.items() if key},
    )


def _outcome(ruleset: Ruleset, name: str, usual: tuple[str, ...]) -> Outcome | None:
    outcomes = ruleset.model.outcomes.values()
    names = (name,) if name else usual
    return next((each for each in outcomes if each.name in names or each.label in names), None)


def _has_size(outcome: Outcome) -> bool:
    """Whether its values go from less to more."""
    type_ = outcome.type
    return (isinstance(type_, Choice) and type_.ordered) or isinstance(type_, Number | Money | Length)


def _size(outcome: Outcome, answer: Any) -> Any:
    return outcome.type.rank(answer) if isinstance(outcome.type, Choice) and answer is not None else answer


def _ranked(clients: list[Client], sizes: list[Any]) -> Iterator[Client]:
    """The clients with their ranks: 1 for the lowest priority there is, 0 for those of whom it is not known."""
    ranks = {size: rank for rank, size in enumerate(sorted({each for each in sizes if each is not None}), start=1)}
    for client, size in zip(clients, sizes, strict=True):
        yield evolve(client, rank=0 if size is None else ranks[size])


def _not_used(
    columns: ClientColumns, needs: Outcome | None, managers: Managers, clients: Sequence[Client]
) -> Iterator[Diagnostic]:
    """Warnings where one side says what the other does not: regions, skills."""
    with_regions = any(each.regions for each in managers.managers)
    without = sum(each.region is None for each in clients)
    if "region" not in columns.places and with_regions:
        yield Diagnostic("region-not-used")
    elif "region" in columns.places and "region" not in managers.roles:
        yield Diagnostic("region-of-managers")
    elif without and with_regions:
        yield Diagnostic("region-missing", facts={"count": without})
    if needs is None and any(each.skills for each in managers.managers):
        yield Diagnostic("skills-not-used")


def _unknown_managers(allocation: Allocation, managers: tuple[Manager, ...]) -> Iterator[Diagnostic]:
    """Pins to somebody who is not in the list, each name once."""
    names = [each.name for each in managers]
    pins: dict[str, int] = {}
    for each in allocation.placements:
        if each.client.pinned is not None and each.client.pinned not in names:
            pins.setdefault(each.client.pinned, each.client.row)
    for name, row in pins.items():
        yield Diagnostic("pinned-to-nobody", facts={"name": name, "row": row}, nearest=tuple(nearest(name, names)))


def _write(
    source: Source,
    allocation: Allocation,
    twice: Mapping[int, int],
    priorities: Mapping[int, object],
    as_of: date,
    target: str,
    tell: Tell,
    titles: tuple[str, ...],
    language: str,
) -> None:
    """Every row of the source, in its order; nobody is lost, whatever was wrong with the row."""
    placements = {each.client.row: each for each in allocation.placements}
    columns = head(source.columns, titles, language).columns
    marked = source.format == "excel" or source.encoding not in (None, "utf-8")
    width = len(source.columns)
    with ExitStack() as stack:
        sink = stack.enter_context(
            open_sink(target, columns, SinkOptions("utf-8-sig" if marked else "utf-8", made_on=as_of))
        )
        for row in source.rows():
            cells = [*row.cells[:width], *[None] * (width - len(row.cells))]
            placement = placements.get(row.number)
            if placement is not None:
                sink.write([*cells, priorities[row.number], placement.manager, tell(placement)])
            else:
                reason = f"{TWICE} {twice[row.number]}" if row.number in twice else UNREADABLE
                sink.write([*cells, None, None, tell(reason)])
        sink.finish()
        sink.commit()
