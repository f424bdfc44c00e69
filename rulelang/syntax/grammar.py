"""The LALR tables of the rule language, built by Lark from ``grammars/*.lark`` and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from rulelang import keeping
from rulelang.resources import grammars
from rulelang.syntax.cut import STARTS
from rulelang.syntax.lalr import Tables, tables_of
from rulelang.syntax.words import load_words

FILES = ("statements", "rules", "tables", "expressions")
# Starts that are no statements: a condition in braces, the cells of a table.
FRAGMENTS = ("expression", "cell", "head")
MADE_BY_THE_SCANNER = (
    "NUMBER",
    "TEXT_LITERAL",
    "DATE_LITERAL",
    "NAME",
    "NEW_NAME",
    "WORD",
    "COMMA",
    "PAUSE",
    "SEMICOLON",
    "DOT",
    "BULLET",
    "BULLETS_END",
    "MEASURE",
    "TABLE_ROW",
)
# Counts up when the form of the cached tables changes.
_FORM = b"1"


def grammar_text() -> str:
    """The whole grammar: the files by subject, then the terminals, which have no patterns of their own."""
    parts = [(grammars() / f"{name}.lark").read_text("utf-8") for name in FILES]
    terminals = sorted(load_words().terminals.union(MADE_BY_THE_SCANNER))
    return "\n".join([*parts, "%declare " + " ".join(terminals)])


def build_tables(debug: bool = False) -> Tables:
    """Build the tables from the grammar files (a third of a second). With ``debug``, Lark logs resolved conflicts."""
    import lark
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        """Lark's place for a lexer: the scanner feeds the parser itself, one token at a time."""

        def __init__(self, conf: Any) -> None:
            del conf

        def lex(self, lexer_state: Any, parser_state: Any) -> Any:
            return iter(())

    starts = [*sorted(set(STARTS.values())), *FRAGMENTS]
    options: dict[str, Any] = {"parser": "lalr", "lexer": NoLexer, "maybe_placeholders": False, "debug": debug}
    parser = lark.Lark(grammar_text(), start=starts, **options)
    table = parser.parser.parser._parse_table
    states = {
        number: {name: (action.name == "Shift", arg) for name, (action, arg) in row.items()}
        for number, row in table.states.items()
    }
    rules = {arg: None for row in table.states.values() for action, arg in row.values() if action.name == "Reduce"}
    ends = {name: (table.start_states[name], table.end_states[name]) for name in starts}
    return tables_of(states, rules, ends)


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The tables, from the cache where a current one is there; a cache that can't be used is done without."""
    parts = [(grammars() / f"{name}.lark").read_bytes() for name in FILES]
    parts += [path.read_bytes() for path in sorted(grammars().glob("words.*.toml"))]
    key = hashlib.sha256(b"\0".join([_FORM, *parts])).hexdigest()[:24]
    name = f"grammar-{key}.json"
    kept = keeping.read(name)
    if kept is not None:
        try:
            return Tables.from_data(json.loads(bytes(kept)))
        except (ValueError, KeyError, TypeError):
            pass  # of another program that writes there
    tables = build_tables()
    keeping.write(name, json.dumps(tables.as_data(), separators=(",", ":")).encode())
    return tables
