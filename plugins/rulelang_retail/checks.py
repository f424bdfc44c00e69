"""Checks of the numbers a shop works with."""


def luhn_valid(number: str) -> bool:
    """Whether the last digit is the check digit of the others by the Luhn formula (ISO/IEC 7812-1, annex B).

    Spaces and hyphens between digits don't count. What holds anything else, or less than two digits, is not valid.
    """
    digits = number.replace(" ", "").replace("-", "")
    if len(digits) < 2 or not (digits.isascii() and digits.isdigit()):
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
