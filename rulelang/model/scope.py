"""What an expression of the model can see when it is evaluated for one customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.program import Model
from rulelang.model.walking import blank_with


@frozen
class Scope:
    """What an expression can see: cleaned values of fields, and of outcomes what they came to or may come to.

    A missing field is None, a blank that is an answer BLANK, and so is an outcome that had no rule.
    ``records`` has the record in hand of a list, ``aggregated`` what aggregates and quantifiers are taken to be,
    ``standings`` the standing of each outcome decided.
    """

    model: Model
    as_of: date
    fields: Mapping[str, Any]
    outcomes: Mapping[str, Any]
    records: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    aggregated: Mapping[Aggregated, Any] = field(factory=dict)
    standings: Mapping[str, str] = field(factory=dict)

    def is_blank(self, expression: Expression) -> bool:
        """Whether an expression is known to have no value: nothing compares with that (S3).

        Such are a field that may be blank, and is, an outcome that had no rule, and what is read of the latest record
        where there is none. That is known only where it has been found out already (``aggregated``).
        """
        match blank_with(expression):
            case e.FieldRef(name=name):
                return self.fields.get(name) is BLANK
            case e.OutcomeRef(name=name):
                return self.outcomes.get(name) is BLANK
            case e.Aggregate() as aggregate:
                return self.aggregated.get(aggregate) is BLANK
            case e.ElementRef(list=list_, name=name):
                return self.records[list_].get(name) is BLANK
        return False
