"""Units in the headings of columns: under 年收入（万元） 20 is 20万元, under ``income (k€)`` it is 20 thousand euros.

Of amounts of money alone. A cell that says the same unit itself (20万) says it once; one that says another is refused.
"""

from __future__ import annotations

import re
import unicodedata

from attrs import frozen

from rulelang.values.currencies import CURRENCIES, currency_code
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import MULTIPLIERS, Number, multiply
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Money

_SIZES = {
    **MULTIPLIERS,
    **dict.fromkeys(("thousands", "'000", "000s", "'000s", "tsd"), 10**3),
    **dict.fromkeys(("millions", "mn", "mio", "mln"), 10**6),
    **dict.fromkeys(("billions", "bn"), 10**9),
}
_WITH_CURRENCY = {**_SIZES, "000": 10**3, "m": 10**6, "b": 10**9}  # (m) alone may be metres
_ALL = (each for spellings in CURRENCIES.values() for each in spellings)
_CURRENCY = "|".join(re.escape(each.casefold()) for each in sorted(_ALL, key=len, reverse=True))
_SIZE = "|".join(map(re.escape, sorted(_WITH_CURRENCY, key=len, reverse=True)))
_UNIT = re.compile(rf"(?P<before>{_CURRENCY})?\s*(?P<size>{_SIZE})?\s*(?:of\s+)?(?P<after>{_CURRENCY})?")
_SAID = re.compile(r"^(?:单位|單位|unit|in)\s*:?\s*", re.IGNORECASE)
_PLACES = (
    re.compile(r"(?P<name>.+?)\s*[(\[【〔](?P<unit>[^()\[\]【】〔〕]+)[)\]】〕]"),
    re.compile(r"(?P<name>.+?)\s*[/_:,，|]\s*(?P<unit>[^/_:,，|]+)"),
    re.compile(r"(?P<name>.+?)\s+in\s+(?P<unit>\S.*)", re.IGNORECASE),
    re.compile(r"(?P<name>.+?)\s*(?P<unit>(?:十|百|千)?[万萬亿億千](?:元|美元|港元|欧元|日元|英镑))"),
)
_OWN_SIZE = re.compile(r"[十百千万萬亿億]+|k|thousand|million|billion", re.IGNORECASE)
_IN_YUAN = re.compile(r"\d\s*(?:元|圆|块|yuan)", re.IGNORECASE)


@frozen
class Unit:
    """The unit of a heading: ``text`` as it is written there, what its figures are multiplied by, and the currency as
    it is written, None where it names none.
    """

    text: str
    factor: int
    currency: str | None = None


def parted(title: str) -> tuple[str, Unit] | None:
    """The name in a heading and the unit of money it is followed by; None where it is followed by none."""
    written = unicodedata.normalize("NFKC", clean_text(title))
    for place in _PLACES:
        match = place.fullmatch(written)
        unit = None if match is None else _unit(match["unit"])
        if match is not None and unit is not None:
            return match["name"], unit
    return None


def unit_of(field: Field, title: str) -> Unit | None:
    """The unit that the amounts of a field's column have by its heading; None where there is none but the field's: a
    field that is declared with the whole heading for its name is what it says.
    """
    if not isinstance(field.type, Money):
        return None
    if not field.inferred and clean_text(title) in (field.name, field.label):
        return None
    found = parted(title)
    return None if found is None else found[1]


def contradicts(field: Field, unit: Unit) -> bool:
    """Whether a heading names another currency than the field has."""
    own = field.type.currency if isinstance(field.type, Money) else None
    return unit.currency is not None and own is not None and currency_code(unit.currency, own) != own


def in_unit(amount: Number, raw: object, unit: Unit) -> Number:
    """The amount that a cell of a column with a unit stands for. Raises Unreadable (``heading-unit``)."""
    if unit.factor == 1 or not isinstance(raw, str):
        return _times(amount, unit)
    text = unicodedata.normalize("NFKC", raw)
    said = _OWN_SIZE.findall(text)
    if not said and not _IN_YUAN.search(text):
        return _times(amount, unit)
    if len(said) == 1 and MULTIPLIERS.get(said[0].casefold()) == unit.factor:
        return amount
    raise Unreadable("heading-unit", raw)


def _times(amount: Number, unit: Unit) -> Number:
    found = multiply(amount, unit.factor)
    assert isinstance(found, Number)
    return found


def _unit(text: str) -> Unit | None:
    written = _SAID.sub("", text.strip())
    match = _UNIT.fullmatch(written.casefold())
    if match is None or not written:
        return None
    currency = match["before"] or match["after"]
    sizes = _SIZES if currency is None else _WITH_CURRENCY
    if match["size"] is not None and match["size"] not in sizes:
        return None
    if match["before"] and match["after"]:
        return None
    factor = sizes[match["size"]] if match["size"] else 1
    return Unit(written, factor, currency)
