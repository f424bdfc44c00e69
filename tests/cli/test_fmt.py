"""``rulelang fmt`` and ``rulelang translate``."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Call

LOOSE = "# a remark\nif   balance>100   then level=high\n"
NEAT = "# a remark\n\nif balance > 100 then level = high\n"
CHINESE = "如果余额>100那么级别=“高”\n"
TWO = """\
field balance (余额): number

outcome level (级别): one of high (高), low (低)

if balance > 100 then level = high
"""


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def formatted(call: Call, text: str) -> str:
    write("formatted.rules", text)
    assert 0 == call("fmt", "formatted.rules").exit_code
    return Path("formatted.rules").read_text("utf-8")


def test_files_are_formatted_in_place_and_named(call: Call) -> None:
    first, second = write("a/x.rules", LOOSE), write("b.rules", CHINESE)
    hidden = write(".hidden/y.rules", LOOSE)
    result = call("fmt")
    assert (0, f"{first}\n{second}\n", "") == (result.exit_code, result.stdout, result.stderr)
    assert "if balance > 100 then level = high\n" in first.read_text("utf-8")
    assert "# a remark" in first.read_text("utf-8")
    assert "超过" in second.read_text("utf-8")
    assert LOOSE == hidden.read_text("utf-8")
    again = call("fmt")
    assert (0, "") == (again.exit_code, again.stdout)


def test_check_changes_nothing(call: Call) -> None:
    path = write("x.rules", LOOSE)
    result = call("fmt", "--check", "x.rules")
    assert (1, "") == (result.exit_code, result.stdout)
    assert "warning would-change: “x.rules” is not in the standard layout." in result.stderr
    assert LOOSE == path.read_text("utf-8")
    write("x.rules", formatted(call, LOOSE))
    assert 0 == call("fmt", "--check", "x.rules").exit_code


def test_a_file_with_errors_stays_and_the_others_are_formatted(call: Call) -> None:
    broken, good = write("a.rules", "if balance > then level = high\n"), write("b.rules", LOOSE)
    result = call("fmt")
    assert (1, "b.rules\n") == (result.exit_code, result.stdout)
    assert "a.rules:1:" in result.stderr
    assert "if balance > then level = high\n" == broken.read_text("utf-8")
    assert LOOSE != good.read_text("utf-8")


def test_standard_input_is_formatted_to_standard_output(call: Call) -> None:
    result = call("fmt", "-", input=LOOSE)
    assert (0, formatted(call, LOOSE)) == (result.exit_code, result.stdout)


def test_a_file_of_a_chinese_editor_is_read_and_becomes_utf_8(call: Call) -> None:
    path = write("x.rules", CHINESE.encode("gb18030"))
    assert 0 == call("fmt").exit_code
    assert "余额" in path.read_text("utf-8")


@pytest.mark.parametrize("arguments", [("nowhere.rules",), ("lifecycle",)])
def test_a_file_that_is_not_there_is_a_wrong_call(call: Call, arguments: tuple[str, ...]) -> None:
    result = call("fmt", *arguments)
    assert 2 == result.exit_code
    assert "no-such-file" in result.stderr


def test_permissions_and_links_stay(call: Call) -> None:
    path = write("x.rules", LOOSE)
    path.chmod(0o640)
    os.symlink("x.rules", "y.rules")
    assert 0 == call("fmt", "y.rules").exit_code
    assert Path("y.rules").is_symlink()
    assert 0o640 == path.stat().st_mode & 0o777
    assert LOOSE != path.read_text("utf-8")
    assert ["x.rules", "y.rules"] == sorted(os.listdir("."))


def test_a_translation_and_back_is_the_same_file(call: Call) -> None:
    write("x.rules", TWO)
    chinese = call("translate", "x.rules", "--to", "zh")
    assert (0, "") == (chinese.exit_code, chinese.stderr)
    assert "如果余额超过100" in chinese.stdout
    assert "级别为高" in chinese.stdout
    write("y.rules", chinese.stdout)
    back = call("translate", "y.rules", "--to", "en")
    assert (formatted(call, TWO), 0) == (back.stdout, back.exit_code)


@pytest.mark.parametrize("written", ["以付款日为准", "按付款日为准", "按日期付款日", "按付款日", "以paid_on为准"])
def test_the_date_of_a_list_is_named_in_either_language(call: Call, written: str) -> None:
    dates = "付款日（paid_on）：日期，发货日（shipped_on）：日期"
    write(
        "x.rules",
        f"字段订单（orders）：明细order（{dates}），{written}\n如果最近30天内的订单不少于1笔，那么级别＝“高”\n",
    )
    chinese = call("translate", "x.rules", "--to", "zh")
    assert "），以付款日为准\n" in chinese.stdout
    write("y.rules", chinese.stdout)
    assert "), dated by paid_on\n" in call("translate", "y.rules", "--to", "en").stdout


def test_a_translation_can_be_written_but_not_over_its_original(call: Call) -> None:
    write("x.rules", TWO)
    result = call("translate", "x.rules", "--to", "zh", "-o", "中文.rules")
    assert (0, "", "written to 中文.rules\n") == (result.exit_code, result.stdout, result.stderr)
    assert "如果余额超过100" in Path("中文.rules").read_text("utf-8")
    refused = call("translate", "x.rules", "--to", "zh", "-o", "x.rules")
    assert 2 == refused.exit_code
    assert "same-file" in refused.stderr


def test_what_can_not_be_translated(call: Call) -> None:
    write("x.rules", "if balance > then level = high\n")
    result = call("translate", "x.rules", "--to", "zh")
    assert (1, "") == (result.exit_code, result.stdout)
    assert "x.rules:1:" in result.stderr
    assert 2 == call("translate", "nowhere.rules", "--to", "zh").exit_code
