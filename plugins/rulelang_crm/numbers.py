"""Checks of the numbers that Chinese customer files hold."""

from __future__ import annotations

from datetime import date

_ID_CHECKS = "10X98765432"
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z


def id_number_valid(number: str) -> bool:
    """Whether an 18-character identity number has a real birth date and the right check character (GB 11643-1999).

    The old numbers of 15 digits have none and are not valid. A small x counts as X, outer spaces don't count.
    """
    return id_birth_date(number) is not None


def id_birth_date(number: str) -> date | None:
    """The birth date in a valid identity number, None where the number is not valid."""
    written = number.strip().upper()
    if len(written) != 18 or not (written[:17].isascii() and written[:17].isdigit()):
        return None
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(written[:17]))
    if _ID_CHECKS[total % 11] != written[17]:
        return None
    try:
        return date(int(written[6:10]), int(written[10:12]), int(written[12:14]))
    except ValueError:
        return None


def social_credit_valid(number: str) -> bool:
    """Whether the last of 18 characters is the check character of the others (GB 32100-2015)."""
    written = number.strip().upper()
    if len(written) != 18 or any(each not in _CREDIT_CHARACTERS for each in written):
        return False
    total = sum(_CREDIT_CHARACTERS.index(each) * pow(3, place, 31) for place, each in enumerate(written[:17]))
    return _CREDIT_CHARACTERS[-total % 31] == written[17]


def mobile_valid(number: str) -> bool:
    """Whether it is a mobile number of the Chinese mainland: eleven digits from 13 to 19 on, +86 or 86 before it."""
    digits = number.replace(" ", "").replace("-", "").removeprefix("+")
    if len(digits) == 13:
        digits = digits.removeprefix("86")
    return len(digits) == 11 and digits.isascii() and digits.isdigit() and digits[0] == "1" and digits[1] >= "3"


def email_valid(address: str) -> bool:
    """Whether there is one @ with something before it and a domain with a dot after it, and no space."""
    name, at, domain = address.strip().partition("@")
    labels = domain.split(".")
    return bool(name and at) and "@" not in domain and " " not in address.strip() and len(labels) > 1 and all(labels)
