"""Counts the questions that are put to the provers, and says at the end how many they were."""

from __future__ import annotations

from collections import Counter

import pytest

_ASKED = pytest.StashKey[Counter[str]]()


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> Counter[str]:
    """Questions by how they were judged; a disagreement fails the test that finds it."""
    return request.config.stash.setdefault(_ASKED, Counter())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = config.stash.get(_ASKED, Counter[str]())
    if found:
        told = ", ".join(f"{kind} {count:,}" for kind, count in found.items())
        terminalreporter.write_line(f"questions to the provers: {sum(found.values()):,} ({told})")
