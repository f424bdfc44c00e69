"""A ruleset's generated functions for one as-of date. This module imports nothing: deciding needs no more."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import Any, Protocol

    from rulelang.backends.python.objects import Layout
    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.lowering.planned import Plan
    from rulelang.model.contributions import Result

    Row = Mapping[str, Any]
    Values = tuple[Any, ...]
    KnownRecords = tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    JudgedRecords = tuple[tuple[Result, ...], ...] | None

    class Coded(Protocol):
        """What is asked of the program that the functions belong to, be it compiled just now or kept."""

        @property
        def plan(self) -> Plan: ...

        @property
        def fields(self) -> tuple[str, ...]: ...

        @property
        def outcomes(self) -> tuple[str, ...]: ...

        @property
        def branch_rules(self) -> Sequence[str]: ...

        @property
        def known_keys(self) -> frozenset[str]: ...

        def of_objects(self, layout: Layout, bound: Bound, **more: Any) -> Mapping[str, Any] | None: ...


class Bound:
    """A ruleset's functions for one as-of date.

    ``outcomes``: a row to its answers. ``read``: a row to the values of the fields; findings are appended to its
    report. ``decided``: values to the answers and the branch that won each (a list of branches for a sum or a list),
    or None where something is unknown. ``standing``: values to the full result of every decision. Both also give what
    was decided for records: for each stage of the plan, record by record. ``answers``: values to the answers alone.
    ``quick``: a dict to a decision, or to None where something is unknown or has to be read first; ``many``: rows, each
    with a decision to be filled, to decisions; None in their place for large rulesets and those with lists.
    ``namespace``: what the generated code sees.
    """

    __slots__ = ("answers", "as_of", "decided", "many", "namespace", "outcomes", "program", "quick", "read", "standing")

    outcomes: Callable[[Row], dict[str, Any]]
    read: Callable[[Row, list[Diagnostic]], Values]
    decided: Callable[..., tuple[dict[str, Any], tuple[Any, ...], tuple[KnownRecords, ...]] | None]
    standing: Callable[..., tuple[tuple[Result, ...], tuple[JudgedRecords, ...]]]
    answers: Callable[[Values], dict[str, Any]]
    quick: Callable[[dict[str, Any], Callable[[], Any], Any], Any] | None
    many: Callable[[Iterable[tuple[Any, Any]], Callable[[Any], Any], Any, type], Iterator[Any]] | None

    def __init__(
        self, program: Coded, as_of: date, namespace: dict[str, Any], answers: Callable[[Values], dict[str, Any]]
    ) -> None:
        self.program, self.as_of, self.namespace, self.answers = program, as_of, namespace, answers
        self.outcomes, self.read, self.decided = (namespace[each] for each in ("outcomes", "read", "decided"))
        self.standing, self.quick, self.many = namespace["standing"], namespace.get("quick"), namespace.get("many")


def add_answers(
    namespace: dict[str, Any], outcomes: Sequence[str], stages: Sequence[Sequence[str]]
) -> Callable[[Values], dict[str, Any]]:
    """Gives generated code its ways to answers where something is unknown or records are decided; and the function
    from values to answers.

    ``outcomes`` are the names of the decisions in their order, ``stages`` those decided for records, stage by stage.
    """

    def slow(*values: Any) -> dict[str, Any]:
        results, records = namespace["standing"](*values)
        answers = {name: result.answer for name, result in zip(outcomes, results, strict=True)}
        for stage, judged in zip(stages, records, strict=True):
            for place, name in enumerate(stage):
                answers[name] = None if judged is None else tuple([each[place].answer for each in judged])
        return answers

    def whole(known: tuple[dict[str, Any], Any, tuple[KnownRecords, ...]]) -> dict[str, Any]:
        answers, _, records = known
        for stage, decided in zip(stages, records, strict=True):
            for place, name in enumerate(stage):
                answers[name] = tuple([each[0][place] for each in decided])
        return answers

    def answers(values: Values) -> dict[str, Any]:
        known = namespace["decided"](*values)
        return slow(*values) if known is None else whole(known)

    namespace["slow"], namespace["whole"] = slow, whole
    return answers


class Ignored(list):  # type: ignore[type-arg]  # its items are forgotten
    """A report that nobody reads."""

    def append(self, _: object) -> None:
        """Forgets the finding."""

    extend = append


class Doubt(Exception):  # noqa: N818 - no fault
    """Something turned out to be unknown after all: out of the loops of the rules, on to the next customer."""


# What generated code can reach without importing anything; no builtins but these.
PLAIN: dict[str, Any] = {
    "__builtins__": {},
    "KeyError": KeyError,
    "bool": bool,
    "int": int,
    "len": len,
    "list": list,
    "DOUBT": Doubt,
    "IGNORED": Ignored(),
    "NO_RESTS": {},
    "str": str,
    "tuple": tuple,
    "dict": dict,
}
