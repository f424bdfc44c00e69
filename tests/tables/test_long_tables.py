"""Ten thousand rows, no two alike: how often the grammar is asked, and where a mistake among them is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

import rulelang
from rulelang.pipeline import read_sources
from rulelang.reference import read_source
from rulelang.syntax import table_cells

ROWS = 10_000
RULES = """\
field spend (消费): money in CNY
field city (城市): text
outcome tier (等级): one of gold (金), silver (银), bronze (铜)
outcome points (积分): whole number, sum
table "Big" (first) from "big.csv"
"""
TIERS = ("gold", "silver", "bronze")
# A row of its own for every amount; every third city has two words, and each a figure.
TABLE = ["spend,city,=> tier,=> add points"]
TABLE += [f"{i} ..< {i}.{i % 9 + 1},{('AB', 'Bad Ems ', 'not Ulm')[i % 3]}{i},{TIERS[i % 3]},{i}" for i in range(ROWS)]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that go through the grammar."""
    usual, texts = table_cells.read_usually, list[str]()

    def read(tables: object, scanner: object, chunk: object, start: str) -> object:
        texts.append(scanner.folded.original)  # type: ignore[attr-defined]  # the scanner as it is
        return usual(tables, scanner, chunk, start)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(table_cells, "read_usually", read)
    return texts


def table(folder: Path, rows: list[str]) -> Path:
    (folder / "big.rules").write_text(RULES, "utf-8")
    (folder / "big.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder / "big.rules"


def test_the_grammar_reads_shapes_not_rows(tmp_path: Path, parsed: list[str]) -> None:
    (rule,) = rulelang.load(table(tmp_path, TABLE)).model.rules
    assert len(parsed) < 50, parsed
    assert ROWS == len(rule.branches)
    for number in (0, 1, 7_778, ROWS - 1):
        tier, points = (each.value for each in rule.branches[number].assignments)
        assert (TIERS[number % 3], number) == (tier.value, points.value)


@pytest.mark.parametrize(
    "mistakes",
    [
        (("> > 5,AB1,gold,1", "unexpected-text", 1), ("5,AB1,gold,1,more", "table-row-too-long", 14)),
        (
            ("2026-01-05,AB1,gold,1", "type-mismatch", 1),
            ("5,AB1,goold,1", "unknown-value", 7),
            ("5,AB1,gold,2026-01-05", "assign-type", 12),
        ),
    ],
    ids=["cells", "values"],
)
def test_mistakes_from_row_7777_on_have_file_row_and_column(
    tmp_path: Path, mistakes: tuple[tuple[str, str, int]]
) -> None:
    rows = [*TABLE[:7_776], *(row for row, _, _ in mistakes)]
    source, _ = read_source(table(tmp_path, rows))
    assert source is not None
    found = []
    for error in read_sources([source], tmp_path).errors:
        assert error.span is not None
        found.append((Path(error.span.file).name, error.span.line, error.span.column, error.code))
    assert [("big.csv", 7_777 + more, column, code) for more, (_, code, column) in enumerate(mistakes)] == sorted(found)
