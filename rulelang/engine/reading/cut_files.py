"""Saves cut points as JSON and reads them back, so that a single customer is judged against last night's base."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Cuts, Points
from rulelang.model.program import Model
from rulelang.values.moments import plain_day

VERSION = 1


def cuts_to_json(cuts: Cuts, fingerprint: str) -> dict[str, Any]:
    """The cut points with what was measured in words, the fingerprint of the rules and the as-of date."""
    labels = {each.name: cuts.model.fields[each.name].label or each.name for each in cuts.model.measures}
    return {
        "version": VERSION,
        "fingerprint": fingerprint,
        "as_of": plain_day(cuts.as_of).isoformat(),
        "measures": [
            {
                "name": name,
                "measure": labels[name],
                "groups": [
                    {"group": group, "points": [_written(each) for each in points]}
                    for group, points in sorted(groups.items(), key=lambda pair: str(pair[0]))
                ],
            }
            for name, groups in cuts.points.items()
        ],
    }


def load_cuts(path: Path, model: Model, fingerprint: str) -> Cuts:
    """Read cut points. Raises DataError (``unreadable-cuts``, ``cuts-of-other-rules``)."""
    try:
        stored = json.loads(path.read_text("utf-8"))
        if stored["fingerprint"] != fingerprint:
            raise DataError((Diagnostic("cuts-of-other-rules", None, {"file": str(path)}),))
        points: dict[str, Mapping[Any, Points]] = {
            each["name"]: {
                group["group"]: tuple(Fraction(point) for point in group["points"]) for group in each["groups"]
            }
            for each in stored["measures"]
        }
        return Cuts(model, date.fromisoformat(stored["as_of"]), points)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, DataError):
            raise
        facts = {"file": str(path), "cause": str(error)}
        raise DataError((Diagnostic("unreadable-cuts", None, facts),)) from error


def _written(point: Any) -> str:
    return str(Fraction(point))


def given_cuts(cuts: Cuts | str | os.PathLike[str] | None, ruleset: Decider) -> Cuts | None:
    """Cut points as a caller gives them: themselves, or the file they are in. Raises as `load_cuts` does."""
    if cuts is None or isinstance(cuts, Cuts):
        return cuts
    return load_cuts(Path(cuts), ruleset.model, ruleset.fingerprint)
