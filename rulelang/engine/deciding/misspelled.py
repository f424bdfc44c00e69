"""Keys of a customer that nothing reads and that come close to a missing field: most likely slips of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.model.program import Model


def misspelled_keys(model: Model, row: Mapping[Any, Any], missing: Iterable[str]) -> Iterator[Diagnostic]:
    """A finding (``key-not-read``) for each key that no field has and that looks like a missing one."""
    wanted = [each for name in missing for each in (name, model.fields[name].label) if each]
    known = {each for field in model.fields.values() for each in (field.name, field.label)}
    for key in row:
        if isinstance(key, str) and key not in known:
            close = nearest(key, wanted, 1)
            if close:
                yield Diagnostic("key-not-read", facts={"key": key}, nearest=close)
