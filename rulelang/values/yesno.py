"""Yes and no as people and programs write them."""

from __future__ import annotations

from decimal import Decimal

from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text, fold_width

# A plain "x" is left out: it crosses a box in one country and crosses it off in another.
YES = ("yes", "y", "true", "t", "1", "是", "有", "真", "对", "對", "√", "✓", "✔", "☑")
NO = ("no", "n", "false", "f", "0", "否", "无", "無", "假", "错", "錯", "×", "✗", "✘", "☐")

_ANSWERS = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)


def read_yes_no(value: object) -> bool:
    """Whether a value says yes or no: a bool, the number 1 or 0, or a word in any case and width.

    Raises Unreadable (``not-yes-or-no``) for everything else, blank included.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        answer = _ANSWERS.get(fold_width(clean_text(value)).casefold())
        if answer is not None:
            return answer
    elif isinstance(value, int | float | Decimal):
        if value == 1 or value == 0:
            return bool(value)
    elif type(value).__name__.startswith("bool"):  # another library's boolean
        return bool(value)
    raise Unreadable("not-yes-or-no", str(value))
