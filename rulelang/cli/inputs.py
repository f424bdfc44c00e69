"""What most commands take in: rules and thresholds, customers in a file, columns, second tables; as one value.

@inputs()
def cli(inputs: Inputs, rules: str, data: str) -> int:
    with ExitStack() as stack:
        source = inputs.open(data, stack, rules)
        ruleset = inputs.ruleset(rules, source)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from rulelang.cli.console import Console
from rulelang.cli.loading import (
    applied_maps,
    load_ruleset,
    mapped,
    open_data,
    open_tables,
    read_maps,
    read_otherwise,
    reading_options,
    with_last_run,
    with_settings,
)
from rulelang.cli.options import (
    Decorator,
    as_of_option,
    data_options,
    list_options,
    map_option,
    plugin_option,
    set_option,
    several,
)

if TYPE_CHECKING:
    from rulelang.engine.reading.column_maps import AppliedMaps
    from rulelang.engine.reading.customers import Reading
    from rulelang.engine.reading.joined import ListTable
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.sources.source import Source
    from rulelang.model.program import Model
    from rulelang.vocabulary.reading import ReadingOptions


@attrs.frozen(kw_only=True)
class Inputs:
    """The options as they were given, and what they open and read."""

    as_of: date | None = None
    settings: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    previous: str | None = None
    date_order: Mapping[str, str] = attrs.field(factory=dict)
    decimal: Mapping[str, str] = attrs.field(factory=dict)
    percent: Mapping[str, str] = attrs.field(factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    plugin_folders: tuple[Path, ...] = ()

    @property
    def day(self) -> date:
        """The as-of date: today where none was given."""
        return self.as_of or date.today()

    @property
    def key(self) -> str | None:
        """The customers' column that says who somebody is, None where none was named."""
        return self.keys[0].partition("=")[2] or self.keys[0] if self.keys else None

    def open(self, data: str, stack: ExitStack, rules: str | None = None) -> Source:
        """The rows of a data file, open until the stack closes; of a workbook the sheet that fits rules and maps."""
        titles = {line.column for each in read_maps(self.pairs, self.plugin_folders) for line in each.lines}
        opened = open_data(data, self.encoding, self.delimiter, self.sheet, rules, self.plugin_folders, titles)
        return stack.enter_context(opened)

    def ruleset(self, reference: str, source: Source | None = None) -> Ruleset:
        """The ruleset of a reference with the thresholds that were set. Raises CommandError."""
        return with_settings(load_ruleset(reference, source, self.plugin_folders), self.settings)

    def customer_column(self, source: Source, model: Model) -> str | None:
        """The column that says who a customer is: as ``--key`` says, else that of the field that is unique."""
        from rulelang.engine.reading.mapping import customer_column

        return self.key or customer_column(source.columns, model, self.maps(source, model).pairs)

    def maps(self, source: Source, model: Model) -> AppliedMaps:
        """What the maps and pairs come to, for fields that are only checked as well. Raises DataError."""
        return applied_maps(self.pairs, source.columns, model, self.plugin_folders, checked=True)

    @property
    def options(self) -> ReadingOptions:
        """How values are read that the data itself leaves open."""
        return reading_options(self.date_order, self.decimal, self.percent)

    def lists(self, stack: ExitStack, model: Model, in_spark: bool = False) -> tuple[ListTable, ...]:
        """The second tables, open until the stack closes, and how their values are read; ``in_spark`` where Spark reads
        them. Raises CommandError, DataError.
        """
        words = (self.date_order, self.decimal, self.percent)
        opened = (self.tables, self.keys, self.encoding, self.delimiter, stack, model, in_spark)
        return read_otherwise(open_tables(*opened) if self.tables else (), words, model)

    def with_last_run(self, source: Source, model: Model, stack: ExitStack, language: str | None = None) -> Source:
        """The source with the last run's answers, where ``--previous`` names them. Raises CommandError, DataError."""
        return with_last_run(source, self.previous, self.keys, model, stack, language)

    def reading(
        self,
        stack: ExitStack,
        source: Source,
        model: Model,
        progress: Callable[[int, int | None], object] | None = None,
    ) -> Reading:
        """How customers are read from a source for a ruleset; what maps have to say is told."""
        from rulelang.engine.reading.customers import Reading

        console = click.get_current_context().ensure_object(Console)
        columns, options = mapped(console, self.pairs, self.options, source, model, self.plugin_folders)
        return Reading(columns, self.lists(stack, model), options, progress)


_NAMES = tuple(each.name for each in attrs.fields(Inputs))


def inputs(*others: Decorator, as_of: bool = True, settings: bool = True, lists: bool = True) -> Decorator:
    """The options of :class:`Inputs`, without those that a command has no use for; ``others`` stand among them.

    The command takes them as ``inputs``.
    """
    options = [
        *([as_of_option()] if as_of else ()),
        *([set_option()] if settings else ()),
        map_option(),
        *(list_options() if lists else ()),
        *others,
        *data_options(),
        plugin_option(),
    ]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def gathered(*arguments: Any, **given: Any) -> Any:
            taken = {name: given.pop(name) for name in _NAMES if name in given}
            return function(*arguments, inputs=Inputs(**taken), **given)

        return several(options)(gathered)

    return decorate
