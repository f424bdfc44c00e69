"""Text tables whose lines go into the result as they are: the same bytes and the same account as row by row."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

import rulelang
from rulelang.engine.batch import run as batch
from rulelang.engine.batch.account import Asked
from rulelang.engine.batch.account import account as batch_account
from rulelang.engine.batch.early import EarlyLines
from rulelang.engine.batch.lined import open_lined
from rulelang.engine.run import run
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.opening import open_source
from tests.engine.batch.test_batch import AS_OF, assert_alike, decided
from tests.engine.batch.test_robust import FULL, PAUSED
from tests.engine.batch.test_robust import RULES as TIERS

RULES = """
field id: text
field spend: money in CNY, at least 0
field visits: whole number
field paid: date
field vip: yes or no
field grade: one of low (低), high (高)
field note: text
field rate: number
field span: duration in days
outcome tier: one of gold (金), silver (银), else silver
outcome score: whole number, sum
outcome due: date
outcome word: text
outcome share: number with 3 decimals
rule "a": if spend >= 1000.5 and vip then tier = gold, add 10 to score, tag "rich, quite" ("富")
rule "b": if visits > 3 or span > 30 days then add 5 to score, word = "say \\"so\\", please"
rule "c": if paid > 6 months and grade is high then due = paid + 1 month
rule "d": if note is missing then word = "none"
rule "e": if spend > 0 then share = rate * 2
"""
HEAD = "id,spend,visits,paid,vip,grade,note,rate,span"
PLAIN = [
    "1,1000.50,4,2025-01-31,yes,high,abc,0.5,10",
    "2,0,,2026-01-01,no,low,,1.25,",
    "3,,7,,,,,,31",
    " 4 ,10.1,-3,2025-12-31,TRUE,低, x ,-0.000001,0",
    "#5,99999999999999.99,0,0001-01-01,F,高,北京,123456789012.5,400",
    "客户,2.2222,999999999999999999,2000-02-29,1,high,'q',0,1",
]
# Cells that are not written plainly, or odd.
UNLIKE = {
    "spend": ["1.5万", "-1", "1e3", "+5", "05", "5.", ".5", " 7 ", "abc", "1.00001", "¥3"],
    "visits": ["2.0", "1e2", "007", "-0", "12345678901234567890"],
    "paid": [
        "20250131",
        "2025-1-31",
        "2025-02-30",
        "2027-01-01",
        "31/12/2025",
        "infinity",
        "2025年1月31日",
        "0000-01-01",
    ],
    "vip": ["maybe", "tRUE", "是"],
    "grade": ["High", "none", "低 "],
    "note": ["ＡＢＣ", "e\u0301"],
    "rate": ["nan", "50%", "1.234567"],
    "span": ["30 days", "1.5", "-4"],
}


def written(folder: Path, content: str, name: str = "customers.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def with_cells(column: str, unlike: Sequence[str]) -> str:
    lines = [HEAD, *PLAIN]
    for each in unlike:
        cells = PLAIN[0].split(",")
        cells[HEAD.split(",").index(column)] = each
        lines.append(",".join(cells))
    return "\n".join((*lines, PLAIN[1])) + "\n"


@pytest.fixture
def lined(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each table that was opened could keep its lines."""
    found: list[bool] = []

    def opened(*given: object) -> object:
        table = open_lined(*given)  # type: ignore[arg-type]  # handed on as it comes
        found.append(table is not None)
        return table

    monkeypatch.setattr(batch, "open_lined", opened)
    return found


def same(content: str, folder: Path, ending: str = ".csv") -> None:
    data = written(folder, content)
    assert_alike(rulelang.loads(RULES), data, folder, ending)
    assert (folder / f"python{ending}").read_bytes() == (folder / f"duckdb{ending}").read_bytes()


@pytest.mark.parametrize("column", UNLIKE)
def test_cells_that_are_not_plain(column: str, tmp_path: Path, lined: list[bool]) -> None:
    same(with_cells(column, UNLIKE[column]), tmp_path)
    assert [True] == lined


