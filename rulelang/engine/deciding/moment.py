"""The as-of date of rules that count hours: a day with its time."""

from __future__ import annotations

from datetime import date, datetime

from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.values.moments import Moment


def moment_for(given: date | None) -> date:
    """The moment given, else now. Raises RuleError (``as-of-needs-time``) for a date without a time."""
    if given is None:
        return Moment.of(datetime.now().replace(microsecond=0))
    if isinstance(given, datetime):
        return Moment.of(given)
    if not isinstance(given, date):
        raise TypeError(f"an as-of date is a datetime.date, not {type(given).__name__}: {given!r}")
    if not isinstance(given, Moment):
        raise RuleError((Diagnostic("as-of-needs-time", facts={"as_of": given}),))
    return given
