"""Customers near some that are known: with another value in one field, at which some condition turns.

near = NearCustomers(models, day)
for other in near.around(customer, ("income", "arrears")): …

Values are as rules see them: None is a missing one, BLANK a blank that is an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from attrs import define, field

from rulelang.explain.boundaries import can_step, constants, may_be, moved, step_of
from rulelang.explain.findings import Spellings, spellings
from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.expressions import Expression
from rulelang.model.program import MEASURE, Model
from rulelang.model.scope import Scope
from rulelang.model.walking import distinct, fields_read, parts
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.lookups import different_keys
from rulelang.vocabulary.types import Choice, Date, ListOf, Text, Type, YesNo

MOST_VALUES = 40  # of a field
MOST_KEYS = 30  # of a table in which it is looked up

Values = Mapping[str, Any]


@define(eq=False)
class NearCustomers:
    """What is worth trying in the fields of one or more models as of a day."""

    models: Sequence[Model]
    day: date
    _read: dict[str, list[tuple[Expression, Model]]] = field(init=False)
    _options: dict[str, tuple[Any, ...]] = field(factory=dict)
    _compared: list[Mapping[str, Spellings]] = field(factory=list)

    @_read.default
    def _find(self) -> dict[str, list[tuple[Expression, Model]]]:
        """The conditions and values by the fields that they read."""
        found: dict[str, list[tuple[Expression, Model]]] = {}
        for model in self.models:
            branches = [branch for rule in model.rules if rule.in_force(self.day) for branch in rule.branches]
            conditions = distinct(branch.condition for branch in branches)
            values = distinct(value for branch in branches for each in branch.assignments for value in values_of(each))
            for expression in (*conditions, *values):
                for name in fields_read(expression):
                    found.setdefault(name, []).append((expression, model))
        return found

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that some rule reads, in the order in which they are read."""
        return tuple(self._read)

    def around(self, customer: Values, names: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The customer with another value in one of some fields, then in the next."""
        for name in names:
            now = customer.get(name)
            for value in (*self._stepped(name, now), *self.values(name)):
                if value is not now and (type(value) is not type(now) or value != now):
                    yield {**customer, name: value}

    def values(self, name: str) -> tuple[Any, ...]:
        """The values of a field that are worth trying: a missing one comes last."""
        if name not in self._options:
            found = islice(dict.fromkeys(self._worth_trying(name)), MOST_VALUES)
            declared = self._declared(name)
            kept = [each for each in found if all(self._may_be(one, each) for one in declared)]
            blank = [BLANK] if all(each.may_be_blank for each in declared) else []
            self._options[name] = (*kept, *blank, None)
        return self._options[name]

    def _stepped(self, name: str, now: Any) -> Iterator[Any]:
        """Values a little and a good deal below and above one."""
        declared = self._declared(name)[0]
        if now is None or now is BLANK or name.startswith(MEASURE) or not can_step(declared):
            return
        count = 365 if isinstance(now, date) else int(abs(now))
        for size in dict.fromkeys((1, count // 10, count // 2)):
            for each in (moved(declared, now, way * size, 1) for way in (1, -1) if size):
                if each is not None and all(self._may_be(one, each) for one in self._declared(name)):
                    yield each

    def _declared(self, name: str) -> list[Field]:
        return [model.fields[name] for model in self.models if name in model.fields]

    def _may_be(self, declared: Field, value: Any) -> bool:
        return fits(declared.type, value) and may_be(declared, value, self.day)

    def _worth_trying(self, name: str) -> Iterator[Any]:
        declared = self._declared(name)[0]
        match declared.type:
            case YesNo():
                yield from (True, False)
            case Choice() as choice:
                yield from choice.keys()
            case Text():
                yield from self._texts(name)
        if name.startswith(MEASURE) or not can_step(declared):
            return
        near: list[Any] = []
        for expression, model in self._read.get(name, ()):
            scope = Scope(model, self.day, {}, {})
            size = step_of(declared, 0, expression, scope)
            for each in constants(expression, declared, scope):
                yield each
                near += (moved(declared, each, count, size) for count in (-1, 1))
        yield from (each for each in near if each is not None)
        if isinstance(declared.type, Date):
            yield self.day

    def _texts(self, name: str) -> Iterator[str]:
        """Texts that are compared with, keys under which different things are found, and one that is none of these."""
        looked_up = (
            (each, model)
            for expression, model in self._read.get(name, ())
            for each in parts(expression)
            if isinstance(each, e.Lookup) and isinstance(each.key, e.FieldRef) and each.key.name == name
        )
        for lookup, model in looked_up:
            yield from islice(different_keys(model.lists[lookup.table], lookup.key_column), MOST_KEYS)
        if not self._compared:
            self._compared = [spellings(model) for model in self.models]
        for of_model in self._compared:
            compared = of_model.get(name)
            yield from sorted(compared.exact)[:MOST_KEYS] if compared is not None else ()
        yield "…"


def fits(type_: Type, value: Any) -> bool:
    """Whether a field of a type can hold a value that another one holds."""
    match type_:
        case Choice() as choice:
            return value in tuple(choice.keys())
        case YesNo():
            return isinstance(value, bool)
        case Text():
            return isinstance(value, str)
        case Date():
            return isinstance(value, date)
        case ListOf():
            return isinstance(value, tuple | list)
    return not isinstance(value, bool | str | date | tuple | list)


def shifted(customer: Values, days: timedelta) -> dict[str, Any]:
    """The same customer as much later: all dates moved by so many days, those of records too."""

    def later(value: Any) -> Any:
        if isinstance(value, date):
            return value + days
        if isinstance(value, tuple | list):
            return type(value)(map(later, value))
        return {name: later(each) for name, each in value.items()} if isinstance(value, Mapping) else value

    return {name: later(value) for name, value in customer.items()}
