"""The conformance cases, read from their files (see README.md for their form)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import frozen

HERE = Path(__file__).parent


@frozen
class Expected:
    """What one outcome must be; ``missing`` and ``rule`` are None where the case does not say."""

    answer: object
    standing: str
    possible: tuple[object, ...]
    missing: tuple[str, ...] | None = None
    rule: str | None = None


@frozen
class ConformanceCase:
    """Rules, a customer and a day, and what must come out: answers by outcome, or the code of an error.

    ``each`` has the answers for the records of lists, ``files`` are those that the rules name, with what is in them,
    ``base`` are all customers, where rules ask for a place among them.
    """

    name: str
    rules: str
    as_of: date
    given: Mapping[str, object]
    expect: Mapping[str, Expected]
    error: str | None
    each: Mapping[str, tuple[Mapping[str, Expected], ...]]
    files: tuple[tuple[str, str], ...] = ()
    base: tuple[Mapping[str, object], ...] = ()

    def __str__(self) -> str:
        return self.name


def read_cases() -> list[ConformanceCase]:
    """All cases of all files, in the order written."""
    return [case for path in sorted(HERE.glob("*.toml")) for case in _of_file(path)]


def _of_file(path: Path) -> list[ConformanceCase]:
    groups = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["group"]
    return [_case(path.stem, group, case) for group in groups for case in group["cases"]]


def _case(subject: str, group: Mapping[str, Any], case: Mapping[str, Any]) -> ConformanceCase:
    known = {"name", "as_of", "given", "expect", "error", "each"}
    assert case.keys() <= known, f"{subject}: {case['name']}: unknown keys {case.keys() - known}"
    return ConformanceCase(
        f"{subject}: {group['name']}: {case['name']}",
        group["rules"],
        case.get("as_of", group["as_of"]),
        case["given"],
        {name: _expected(value) for name, value in case.get("expect", {}).items()},
        case.get("error"),
        {
            name: tuple({outcome: _expected(value) for outcome, value in one.items()} for one in records)
            for name, records in case.get("each", {}).items()
        },
        tuple(group.get("files", {}).items()),
        tuple(group.get("base", ())),
    )


def _expected(written: Any) -> Expected:
    if written == "(no rule)":
        return Expected(None, "no rule", ("(none)",), ())
    if not isinstance(written, dict):
        value = _plain(written)
        return Expected(value, "decided", (value,), ())
    known = {"answer", "standing", "possible", "missing", "rule"}
    assert written.keys() <= known, f"unknown keys {written.keys() - known}"
    return Expected(
        _plain(written.get("answer")),
        written["standing"],
        tuple(_plain(each) for each in written["possible"]),
        tuple(written["missing"]) if "missing" in written else None,
        written.get("rule"),
    )


def _plain(written: Any) -> object:
    return tuple(written) if isinstance(written, list) else written
