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
EXAMPLES = {
    (code, lang): (table[f"avoid_{lang}"].strip("\n"), table[f"prefer_{lang}"].strip("\n"))
    for phase in ("syntax", "meaning")
    for code, table in tomllib.loads((PAGES / f"{phase}.toml").read_text("utf-8")).items()
    for lang in ("en", "zh")
}
# Pages whose examples are no rule files by themselves: too large to print, about the file itself, about a date, on top
# of another file, or a guard that another code comes before.
NOT_RULES = {
    "empty-table",
    "extends-cycle",
    "file-too-large",
    "list-too-long",
    "nesting-too-deep",
    "not-text",
    "null-byte",
    "missing-file",
    "missing-sheet",
    "nothing-to-override",
    "outside-validity",
    "requirement-not-met",
    "too-many-rules",
    "too-many-terms",
    "unknown-rule",
    "unknown-unit",
    "unreadable-table",
}
# Codes that the source does not raise yet stay in the catalogue without proof.
RAISED = {
    node.value
    for path in PAGES.parents[2].rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}
CASES = sorted(each for each in EXAMPLES if each[0] not in NOT_RULES and each[0] in RAISED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the examples name."""
    (tmp_path / "vip_cities.csv").write_text("city\nParis\n", "utf-8")
    (tmp_path / "重点城市.csv").write_text("城市\n巴黎\n", "utf-8")
    (tmp_path / "empty.csv").write_text("city\n", "utf-8")
    (tmp_path / "空.csv").write_text("城市\n", "utf-8")
    for name in ("photo.jpg", "照片.jpg"):
        (tmp_path / name).write_bytes(b"\xff\xd8\x00\x00")
    return tmp_path


def codes(text: str, folder: Path) -> list[str]:
    return [each.code for each in read_sources([Source("x.rules", text + "\n")], folder).diagnostics]


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_an_example_to_avoid_gives_its_code(code: str, lang: str, folder: Path) -> None:
    assert code in codes(EXAMPLES[code, lang][0], folder)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_an_example_to_prefer_has_no_errors(code: str, lang: str, folder: Path) -> None:
    found = codes(EXAMPLES[code, lang][1], folder)
    declarations_only = {"no-rules"} if code != "no-rules" else set()
    assert [] == [each for each in found if severity(each) != "note" and each not in declarations_only]
