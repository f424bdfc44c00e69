"""The sample customers of a ruleset as examples of what customers are like, whatever is expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, RuleError
from rulelang.engine.advice.near_customers import shifted
from rulelang.engine.ruleset import Ruleset
from rulelang.testing.discover import samples_beside
from rulelang.testing.samples import read_samples
from rulelang.vocabulary.reading import as_given

MOST_CUSTOMERS = 2_000


def known_customers(ruleset: Ruleset, rules: Iterable[Path], day: date) -> tuple[dict[str, Any], ...]:
    """The customers of the samples beside some rule files, and of ``example`` blocks, by their values as rules see
    them. Their dates are as far from the day as they were from that of the sample. What can't be read is left out.
    """
    files = dict.fromkeys(sample for each in rules if each.is_file() for sample in samples_beside(each))
    found: dict[str, dict[str, Any]] = {}
    for each in _read(ruleset, files, day):
        if len(found) == MOST_CUSTOMERS:
            break
        found.setdefault(repr(each), each)
    return tuple(found.values())


def _read(ruleset: Ruleset, files: Iterable[Path], day: date) -> Iterator[dict[str, Any]]:
    for sample in read_samples(ruleset.model, files).samples:
        if sample.faults:
            continue
        given = as_given(sample.given, ruleset.model.fields)
        try:
            decision = ruleset.decide(given, sample.as_of or day)
            yield shifted(decision.inputs, day - decision.as_of)
        except (DataError, RuleError, OverflowError):
            continue
