"""Whatever happens ends with a message and an exit code, never with a traceback."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from rulelang.cli import code as code_command
from rulelang.cli.failures import ending
from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from tests.cli.conftest import Call


@pytest.mark.parametrize(
    ("problem", "exit_code", "codes"),
    [
        (KeyboardInterrupt(), 130, ["interrupted"]),
        (BrokenPipeError(), 141, []),
        (MemoryError(), 1, ["out-of-memory"]),
        (RecursionError(), 1, ["too-deep"]),
        (OSError(errno.ENOSPC, "No space left on device", "out.csv"), 1, ["disk-full"]),
        (OSError(errno.ENOENT, "No such file", "a.csv"), 2, ["no-such-file"]),
        (OSError(errno.EACCES, "Permission denied", "a.csv"), 2, ["no-access"]),
        (OSError(errno.EIO, "Input/output error"), 1, ["system-error"]),
        (RuleError((Diagnostic("no-rules"), Diagnostic("cycle"))), 1, ["no-rules", "cycle"]),
        (DataError((Diagnostic("empty-data"),)), 1, ["empty-data"]),
        (DataError((Diagnostic("no-such-file"),)), 2, ["no-such-file"]),
        (ZeroDivisionError("division by zero"), 1, ["internal-error"]),
    ],
)
def test_how_a_command_ends(problem: BaseException, exit_code: int, codes: list[str]) -> None:
    how = ending(problem)
    assert (exit_code, codes) == (how.exit_code, [each.code for each in how.diagnostics])


def test_an_unexpected_error_is_one_line_to_report(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr(code_command.cli, "callback", broken)
    result = call("code")
    assert 1 == result.exit_code
    assert "error internal-error: Something went wrong inside the program: ValueError: two lines.\n" in result.stderr
    assert "Traceback" not in result.stderr
    assert "错误 internal-error：" in call("code", "--lang", "zh").stderr
    assert isinstance(call("code", "--debug").exception, ValueError)


PYTHON = (sys.executable, "-c", "from rulelang.cli.main import main; main()")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is a thing of Linux")
def test_a_full_disk_behind_standard_output() -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run([*PYTHON, "code"], stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert 1 == result.returncode
    assert result.stderr.startswith("error disk-full: The disk is full.")
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    process = subprocess.Popen(
        [*PYTHON, "code", "--lang", "en"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    message = process.stderr.read()
    process.stderr.close()
    assert 141 == process.wait(timeout=30)
    assert "" == message
