"""The examples on the pages are true: what is to be avoided gives the code, what is preferred has no errors."""

import ast
import tomllib
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources

PAGES = Path(rulelang.__file__).parent / "diagnostics" / "catalogue" / "pages"
TABLES = {
    code: table
    for phase in ("syntax", "meaning", "state", "foreach", "refused")
    for code, table in tomllib.loads((PAGES / f"{phase}.toml").read_text("utf-8")).items()
}
# Codes that the source does not raise yet stay in the catalogue without proof.
RAISED = {
    node.value
    for path in PAGES.parents[2].rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}
PROVEN = [code for code, table in TABLES.items() if code in RAISED and "unproven" not in table]
CASES = [(code, lang) for code in PROVEN for lang in ("en", "zh")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the examples name."""
    (tmp_path / "holidays.csv").write_text("date\n2026-01-01\n2027-01-01\n", "utf-8")
    (tmp_path / "rates.csv").write_text("currency,CNY\nUSD,7\n", "utf-8")
    (tmp_path / "overrides.csv").write_text("id,tier\n7,platinum\n", "utf-8")
    (tmp_path / "vip_cities.csv").write_text("city\nParis\n", "utf-8")
    (tmp_path / "重点城市.csv").write_text("城市\n巴黎\n", "utf-8")
    (tmp_path / "empty.csv").write_text("city\n", "utf-8")
    (tmp_path / "空.csv").write_text("城市\n", "utf-8")
    for name in ("photo.jpg", "照片.jpg"):
        (tmp_path / name).write_bytes(b"\xff\xd8\x00\x00")
    return tmp_path


def codes(text: str, folder: Path) -> list[str]:
    return [each.code for each in read_sources([Source("x.rules", text.strip("\n") + "\n")], folder).diagnostics]


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_an_example_to_avoid_gives_its_code(code: str, lang: str, folder: Path) -> None:
    assert code in codes(TABLES[code][f"avoid_{lang}"], folder)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_an_example_to_prefer_has_no_errors(code: str, lang: str, folder: Path) -> None:
    found = codes(TABLES[code][f"prefer_{lang}"], folder)
    declarations_only = {"no-rules"} if code != "no-rules" else set()
    assert [] == [each for each in found if severity(each) != "note" and each not in declarations_only]


def test_most_examples_are_proven() -> None:
    unproven = [code for code, table in TABLES.items() if table.get("unproven", "given") == ""]
    assert [] == unproven, "say why the examples can't be tried"
    assert len(PROVEN) > 0.6 * len(TABLES)
