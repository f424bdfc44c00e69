"""Colours on a terminal only."""

import io

import pytest

from rulelang.report.progress import Progress
from rulelang.report.terminal import Style, table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def colourful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")


def test_a_pipe_gets_plain_text() -> None:
    style = Style.of(io.StringIO())
    assert "class  count\nlost       3" == table(("class", "count"), [["lost", "3"]], ("<", ">"), style)
    assert "x" == style.paint("x", "error")


def test_a_terminal_gets_colours_and_a_line() -> None:
    style = Style.of(Terminal())
    assert 60 == style.width
    heading, line, row = table(("class", "count"), [["lost", "3"]], ("<", ">"), style).split("\n")
    assert "\x1b[1mclass  count\x1b[0m" == heading
    assert "─" * 12 in line
    assert "lost       3" == row
    assert "\x1b[1;31mx\x1b[0m" == style.paint("x", "error")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_none_gets_none(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert not Style.of(Terminal()).colour


def test_progress_is_silent_in_a_pipe() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress(5, 10)
    assert "" == stream.getvalue()


def test_progress_draws_a_bar_and_takes_it_away() -> None:
    stream = Terminal()
    with Progress(stream, "行") as progress:
        progress(5, 10)
        progress(6, 10)  # too soon to be drawn
    drawn = stream.getvalue()
    assert "█" * 12 + "░" * 12 + " 50% 5 行" in drawn
    assert "60%" not in drawn
    assert drawn.endswith("\r" + " " * 59 + "\r")


def test_progress_without_a_total_counts() -> None:
    stream = Terminal()
    Progress(stream)(1234)
    assert "1,234 rows" in stream.getvalue()
