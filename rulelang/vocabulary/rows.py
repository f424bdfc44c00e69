"""Customers as callers have them: mappings, attrs or dataclass objects, and whatever else has attributes."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic

_ABSENT = object()
_VALUES = (str, bytes, int, float, list, tuple, set)


class AttributeRow:
    """Shows an object's public attributes as a row; what begins with an underscore is nobody's business.

    An attribute that the object does not have is missing; one that fails is no answer: DataError
    (``attribute-failed``).
    """

    __slots__ = ("_thing",)

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def get(self, name: str, default: Any = None) -> Any:
        if name.startswith("_"):
            return default
        try:
            return getattr(self._thing, name)
        except AttributeError as error:
            # A property may raise the same error for a reason of its own.
            if inspect.getattr_static(self._thing, name, _ABSENT) is _ABSENT:
                return default
            raise _failed(name, error) from error
        except Exception as error:
            raise _failed(name, error) from error

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name, _ABSENT) is not _ABSENT


def _failed(name: str, error: Exception) -> DataError:
    facts = {"field": name, "cause": f"{type(error).__name__}: {error}"}
    return DataError((Diagnostic("attribute-failed", facts=facts),))


def is_customer(kind: type) -> bool:
    """Whether the objects of a class may be customers."""
    return is_named_tuple(kind) or not issubclass(kind, (*_VALUES, type(None)))


def has_attributes(kind: type) -> bool:
    """Whether the objects of a class are customers by their attributes, which `as_row` shows."""
    return is_customer(kind) and not (issubclass(kind, Mapping) or hasattr(kind, "__getitem__"))


def is_named_tuple(kind: type) -> bool:
    """Whether the objects of a class are named tuples."""
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def as_row(customer: Any) -> Any:
    """Something with ``get`` and ``in`` for a customer. Raises TypeError for what has no fields."""
    if isinstance(customer, Mapping):
        return customer
    if hasattr(customer, "keys") and hasattr(customer, "__getitem__"):  # a database row, a series
        return {key: customer[key] for key in customer.keys()}  # noqa: SIM118 - iterating such a row gives its values
    if is_named_tuple(type(customer)):
        return dict(zip(customer._fields, customer, strict=True))
    if customer is None or isinstance(customer, _VALUES):
        raise TypeError(f"a customer is a mapping or an object with attributes, not {type(customer).__name__}")
    return AttributeRow(customer)
