"""Runs sample customers among a project's other tests: ``pytest --rulelang``.

    shop.samples.csv::365 days ago PASSED
    shop.samples.csv::one day more FAILED

Collected are the sample files beside rule files and the ``example`` blocks in rule files, one test per sample. pytest
loads this module in every run of every project that has rulelang installed, so it imports nothing of rulelang before
``--rulelang`` asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.engine.loading.loaded import Loaded
    from rulelang.engine.ruleset import Ruleset
    from rulelang.testing.sample import Sample, Samples

_LOADED: pytest.StashKey[dict[Path, Loaded]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--rulelang``, and the language of what failing samples say."""
    group = parser.getgroup("rulelang", "sample customers of business rules")
    group.addoption(
        "--rulelang", action="store_true", help="collect example blocks in .rules files and NAME.samples.* beside them"
    )
    group.addoption(
        "--rulelang-lang",
        choices=("en", "zh"),
        help="language of what failing samples say (default: that of their rules)",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collects rule files and sample files, where ``--rulelang`` is given."""
    if not parent.config.getoption("rulelang"):
        return None
    from rulelang.plugin.plugin import VOCABULARY
    from rulelang.testing.discover import RULES_ENDING, rules_of

    if file_path.name == VOCABULARY:
        return None  # declarations of a plug-in, without rules
    if file_path.suffix.casefold() == RULES_ENDING:
        return RulesFile.from_parent(parent, path=file_path)
    return None if rules_of(file_path) is None else SampleFile.from_parent(parent, path=file_path)


class RulesFile(pytest.File):
    """A rule file: its ``example`` blocks are tests; its errors are errors of collection."""

    def collect(self) -> Iterable[pytest.Item]:
        from rulelang.testing.examples import read_examples

        ruleset = _ruleset(self, _as_called(self.path))
        return _items(self, ruleset, read_examples(ruleset.model))


class SampleFile(pytest.File):
    """A sample file: each sample is a test."""

    def collect(self) -> Iterable[pytest.Item]:
        from rulelang.testing.discover import find_rulesets
        from rulelang.testing.samples import read_sample_file

        path = _as_called(self.path)
        discovery = find_rulesets([path])
        _refuse(self, discovery.diagnostics)
        ruleset = _ruleset(self, discovery.found[0].rules)
        return _items(self, ruleset, read_sample_file(ruleset.model, path))


class SampleItem(pytest.Item):
    """One sample customer."""

    def __init__(self, ruleset: Ruleset, sample: Sample, **more: Any) -> None:
        super().__init__(**more)
        self.ruleset = ruleset
        self.sample = sample

    def runtest(self) -> None:
        """Decides the customer. Raises SampleFailed where something else comes out than expected."""
        from rulelang.testing.run_samples import run_samples

        language = _language(self, self.ruleset)
        report = run_samples(self.ruleset, [self.sample], language=language)
        if report.diagnostics:
            raise SampleFailed(_text(self, report.diagnostics, language))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What failed, as ``rulelang test`` says it; no traceback through rulelang."""
        if isinstance(excinfo.value, SampleFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, the line from 0, and what is reported as the test's name."""
        place = self.sample.place
        return self.path, None if place is None else place.line - 1, self.name


class SampleFailed(Exception):  # noqa: N818 - it reads as what it says: the sample failed, nothing is in error
    """A sample for which something else came out than expected; its text is for the reader."""


def _items(parent: pytest.File, ruleset: Ruleset, found: Samples) -> Iterator[SampleItem]:
    """A test for each sample; of two that are called alike the second gets a number."""
    _refuse(parent, found.diagnostics)
    taken: set[str] = set()
    for sample in found.samples:
        name, number = sample.name, 1
        while name in taken:
            number += 1
            name = f"{sample.name} ({number})"
        taken.add(name)
        yield SampleItem.from_parent(parent, name=name, ruleset=ruleset, sample=sample)


def _as_called(path: Path) -> Path:
    """The path as a person in the current folder would write it."""
    folder = Path.cwd()
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _ruleset(node: pytest.File, path: Path) -> Ruleset:
    """The ruleset of a rule file, read once per session. Raises CollectError with what is wrong with it."""
    from rulelang.engine.loading.reading import read_ruleset

    kept = node.config.stash.setdefault(_LOADED, {})
    if path not in kept:
        kept[path] = read_ruleset(path)
    _refuse(node, kept[path].errors)
    ruleset = kept[path].ruleset
    assert ruleset is not None, "a ruleset without errors is loaded"
    return ruleset


def _refuse(node: pytest.File, diagnostics: Iterable[Diagnostic]) -> None:
    """Raises CollectError where there is more to say than notes."""
    from rulelang.diagnostics.catalogue import severity

    serious = tuple(each for each in diagnostics if severity(each.code) != "note")
    if serious:
        raise node.CollectError(_text(node, serious, node.config.getoption("rulelang_lang") or "en"))


def _text(node: pytest.Collector | pytest.Item, diagnostics: Iterable[Diagnostic], language: str) -> str:
    from rulelang.diagnostics.render import render

    loaded = node.config.stash.get(_LOADED, {}).values()
    return render(diagnostics, [source for each in loaded for source in each.sources], language)


def _language(item: pytest.Item, ruleset: Ruleset) -> str:
    chosen: str | None = item.config.getoption("rulelang_lang")
    return ruleset.model.language if chosen is None else chosen


__all__ = ["RulesFile", "SampleFailed", "SampleFile", "SampleItem", "pytest_addoption", "pytest_collect_file"]
