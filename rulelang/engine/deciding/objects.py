"""How objects of a class are decided: those of a class that is met often by functions made for it.

    road = Road.added(situation, Customer)
    road.quick(customer, Decision, situation)     # None: decide what road.row(customer) shows

A class is held weakly: what was made for it goes when it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from weakref import ref

from rulelang.backends.python.objects import Layout, layout_of, row_maker
from rulelang.vocabulary.rows import as_row, is_customer

if TYPE_CHECKING:
    from rulelang.engine.deciding.situation import Situation

OFTEN = 200  # objects of a class after which functions are made for it: that takes about as long as to decide so many

Answer = Callable[[Any], dict[str, Any]]


class Road:
    """How objects of one class are decided on one day: ``quick`` as in `rulelang.backends.python.bound.Bound`, and
    ``row`` for those of whom it makes nothing."""

    __slots__ = ("_kind", "_many", "_seen", "_situation", "quick", "row")

    quick: Callable[[Any, Callable[[], Any], Any], Any]
    row: Callable[[Any], Any]

    def __init__(self, situation: Situation, kind: ref[type]) -> None:
        self._situation, self._kind, self._seen = situation, kind, 0
        self._many: Callable[..., Iterator[Any]] | None = None
        self.quick, self.row = self._counting, as_row

    @classmethod
    def added(cls, situation: Situation, kind: type) -> Road:
        """The road of a class, one of the situation's from now on."""
        roads, key = situation.roads, id(kind)
        road: Road = roads.setdefault(key, cls(situation, ref(kind, lambda _: roads.pop(key, None))))
        return road

    def many(self, first: Any, count: int) -> Callable[..., Iterator[Any]] | None:
        """The loop over so many objects, the first of them given; None where they are decided one by one."""
        if self._seen < OFTEN <= count:
            self._make(first)
        return self._many

    def _counting(self, customer: Any, make: object, situation: object) -> None:
        self._seen += 1
        if self._seen >= OFTEN:
            self._make(customer)

    def _make(self, sample: Any) -> None:
        kind, situation = type(sample), self._situation
        layout = layout_of(kind, _keys(situation), sample)
        made = None if layout is None or self._kind() is not kind else _functions(situation, layout)
        if layout is not None:
            self.row = row_maker(kind, layout)
        self._many = None if made is None else made["many"]
        self.quick = _nothing if made is None else made["quick"]
        self._seen = OFTEN


def compiled(situation: Situation, kind: type, answers: Answer) -> Answer:
    """The function from objects of a class to answers; ``answers`` goes from rows to them.

    Raises TypeError for a class whose objects are no customers.
    """
    if not is_customer(kind):
        raise TypeError(f"a customer is a mapping or an object with attributes, not {kind.__name__}")
    layout = layout_of(kind, _keys(situation))
    if layout is None:
        return lambda customer: answers(as_row(customer))
    row = row_maker(kind, layout)

    def other(customer: Any) -> dict[str, Any]:
        return answers(row(customer) if customer.__class__ is kind else as_row(customer))

    made = _functions(situation, layout, KIND=kind, other=other)
    found: Answer = other if made is None else made["outcomes"]
    return found


def _functions(situation: Situation, layout: Layout, **more: Any) -> Any:
    if situation.quick is None:
        return None
    return situation.bound.program.of_objects(layout, situation.bound, **more)


def _keys(situation: Situation) -> set[str]:
    """Under which names the values may stand that the rules read."""
    read = {*situation.bound.program.fields}
    fields = (each for each in situation.ruleset.declarations.fields.values() if each.name in read)
    return read.union(each.label for each in fields if each.label is not None)


def _nothing(customer: object, make: object, situation: object) -> None:
    """Nothing is made in a short way."""
