"""Counts at the end of a run how many cases each back end decided, and how many it left out by name."""

from __future__ import annotations

from collections import Counter
from typing import Any

_OF_TESTS = {"test_engine": "python", "test_oracle": "oracle"}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.stats.get(outcome, ()):
            name = _back_end(report.nodeid)
            if name is not None:
                counts.setdefault(name, Counter())[outcome] += 1
    for name, found in counts.items():
        more = [
            f"{found[each]} {word}" for each, word in (("failed", "failed"), ("skipped", "left out")) if found[each]
        ]
        terminalreporter.write_line(", ".join([f"conformance on {name}: {found['passed']} cases agree", *more]))


def _back_end(node: str) -> str | None:
    """The back end that a test of one case runs on; None for any other test."""
    path, _, test = node.partition("::")
    name, _, parameters = test.partition("[")
    if not path.startswith("tests/conformance/"):
        return None
    return parameters.rstrip("]").rpartition("-")[2] if name == "test_sql" else _OF_TESTS.get(name)
