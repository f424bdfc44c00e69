"""Two plug-ins that declare one name differently: nothing that a rule writer could delete, but one word settles it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.syntax import statements as s


def told_where_used(
    problems: Iterable[Diagnostic], borrowed: Sequence[s.Statement], own: Sequence[s.Statement]
) -> Iterator[Diagnostic]:
    """The problems, those between declarations of two plug-ins as one (``plugins-clash``), where they are used."""
    files = {each.span.file for each in borrowed}
    use = next((each for each in reversed(own) if isinstance(each, s.UseStatement)), None)
    names: list[str] = []
    labels: list[Label] = []
    for each in problems:
        places = [each.span, *(label.span for label in each.labels)]
        between = len(places) > 1 and all(place is not None and place.file in files for place in places)
        if each.code != "duplicate-name" or not between or use is None or each.span is None:
            yield each
            continue
        if any(label.span == each.span for label in labels):
            continue  # its other name
        names.append(each.facts["name"])
        labels += [*(evolve(label, key="declared-here") for label in each.labels), Label("also-here", each.span)]
    if use is not None and names:
        yield Diagnostic("plugins-clash", use.span, {"names": tuple(dict.fromkeys(names))}, labels=tuple(labels))
