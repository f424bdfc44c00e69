"""The grammar is one that a parser with one token of lookahead reads in one way only."""

from __future__ import annotations

import logging

import lark
import pytest

from rulelang.syntax.grammar import build_tables


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
        lark.logger.addHandler(caplog.handler)
        try:
            build_tables(debug=True)
        finally:
            lark.logger.removeHandler(caplog.handler)
    assert [] == [each.getMessage() for each in caplog.records if "onflict" in each.getMessage()]
