"""The LALR tables of the rule language, built by Lark from ``grammars/*.lark`` and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import lark
from lark.lexer import Lexer

from rulelang.resources import grammars
from rulelang.syntax.cut import STARTS
from rulelang.syntax.words import load_words

FILES = ("statements", "rules", "tables", "expressions")
# Starts that are no statements: a condition in braces, the cells of a table.
FRAGMENTS = ("expression", "cell", "head")
MADE_BY_THE_SCANNER = [
    "NUMBER",
    "TEXT_LITERAL",
    "DATE_LITERAL",
    "NAME",
    "NEW_NAME",
    "WORD",
    "COMMA",
    "SEMICOLON",
    "DOT",
    "BULLET",
    "BULLETS_END",
    "TABLE_ROW",
]


class _NoLexer(Lexer):
    """Lark's place for a lexer: the scanner feeds the parser itself, one token at a time."""

    def __init__(self, conf: Any) -> None:
        del conf

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[lark.Token]:
        return iter(())


def grammar_text() -> str:
    """The whole grammar: the files by subject, then the terminals, which have no patterns of their own."""
    parts = [(grammars() / f"{name}.lark").read_text("utf-8") for name in FILES]
    terminals = sorted(load_words().terminals.union(MADE_BY_THE_SCANNER))
    return "\n".join([*parts, "%declare " + " ".join(terminals)])


def build_parser() -> lark.Lark:
    """Build the tables from the grammar files (a third of a second)."""
    return lark.Lark(
        grammar_text(),
        parser="lalr",
        lexer=_NoLexer,
        start=[*sorted(set(STARTS.values())), *FRAGMENTS],
        propagate_positions=True,
        maybe_placeholders=False,
    )


@lru_cache(maxsize=1)
def load_parser() -> lark.Lark:
    """The parser, from the cache where a current one is there; a cache that can't be used is done without."""
    parts = [(grammars() / f"{name}.lark").read_bytes() for name in FILES]
    parts += [path.read_bytes() for path in sorted(grammars().glob("words.*.toml"))]
    key = hashlib.sha256(b"\0".join([*parts, lark.__version__.encode(), sys.version.encode()])).hexdigest()[:24]
    path = cache_folder() / f"grammar-{key}.tables"
    try:
        with path.open("rb") as file:
            return lark.Lark.load(file)
    except Exception:  # any damage to a cache file only means building anew
        parser = build_parser()
    _store(parser, path)
    return parser


def cache_folder() -> Path:
    """Where derived files may be kept: ``$RULELANG_CACHE``, else the user's cache folder."""
    given = os.environ.get("RULELANG_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rulelang"


def _store(parser: lark.Lark, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                parser.save(file)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        return
