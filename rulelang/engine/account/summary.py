"""What a run over many rows came to, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.deciding.population import Cuts
from rulelang.vocabulary.declarations import Outcome, Value


@frozen
class ClassCount:
    """How many rows have a value; for an outcome that collects, a row counts for each of its values."""

    value: Value
    count: int


@frozen
class OutcomeSummary:
    """What was decided for one outcome.

    ``classes`` counts its values: every declared value of a choice in the order declared, other values the commonest
    first; ``others`` counts the rows whose values were too many to list. ``least``, ``greatest`` and ``total`` are
    those of numbers (least and greatest of dates and lengths of time too), None for anything else.
    ``standings`` has the number of rows for each standing; their sum is the number of rows decided.
    """

    outcome: Outcome
    classes: tuple[ClassCount, ...]
    others: int
    least: Value | None
    greatest: Value | None
    total: Value | None
    standings: Mapping[str, int]


@frozen
class FieldSummary:
    """A field that the rules read: its column (None where the data has none), and in how many rows it is missing."""

    name: str
    column: str | None
    missing: int


@frozen
class Finding:
    """Something about the data: its first occurrence (``row`` among the facts), in how many rows it was found."""

    diagnostic: Diagnostic
    count: int


@frozen
class QualityFinding:
    """What failed a check of the data: the check (``required``, ``range``, ``format`` …), the field with its label and
    its column (None where the data has none), how many rows, the first of them, and the first finding itself.
    """

    check: str
    field: str
    label: str | None
    column: str | None
    count: int
    rows: tuple[int, ...]
    diagnostic: Diagnostic


@frozen
class Rejection:
    """A row that could not be read, and why."""

    row: int
    faults: tuple[Diagnostic, ...]


@frozen
class ListSummary:
    """A second table with the records of a list: its rows, those with cells that could not be read, and those that
    belong to no customer.
    """

    list: str
    source: str
    rows: int
    rejected: int
    without_customer: int


@frozen
class ElementsSummary:
    """What was decided for the records of a list: how many there are, each of their outcomes, and the files
    (``targets``) it was written to.
    """

    list: str
    records: int
    outcomes: tuple[OutcomeSummary, ...]
    targets: tuple[str, ...]


@frozen
class RunSummary:
    """The account of a run.

    ``source``, ``target`` and ``rejects`` are files as the user named them (None: not written). ``rows`` were read,
    blank ones not counted; ``rejected`` of them could not be. ``rejections`` are the first of those. ``never_fired``
    are rules in force that gave no row its answer, ``overruled`` those of them whose conditions did hold for a row,
    where another rule decided. ``findings`` are about the data, the most frequent first; ``notes`` about the source
    and the result as a whole. ``columns`` and ``preview`` are the head and the first rows
    of the result, as text. ``cuts`` are the cut points where rules ask where customers stand among all. ``lists``
    are the second tables that lists came from, ``elements`` what was decided for the records of lists. ``quality`` is
    what failed the checks of the vocabulary, the most frequent first (None: not checked), ``refused`` whether nothing
    was written because of that, ``details`` the file that lists every place.
    """

    source: str
    target: str | None
    rejects: str | None
    as_of: date
    fingerprint: str
    language: str
    rows: int
    rejected: int
    outcomes: tuple[OutcomeSummary, ...]
    fields: tuple[FieldSummary, ...]
    never_fired: tuple[str, ...]
    findings: tuple[Finding, ...]
    rejections: tuple[Rejection, ...]
    notes: tuple[Diagnostic, ...]
    unused_columns: tuple[str, ...]
    columns: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]
    cuts: Cuts | None = None
    lists: tuple[ListSummary, ...] = ()
    elements: tuple[ElementsSummary, ...] = ()
    quality: tuple[QualityFinding, ...] | None = None
    refused: bool = False
    details: str | None = None
    overruled: tuple[str, ...] = ()

    @property
    def decided(self) -> int:
        """The rows that were read and went through the rules."""
        return self.rows - self.rejected
