"""Checked rules that decide customers: what files, tables and advice rest on, whatever door they were reached by.

decider = Decider(model)
decider.decide({"last_purchase": date(2025, 1, 1)}, as_of=date(2026, 1, 1))["lifecycle"]
"""

from __future__ import annotations

from rulelang.engine.deciding.customers import decide_each, decide_object, decide_row, values_of
from rulelang.engine.deciding.decision import Decision, decide_values
from rulelang.engine.deciding.situation import Situation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal, Self, TypeVar, overload

    from rulelang.backends.python.bound import Bound
    from rulelang.backends.python.program import Program
    from rulelang.diagnostics.diagnostic import DataError
    from rulelang.engine.deciding.kept import Kept
    from rulelang.engine.deciding.population import Cuts, MeasuredReader
    from rulelang.explain.findings import Spellings
    from rulelang.model.program import Model

    Customer = TypeVar("Customer")
    Made = TypeVar("Made")

if TYPE_CHECKING:
    from datetime import date
else:
    try:
        # The very class that `datetime` has, without the slow twin in Python that it reads first.
        from _datetime import date
    except ImportError:
        from datetime import date

MOST_SITUATIONS = 64


class Decider:
    """Rules that decide: their ``model``, and cut points of a whole base where some are given (``cuts``). It is
    immutable, safe to share between threads, and it pickles.

    What it has compiled is kept and is no part of its value: two of one model are equal.
    """

    # Written out, and with imports where they are used: attrs, the model and the printer of code take many times longer
    # to import than a ruleset that was compiled before takes to its first decision.

    __slots__ = ("__weakref__", "_compiled", "_cuts", "_kept", "_model", "_situations", "_when_compiled")

    def __init__(self, model: Model, cuts: Cuts | None = None) -> None:
        self._model: Model | None = model
        self._cuts = cuts
        self._kept: Kept | None = None
        self._when_compiled: Callable[[Decider, Situation], None] | None = None
        self._compiled: dict[str, Any] = {}
        self._situations: dict[datetime.date, Situation] = {}

    @classmethod
    def of_kept(cls, kept: Kept) -> Self:
        """The ruleset that was compiled before; its model is read, or made again, when it is first asked for."""
        made = cls.__new__(cls)
        made._model, made._cuts, made._kept, made._when_compiled = None, None, kept, None
        made._compiled, made._situations = {}, {}
        return made

    def once_compiled(self, call: Callable[[Decider, Situation], None]) -> Self:
        """The ruleset itself, which calls something with the first situation that it is compiled for."""
        self._when_compiled = call
        return self

    @property
    def model(self) -> Model:
        """What the rules mean."""
        if self._model is None and self._kept is not None:
            self._model = self._kept.model
        assert self._model is not None
        return self._model

    @property
    def declarations(self) -> Model:
        """The model, its rules perhaps left out: reading them takes long where there are many."""
        if self._model is None and self._kept is not None:
            return self._kept.declarations
        return self.model

    @property
    def cuts(self) -> Cuts | None:
        """The cut points of a whole base of customers, where there are any."""
        return self._cuts

    def __eq__(self, other: object) -> bool:
        return self.model == other.model if isinstance(other, Decider) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        name = self.declarations.header.name
        return f"<{type(self).__name__}{f' “{name}”' if name else ''}, fingerprint {self.fingerprint}>"

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that stand for the meaning of the rules."""
        if self._kept is not None:
            return str(self._kept.head["fingerprint"])
        from rulelang.model.fingerprint import fingerprint

        return self._keep("fingerprint", lambda: fingerprint(self.model))

    def decide(self, customer: Any, as_of: datetime.date | None = None) -> Decision:
        """Decides one customer: a mapping by field name or label, an attrs or dataclass object.

        The as-of date is today where none is given. Raises DataError for a value that can't be read, RuleError where
        the ruleset isn't valid on the as-of date.
        """
        situation = self._situations.get(as_of) if as_of.__class__ is date else None
        if situation is None:
            situation = self.situation(as_of)
        if customer.__class__ is not dict:
            return decide_object(situation, customer)
        quick = situation.quick
        if quick is not None:
            decision: Decision | None = quick(customer, Decision, situation)
            if decision is not None:
                return decision
        return decide_row(situation, customer)

    def decide_values(self, values: Sequence[Any], as_of: datetime.date | None = None) -> Decision:
        """Decides a customer whose values have been read, in the order that the compiled program takes.

        A missing value is None, a blank that is an answer `rulelang.model.contributions.BLANK`.
        """
        return decide_values(self.situation(as_of), tuple(values))

    if TYPE_CHECKING:

        @overload
        def decide_many(
            self, customers: Iterable[Any], as_of: datetime.date | None = None, *, errors: Literal["raise"] = "raise"
        ) -> Iterator[Decision]: ...

        @overload
        def decide_many(
            self, customers: Iterable[Any], as_of: datetime.date | None = None, *, errors: Literal["return"]
        ) -> Iterator[Decision | DataError]: ...

    def decide_many(
        self, customers: Iterable[Any], as_of: datetime.date | None = None, *, errors: str = "raise"
    ) -> Iterator[Decision] | Iterator[Decision | DataError]:
        """Decides customers one by one, all as of the same day; raises as `decide` does.

        With ``errors="return"`` the DataError of a customer who can't be read stands in the decision's place.
        """
        situation = self.situation(as_of)
        if errors == "raise":
            return decide_each(situation, customers)
        from rulelang.engine.deciding.daily import with_errors

        return with_errors(lambda each: self.decide(each, situation.as_of), customers, errors)

    if TYPE_CHECKING:

        @overload
        def compile(self, as_of: datetime.date | None = None, /) -> Callable[[Mapping[str, Any]], dict[str, Any]]: ...

        @overload
        def compile(self, *, as_of: datetime.date | None) -> Callable[[Mapping[str, Any]], dict[str, Any]]: ...

        @overload
        def compile(
            self, kind: type[Customer], as_of: datetime.date | None = None
        ) -> Callable[[Customer], dict[str, Any]]: ...

    def compile(self, kind: Any = None, as_of: datetime.date | None = None) -> Callable[[Any], dict[str, Any]]:
        """A plain function from a mapping to the outcomes' answers, for hot loops; it raises as `decide` does.

        Where a class is given, from its objects, whose attributes it reads: ``rules.compile(Customer, as_of)``. With
        an as-of date it decides for that day for good, which is fastest; without, for the day of each call.
        """
        if kind is not None and not isinstance(kind, type):
            kind, as_of = None, kind
        if as_of is None:
            from rulelang.engine.deciding.daily import daily

            self.situation()  # what is wrong today is said at once
            return daily(self.as_of, lambda day: self.compile(kind, day))
        situation = self.situation(as_of)
        answers = situation.bound.outcomes
        if self.cuts is not None:

            def answers(row: Mapping[str, Any]) -> dict[str, Any]:
                return situation.bound.answers(values_of(situation, row, []))

        if kind is None:
            return answers
        from rulelang.engine.deciding.objects import compiled

        return compiled(situation, kind, answers)

    def with_thresholds(self, **values: Any) -> Self:
        """The ruleset with other values of some thresholds, by name or label; text is read as in a rule file.

        Raises RuleError for a threshold that doesn't exist or a value that doesn't fit.
        """
        from rulelang.engine.deciding.thresholds import with_values
        from rulelang.lowering.dates import may_share_cut_offs

        other = type(self)(with_values(self.model, values), self.cuts)
        if may_share_cut_offs(self.model, other.model):
            # The generated code leaves thresholds open, so it serves both.
            other._compiled["program"] = self._program
        return other

    def count(self, customers: Iterable[Any], as_of: datetime.date | None = None) -> Cuts:
        """The cut points of a whole base of customers, each as `decide` takes it; for `with_cuts`."""
        from rulelang.engine.deciding.population import count_all

        return count_all(self.model, customers, self.as_of(as_of))

    def with_cuts(self, cuts: Cuts) -> Self:
        """The ruleset with cut points of a whole base, so that ``decide`` knows where one customer stands among all:
        from `count`, the summary of a run, or a file read by `rulelang.engine.reading.cut_files.load_cuts`.
        """
        other = type(self)(self.model, cuts)
        other._compiled |= {name: made for name, made in self._compiled.items() if name == "program"}
        return other

    def situation(self, as_of: datetime.date | None = None) -> Situation:
        """The ruleset bound to an as-of date, today where none is given. Raises RuleError as `decide` does."""
        plain = as_of if as_of.__class__ is date else None
        found = None if plain is None else self._situations.get(plain)
        if found is not None:
            return found
        day = self.as_of(as_of)
        # Two moments of one day are as good as equal to whatever counts in days.
        key = getattr(day, "moment", day)
        found = self._situations.get(key)
        if found is None:
            found = Situation(self, day, self._bound(day))
            if len(self._situations) >= MOST_SITUATIONS:
                oldest = list(self._situations)[0]  # noqa: RUF015 - a list is made at once, even among threads
                self._situations.pop(oldest, None)
            self._situations[key] = found
            if self._when_compiled is not None:
                call, self._when_compiled = self._when_compiled, None
                call(self, found)
        return found

    def _bound(self, day: datetime.date) -> Bound:
        """The functions for a day, after a look at whether the ruleset is valid then."""
        kept = self._kept
        if kept is not None:
            kept.require_validity(day)
            return kept.program_kept.bind(day)
        from rulelang.engine.deciding.validity import require_validity

        require_validity(self.model, day)
        return self._program.bind(self.model, day)

    def as_of(self, given: datetime.date | None = None) -> datetime.date:
        """The as-of date where one is given or none: today; with its time of day where the rules count hours.

        Raises RuleError (``as-of-needs-time``) where they do and the date given has no time.
        """
        if not (self._keep("hours", self._counts_hours) if self._kept is None else self._kept.head["hours"]):
            if given is None:
                return date.today()
            if given.__class__ is date:
                return given
            from rulelang.values.moments import plain_day

            return plain_day(given)
        from rulelang.engine.deciding.moment import moment_for

        return moment_for(given)

    def _counts_hours(self) -> bool:
        from rulelang.engine.deciding.validity import counts_hours

        return counts_hours(self.model)

    @property
    def source(self) -> str:
        """The generated Python, for those who want to read it."""
        return self._program.emitted.source

    @property
    def spellings(self) -> Mapping[str, Spellings]:
        """The texts that the rules compare fields with."""
        from rulelang.explain.findings import spellings  # not needed to decide

        return self._keep("spellings", lambda: spellings(self.model))

    def translator(self, lang: str) -> Callable[[str], str]:
        """Puts conditions of the rules into a language, ``en`` or ``zh``."""
        from rulelang.explain.translate import translator  # not needed to decide

        return self._keep(f"translator {lang}", lambda: translator(self.model, lang))

    @property
    def measured(self) -> MeasuredReader:
        """Reads what measures of the population rest on."""
        from rulelang.engine.deciding.population import MeasuredReader

        return self._keep("measured", lambda: MeasuredReader(self.model))

    @property
    def _program(self) -> Program:
        from rulelang.backends.python.program import build

        return self._keep("program", lambda: build(self.model))

    def _keep(self, name: str, make: Callable[[], Made]) -> Made:
        """Makes something once; two threads may both make it, and get the same."""
        if name not in self._compiled:
            self._compiled.setdefault(name, make())
        made: Made = self._compiled[name]
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.model, self.cuts)
