"""What a reader raises when a text is not the value it should be."""

from __future__ import annotations


class Unreadable(ValueError):  # noqa: N818 - it names a finding in the data, not a failure of ours
    """A text (or a host value) that can't be read as the value asked for.

    ``reason`` is a short stable key for messages and reports, ``text`` what was to be read. The keys:

    ====================  =====================================================================
    key                   what was found
    ====================  =====================================================================
    not-a-date            nothing that looks like a day
    ambiguous-number      48.500, where nobody said whether the point parts thousands or is the decimal sign
    ambiguous-percent     73 for a percentage, where nobody said whether that is 73% or 7300%
    comma-grouping        1,234.50 in a file whose decimal sign is a comma
    ambiguous-date        03/04/2026, where nobody said which of the two is the day
    no-such-day           30 February, month 13
    no-such-time          25:00
    incomplete-date       a month or a year without its day
    two-digit-year        31/01/26
    not-a-duration        nothing that looks like a length of time
    no-unit               365 without days, months or years
    unknown-unit          a number with a word that is no unit of time
    calendar-month        3月 is March; three months are 3个月
    not-whole             a length that is no whole number of days or months (半个月); 2.5 where only whole numbers are
    mixed-units           months and days in one length
    not-a-number          nothing that looks like a number
    date-for-number       a date where a number should be
    digit-grouping        1,23 or 1 234,50: digit groups are threes, the decimal sign is a point
    not-finite            infinity
    not-exact             a fraction that has no finite decimal form
    two-currencies        ¥100美元
    out-of-range          beyond the stated limits of the type
    not-yes-or-no         nothing that says yes or no
    other-currency        an amount in another currency than the field's
    currency-elsewhere    an amount with a currency where another field says it
    other-unit            months where the field counts days, or days where it counts months
    not-a-text            a list or an object where the field is a text
    not-a-member          no value of the choice
    not-a-list            no list of records
    ====================  =====================================================================
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason, text)  # the arguments as they are, so that it pickles
        self.reason = reason
        self.text = text

    def __str__(self) -> str:
        return f"{self.reason}: {self.text!r}"
