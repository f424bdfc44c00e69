"""Whatever stands in names and texts is taken for a name or a text, on every database that can be run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, note, settings
from hypothesis import strategies as st

import rulelang
from rulelang.backends.sql.dialect import Dialect
from rulelang.values.text import clean_text
from tests.servers.connections import EXECUTED

AS_OF = date(2026, 6, 30)
DANGEROUS = (
    *(
        'a"; drop table canary; --',
        "x' or '1'='1",
        "`; drop table canary",
        "\\'; drop table canary; --",
        "$$",
        "$1",
        ":x",
    ),
    *("%s", "%(x)s", "?", "{x}", "{0}", "/* ", "*/", "-- ", "#", "]", ")", "'')", '""', "\\", "\\\\", "@a", "\\u0027"),
    *("客户", "；", "“", "’", "é", "e\u0301", "\u2028", "\u200b", "\u00a0", "A", " ", "%", "_", "!", "*", "[a-z]"),
)
_PIECES = st.lists(st.one_of(st.sampled_from(DANGEROUS), st.characters(exclude_categories=("Cs", "Cc"))), max_size=4)
TEXTS = _PIECES.map("".join)
# In rules a name ends with its bracket; MySQL knows no others in names than those of the first plane.
NAMES = TEXTS.map(clean_text).filter(
    lambda name: name and not set("】]\\\n") & set(name) and max(map(ord, name)) < 65536
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def type_of_text(dialect: Dialect) -> str:
    return "VARCHAR(200)" if dialect.name == "mysql" else dialect.text_type


@pytest.mark.parametrize("name", EXECUTED)
def test_names_and_texts_stay_what_they_are(name: str, database: Callable[[str], Any], fuzz: int | None) -> None:
    dialect, connection = EXECUTED[name], database(name)
    connection.execute("DROP TABLE IF EXISTS canary")
    connection.execute("CREATE TABLE canary (x INTEGER)")

    @settings(
        max_examples=fuzz or 10,
        derandomize=fuzz is None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),  # a difference is short enough as it is
        report_multiple_bugs=False,
    )
    @given(NAMES, NAMES, TEXTS, TEXTS, TEXTS)
    @example('a"; drop table canary', 'b`"', "'; drop table canary; --", "\\'; drop table canary; --", "\\")
    def check(table: str, field: str, same: str, part: str, given_: str) -> None:
        assume("." not in table and not (name == "clickhouse" and set("*?{}") & set(table)))  # files, there
        assume(clean_text(same) and clean_text(given_) and clean_text(part))
        rules = (
            f"field 【{field}】: text\noutcome first_: text\noutcome second_: text, collect\n"
            f"if 【{field}】 is {quoted(same)} or 【{field}】 contains {quoted(part)} then first_ = {quoted(given_)}\n"
            f"if 【{field}】 is not {quoted(same)} then add {quoted(given_)} to second_"
        )
        note(rules)
        try:
            ruleset = rulelang.loads(rules)
            text = ruleset.sql(name, AS_OF, table=table)
        except rulelang.RuleError:
            assume(False)
        (field,) = ruleset.model.fields  # full-width signs in names are folded
        column, relation = dialect.identifier(field), dialect.identifier(table)
        connection.execute(f"DROP TABLE IF EXISTS {relation}")
        connection.execute(f"CREATE TABLE {relation} (id_ INTEGER, {column} {type_of_text(dialect)})")
        rows = [clean_text(same), clean_text(f"x{part}y"), "neither", None]  # not all databases normalise
        for number, row in enumerate(rows):
            connection.execute(f"INSERT INTO {relation} VALUES (?, ?)", [number, row])
        note(text)
        found = connection.execute(ruleset.sql(name, AS_OF, table=table, keep=("id_",))).fetchall()
        for number, first, second in sorted(found):
            decision = ruleset.decide({field: rows[number]}, as_of=AS_OF)
            assert (decision["first_"], "; ".join(decision["second_"])) == (first, second or "")
        assert 4 == len(found)
        connection.execute(f"DROP TABLE {relation}")
        assert [] == list(connection.execute("SELECT * FROM canary").fetchall())

    check()
