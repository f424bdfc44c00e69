"""What an engine doesn't do: one table, for runs, their messages and the documents.

What a database's SQL can't say of the rules themselves is found where it is emitted, and refused by name there.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.mapping import has_unit_headings
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.source import Source

Asked = Callable[[Decider, Source, RunOptions], object]


@frozen
class Limit:
    """Something that a run may ask for: the word of labels.toml that a message names it by, what a user writes to ask
    for it, and whether a run does.
    """

    construct: str
    written: str
    asked: Asked


WHY = Limit("reason", "`--why`", lambda rules, source, options: options.why)
WHY_OF_LISTS = Limit("reason", "`--why` with `--with`", lambda rules, source, options: options.why and options.lists)
LISTS = Limit("list", "`--with`", lambda rules, source, options: options.lists)
EACH = Limit("list", "`--each`", lambda rules, source, options: options.each)
PLACES = Limit("place among all", "places among all", lambda rules, source, options: rules.model.measures)
OWN_PLACES = Limit(
    "place among all",
    "places among all without `--cuts`",
    lambda rules, source, options: rules.model.measures and options.cuts is None,
)
MAPPED = Limit("values of a map", "values of a map", lambda rules, source, options: options.reading.spellings)
HEADINGS = Limit(
    "unit of a heading",
    "units in headings (万元, k€)",
    lambda rules, source, options: any(
        has_unit_headings(each.columns, rules.model.fields.values(), options.pairs)
        for each in (source, *(table.source for table in options.lists))
    ),
)
COMMAS = Limit(
    "decimal commas",
    "`--decimal comma`",
    lambda rules, source, options: any(each.decimal_comma for each in options.readings),
)
PERCENT = Limit(
    "percent figures",
    "`--percent figures`",
    lambda rules, source, options: any(each.percent_figures for each in options.readings),
)
CHECKS = Limit(
    "checks of data",
    "`--quality strict`, `--findings`",
    lambda rules, source, options: options.quality == "strict" or options.details is not None,
)

LIMITS: dict[str, tuple[Limit, ...]] = {
    "python": (),
    "duckdb": (WHY_OF_LISTS, EACH, MAPPED, HEADINGS, COMMAS, PERCENT),
    "database": (WHY, LISTS, EACH, PLACES, MAPPED, HEADINGS, COMMAS, PERCENT),
    "spark": (OWN_PLACES, CHECKS, HEADINGS),
}
"""By engine what it doesn't do; SQL databases are one of them."""


def limit_of(engine: str, ruleset: Decider, source: Source, options: RunOptions) -> str | None:
    """What a run asks for that an engine doesn't do, by its word of labels.toml; None where there is nothing."""
    return next((each.construct for each in LIMITS[engine] if each.asked(ruleset, source, options)), None)


def written(engine: str) -> str:
    """What an engine doesn't do, as a user writes it, in a line of a document."""
    return ", ".join(dict.fromkeys(each.written for each in LIMITS[engine])) or "–"
