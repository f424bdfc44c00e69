"""Customers as callers have them: mappings, attrs or dataclass objects, and whatever else has attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AttributeRow:
    """Shows an object's public attributes as a row; what begins with an underscore is nobody's business."""

    __slots__ = ("_thing",)

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def get(self, name: str, default: Any = None) -> Any:
        return default if name.startswith("_") else getattr(self._thing, name, default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and not name.startswith("_") and hasattr(self._thing, name)


def as_row(customer: Any) -> Any:
    """Something with ``get`` and ``in`` for a customer. Raises TypeError for what has no fields."""
    if isinstance(customer, Mapping):
        return customer
    if hasattr(customer, "keys") and hasattr(customer, "__getitem__"):  # a database row, a series
        return {key: customer[key] for key in customer.keys()}  # noqa: SIM118 - iterating such a row gives its values
    if customer is None or isinstance(customer, str | bytes | int | float | list | tuple | set):
        raise TypeError(f"a customer is a mapping or an object with attributes, not {type(customer).__name__}")
    return AttributeRow(customer)
