"""The further languages that rule files are written in: those of the plug-ins they name with ``use``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.memory import Memory
from rulelang.plugin.discover import Plugins, discover
from rulelang.syntax.parse import read_statements
from rulelang.syntax.statements import UseStatement
from rulelang.syntax.words import further_languages, load_words


@contextmanager
def spoken(
    sources: Iterable[Source], plugins: Plugins | None, memory: Memory | None = None
) -> Iterator[tuple[Plugins | None, list[Diagnostic]]]:
    """Inside, the files may be written in the languages of the plug-ins they use.

    Gives the plug-ins, found where a file uses any, and what is wrong with the word tables of those it uses.
    """
    phrases = "|".join(re.escape(each) for table in load_words().all_phrases.values() for each in table.get("USE", ()))
    asked = [each for each in sources if re.search(rf"(?mi)^\s*(?:{phrases})", each.text)]
    heads = [each for source in asked for each in read_statements(source, frozenset({"use"}), (), memory)]
    uses = [each for each in heads if isinstance(each, UseStatement)]
    if uses and plugins is None:
        plugins = discover() if memory is None else memory.whole("plugins", discover)
    problems: list[Diagnostic] = []
    with ExitStack() as stack:
        for statement in uses:
            used = (None if plugins is None else plugins.named(name) for name in statement.plugins)
            for plugin in dict.fromkeys(each for each in used if each is not None):
                problems += [evolve(each, span=statement.span) for each in speak(plugin.words, stack)]
        yield plugins, problems


def speak(tables: Iterable[Path], stack: ExitStack) -> list[Diagnostic]:
    """Rules may be written in the languages of word tables until the stack closes; ``words-unusable`` for one that
    is none.
    """
    problems = []
    for path in tables:
        try:
            stack.enter_context(further_languages(path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            facts = {"file": str(path), "cause": str(error)}
            problems.append(Diagnostic("words-unusable", facts=facts))
    return problems
