"""What a vocabulary asks of data before rules decide on it: checks of fields, apart from what they mean to rules."""

from __future__ import annotations

from attrs import frozen

from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Text


@frozen
class FieldChecks:
    """What is asked of the values of a field, beyond what the field itself says (required, limits, allowed values).

    ``function`` is a plug-in's function that has to say yes to a value, ``pattern`` a text with ``*`` and ``?`` that
    has to describe it. A date may be no older than ``oldest``: a length of time, or the threshold of that name.
    ``unique``: no two rows share a value.
    """

    field: Field
    function: str | None = None
    pattern: str | None = None
    oldest: Duration | None = None
    oldest_threshold: str | None = None
    unique: bool = False

    @property
    def declared(self) -> bool:
        """Whether its declaration asks for more than its type and limits do."""
        return self.asks_more or self.field.required

    @property
    def asks_more(self) -> bool:
        """Whether it asks for more than the field itself says."""
        return bool(self.function or self.pattern or self.oldest or self.oldest_threshold or self.unique)

    @property
    def ever_fails(self) -> bool:
        """Whether a cell could fail at all: any text will do for a text of which nothing is asked."""
        limited = self.field.at_least is not None or self.field.at_most is not None
        return self.declared or limited or not isinstance(self.field.type, Text)
