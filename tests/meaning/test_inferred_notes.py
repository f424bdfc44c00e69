"""What is inferred is told with the declaration that says the same, which can be pasted in."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources


@pytest.mark.parametrize(
    ("rule", "english", "chinese"),
    [
        (
            "if [Policy expires] within the next 60 days then tier = gold",
            "field [Policy expires]: date, may be future",
            "字段【Policy expires】：日期，可为未来",
        ),
        ("if [Last order] > 60 days then tier = gold", "field [Last order]: date", "字段【Last order】：日期"),
        ("if spend > ¥5 then tier = gold", "field spend: money in CNY", "字段spend：金额（元）"),
        ("如果消费超过5元那么等级＝金", "field 消费: money in CNY", "字段消费：金额（元）"),
        ("if left_since = 20% then tier = gold", "field left_since: number", "字段left_since：数字"),
    ],
)
def test_the_declaration_of_what_was_inferred(rule: str, english: str, chinese: str) -> None:
    read = read_sources([Source("own.rules", rule)], Path())
    [found] = [each for each in read.diagnostics if each.code == "inferred"]
    assert describe(found, "en").help.endswith(english)
    assert describe(found, "zh").help.endswith(chinese)
    assert not read_sources([Source("own.rules", f"{english}\n{rule}")], Path()).errors