LINES = "\n".join((HEAD, *PLAIN))
KEPT = {
    "a line feed at the end": LINES + "\n",
    "none at the end": LINES,
    "two signs at line ends": LINES.replace("\n", "\r\n") + "\r\n",
    "semicolons": LINES.replace(",", ";") + "\n",
    "bars": LINES.replace(",", "|") + "\n",
    "spaces in the head": LINES.replace("id,spend", " id ,spend") + "\n",
    "a blank first cell": LINES + "\n,5,5,2025-01-01,no,low,a,1,1\n",
    "a delimiter in quotes": LINES.replace("abc", '"a, b"') + "\n",
    "quotation marks in quotes": LINES.replace("abc", '"a ""b"""').replace("'q'", '""""') + "\n",
    "another delimiter in quotes": LINES.replace(",", ";").replace("abc", '"a;b"').replace("'q'", '";"') + "\n",
    "quotes in a row that can't be read": LINES.replace("abc", '"a, b"').replace("1000.50", "x") + "\n",
    "a column that nobody reads": LINES.replace("id,", "other,") + "\n",
}
OTHER = "\n".join((HEAD, *(each for each in PLAIN if not each.startswith("#"))))  # DuckDB puts such a cell in quotes
NOT_KEPT = {
    "quotes around a whole cell": OTHER.replace("abc", '"abc"') + "\n",
    "quotes around a blank cell": OTHER.replace("abc", '""') + "\n",
    "quotes in the middle of a cell": OTHER.replace("abc", 'a"b') + "\n",
    "quotes after a space": OTHER.replace("abc", ' "a, b"') + "\n",
    "quotes that are not closed": OTHER.replace("abc", '"a') + "\n",
    "a line break in quotes": OTHER.replace("abc", '"a\nb"') + "\n",
    "the line break of a delimiter in quotes": OTHER.replace("abc", '"a,\n,b"') + "\n",
    "a blank line": OTHER + "\n\n" + PLAIN[0] + "\n",
    "a blank row": OTHER + "\n,, ,,,,,,\n" + PLAIN[0] + "\n",
    "a short row": OTHER + "\n1,2\n",
    "a long row": OTHER + "\n" + PLAIN[0] + ",x\n",
    "blank cells too many": OTHER + "\n" + PLAIN[0] + ",\n",
    "a carriage return alone": OTHER.replace("abc", "a\rb") + "\n",
    "line ends of two kinds": OTHER.replace("\n", "\r\n", 1) + "\n",
    "a title above the head": "Customers\n" + OTHER + "\n",
    "a line that says the delimiter": "sep=;\n" + OTHER.replace(",", ";") + "\n",
    "a blank line above the head": "\n" + OTHER + "\n",
    "commas of full width": OTHER.replace(",", "，") + "\n",
    "a byte order mark": "\ufeff" + OTHER + "\n",
    "a sign that separates records": OTHER.replace("abc", "a\x1eb") + "\n",
}


@pytest.mark.parametrize("content", KEPT.values(), ids=KEPT)
def test_lines_that_stay_as_they_are(content: str, tmp_path: Path, lined: list[bool]) -> None:
    same(content, tmp_path)
    assert [True] == lined


@pytest.mark.parametrize("delimiter", ["\t", "|"])
def test_other_delimiters_with_quotes(delimiter: str, tmp_path: Path, lined: list[bool]) -> None:
    content = LINES.replace(",", delimiter).replace("abc", f'"a{delimiter}""b"""') + "\n"
    same(content, tmp_path, ".tsv" if delimiter == "\t" else ".csv")
    assert [True] == lined


@pytest.mark.parametrize("content", NOT_KEPT.values(), ids=NOT_KEPT)
def test_lines_that_are_made_anew(content: str, tmp_path: Path, lined: list[bool]) -> None:
    same(content, tmp_path)
    assert True not in lined


def test_a_number_that_is_asked_about(tmp_path: Path) -> None:
    data = written(tmp_path, with_cells("spend", ["12.345"]))
    for engine in ("python", "duckdb"):
        with pytest.raises(rulelang.DataError, match="ambiguous-number"):
            decided(rulelang.loads(RULES), data, tmp_path / "out.csv", engine)
    assert [data] == list(tmp_path.iterdir())


