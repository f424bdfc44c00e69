"""Which files of a folder are one ruleset for ``check`` and ``test``: those that need each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.engine.loading.together import one_for_folders
from tests.cli.conftest import Call

BASE = "field balance: number\noutcome level: one of high, low, else low\nif balance > 100 then level = high\n"
PLAN = "field balance: number\noutcome plan: one of x, y, else y\nif level is high then plan = x\n"
OTHER = "field balance: number\noutcome plan: one of x, y, else y\nif balance < 5 then plan = x\n"
INFERRED = "if level is high then plan = x\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("all").mkdir()


def write(**files: str) -> list[str]:
    for name, text in files.items():
        Path(f"all/{name}.rules").write_text(text, encoding="utf-8")
    return [f"all/{name}.rules" for name in files]


@pytest.mark.parametrize(
    ("second", "is_one"),
    [
        (PLAN, True),
        (OTHER, False),  # each can be read alone, and neither reads what the other decides
        (INFERRED, False),  # nothing is declared there, and together everything is
        (BASE, False),  # both decide the same outcome: that is no one ruleset
        (PLAN.replace("high", "hihg"), False),  # an error stays one, told of the file in which it is
    ],
)
def test_files_that_need_each_other_are_one(second: str, is_one: bool) -> None:
    files = write(a=BASE, b=second)
    assert (dict.fromkeys(files, "all") if is_one else {}) == one_for_folders(files, ["all"])


def test_files_with_titles_stand_for_themselves() -> None:
    files = write(a=f'ruleset "One"\n{BASE}', b=f'ruleset "Two"\n{PLAN}')
    assert {} == one_for_folders(files, ["all"])
    files = write(a=f'ruleset "One"\n{BASE}', b=PLAN)
    assert dict.fromkeys(files, "all") == one_for_folders(files, ["all"])


def test_a_file_that_is_named_is_taken_at_its_name() -> None:
    files = write(a=BASE, b=PLAN)
    assert {} == one_for_folders(files, files)


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "all: its 2 files need each other"), ("zh", "all：其中2个文件互相依赖")]
)
def test_they_are_checked_and_tested_together(call: Call, lang: str, says: str) -> None:
    write(a=BASE, b=PLAN)
    Path("all/b.samples.csv").write_text("balance,expect level,expect plan\n200,high,x\n1,low,y\n", "utf-8")
    checked = call("check", "all", "--lang", lang)
    assert 0 == checked.exit_code
    assert says in checked.stdout
    tested = call("test", "all", "--lang", lang)
    assert 0 == tested.exit_code
    assert "2" in tested.stdout
    assert 1 == call("check", "all/b.rules").exit_code


def test_missing_samples_are_written_beside_the_first_file(call: Call) -> None:
    write(a=BASE, b=PLAN)
    call("test", "all", "--suggest")
    assert Path("all/a.samples.csv").exists()