def test_cells_kept_on_disk(tmp_path: Path, lined: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a file larger than the memory finds room."""
    monkeypatch.setattr("rulelang.engine.batch.lined._IN_MEMORY", 0)
    same(with_cells("paid", UNLIKE["paid"]), tmp_path)
    assert [True] == lined


def test_answers_in_chinese(tmp_path: Path, lined: list[bool]) -> None:
    rules = rulelang.loads(RULES)
    rules = rulelang.Ruleset(attrs.evolve(rules.model, language="zh"))
    assert_alike(rules, written(tmp_path, with_cells("grade", UNLIKE["grade"])), tmp_path, ".csv")
    assert [True] == lined


def test_columns_that_are_called_like_ours(tmp_path: Path, lined: list[bool]) -> None:
    rules = rulelang.loads('field rowid: whole number\noutcome o: text\nif rowid > 5 then o = "x"')
    assert_alike(rules, written(tmp_path, "id,rowid\n1,7\n2,3\n3,9\n"), tmp_path, ".csv")
    assert [False] == lined


def test_many_rules(tmp_path: Path, lined: list[bool]) -> None:
    """They are told by sets of bits, or by cells."""
    conditions = (f"if spend > {n * 3} and visits < {n} and vip" for n in range(150, 0, -1))
    text = "\n".join(f'{each} then word = "x{n % 7}"' for n, each in enumerate(conditions))
    rules = rulelang.loads(RULES[: RULES.index("outcome tier")] + f"outcome word: text\n{text}\n")
    rows = (f"{n},{n % 450}.25,{n % 160},2025-01-31,{'yes' if n % 3 else ''},high,,," for n in range(2000))
    assert_alike(rules, written(tmp_path, "\n".join((HEAD, *rows))), tmp_path, ".csv")
    assert [True] == lined


def test_a_file_that_grows_meanwhile(tmp_path: Path, lined: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines and answers have to belong together: what was written is thrown away, and all is read again."""
    data = written(tmp_path, OTHER + "\n")

    def account(*given: object) -> None:
        if len(lined) == 1 and not data.read_text("utf-8").endswith("more\n"):
            data.write_text(f"{OTHER}\n7,5000,9,2025-01-31,yes,high,more,1,1\nmore\n", "utf-8")
        batch_account(*given)  # type: ignore[arg-type]  # handed on as it comes

    monkeypatch.setattr(batch, "account", account)
    decided(rulelang.loads(RULES), data, tmp_path / "duckdb.csv", "duckdb")
    decided(rulelang.loads(RULES), data, tmp_path / "python.csv", "python")
    assert (tmp_path / "python.csv").read_bytes() == (tmp_path / "duckdb.csv").read_bytes()
    assert "more" in (tmp_path / "duckdb.csv").read_text("utf-8")


def test_why_stands_behind_each_answer(tmp_path: Path, lined: list[bool]) -> None:
    data = written(tmp_path, with_cells("spend", UNLIKE["spend"]))
    for engine in ("python", "duckdb"):
        with open_source(data) as source:
            run(rulelang.loads(RULES), source, RunOptions(AS_OF, engine=engine, why=True), tmp_path / f"{engine}.csv")
    assert (tmp_path / "python.csv").read_bytes() == (tmp_path / "duckdb.csv").read_bytes()
    assert [True] == lined


@pytest.fixture
def many(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Rules, customers, and a result from before."""
    rules, data, target = (tmp_path / name for name in ("tiers.rules", "customers.csv", "out.csv"))
    rules.write_text(TIERS, "utf-8")
    data.write_text("id,spend\n" + "".join(f"{each},{each % 20}.5\n" for each in range(50_000)), "utf-8")
    target.write_text("of before")
    return rules, data, target


def test_a_full_disk_leaves_the_result_of_before(many: tuple[Path, Path, Path]) -> None:
    found = subprocess.run(
        [sys.executable, "-c", FULL, *map(str, many)], capture_output=True, text=True, check=False, timeout=120
    )
    assert "disk-full" in found.stderr
    assert "of before" == many[2].read_text()
    assert 3 == len(list(many[2].parent.iterdir()))


def test_ctrl_c_leaves_the_result_of_before(many: tuple[Path, Path, Path]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PAUSED, *map(str, many)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "written\n" == process.stdout.readline()
        process.send_signal(signal.SIGINT)
    assert "of before" == many[2].read_text()
    assert 3 == len(list(many[2].parent.iterdir()))


TOTAL = """
field a: whole number
field b: whole number
field c: text
outcome o: whole number
if c is "z" then o = a + b otherwise o = a
"""


def test_lines_written_early_are_thrown_away_where_rows_have_to_be_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where rows with something unknown have too little in common they are decided one by one."""
    held: list[bool] = []

    class Watched(EarlyLines):
        def holds(self, asked: Asked) -> bool:
            held.append(super().holds(asked))
            return held[-1]

    monkeypatch.setattr(batch, "EarlyLines", Watched)
    monkeypatch.setattr(batch, "find_patterns", lambda *given: None)
    monkeypatch.setattr(batch, "LONGEST", 0)
    rows = (f"{each},{each % 7}{',' if each % 2 else ',z'}" for each in range(3000))
    data = written(tmp_path, "\n".join(("a,b,c", *rows)))
    assert_alike(rulelang.loads(TOTAL), data, tmp_path, ".csv")
    plain = written(tmp_path, "a,b,c\n" + "".join(f"{each},7,z\n" for each in range(3000)))
    assert_alike(rulelang.loads(TOTAL), plain, tmp_path, ".csv")
    assert [False, True] == held
