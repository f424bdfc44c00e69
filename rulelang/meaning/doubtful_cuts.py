"""Outcomes that nobody declared and whose name may have been cut off: 标｜记为 where 标记｜为 was meant (S8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.meaning.vocabulary import Vocabulary
from rulelang.meaning.walk import descend, expressions, sentences
from rulelang.memory import NO_MEMORY, Memory
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.natural import said_in
from rulelang.syntax.phrases import CJK
from rulelang.syntax.words import load_words


def doubtful_cuts(
    statements: Iterable[s.Statement],
    vocabulary: Vocabulary,
    sources: Mapping[str, Source],
    memory: Memory = NO_MEMORY,
) -> tuple[Diagnostic, ...]:
    """``ambiguous-cut`` where a name that nobody declared runs into a word like 记为, and a longer name into 为.

    A name that stands in another place where it can't be cut otherwise is no longer in doubt.
    """
    words = _assigning_words()
    statements = tuple(statements)
    found: dict[str, list[tuple[Span, str]]] = {}
    settled: set[str] = set()

    def told(statement: s.Statement) -> tuple[tuple[t.Name, str | None], ...]:
        return tuple((name, _word_after(name, sources, words)) for name in _targets(statement))

    for name, word in (pair for each in memory.each("words after", told, statements) for pair in each):
        if word is None:
            settled.add(name.text)
        elif _undeclared(name.text, vocabulary):
            found.setdefault(name.text, []).append((name.span, word))
    doubtful = {name: places for name, places in found.items() if name not in settled}
    if doubtful:
        settled = {each.text for statement in statements for each in _read(statement)}
    return tuple(
        _diagnostic(name, span, word, sources)
        for name, places in doubtful.items()
        if name not in settled
        for span, word in places
    )


def _targets(statement: s.Statement) -> Iterator[t.Name]:
    """The names that a statement's rules set."""
    for sentence in sentences(statement):
        for branch in sentence.branches:
            yield from (each.target for each in branch.actions if each.target is not None)


def _read(statement: s.Statement) -> Iterator[t.Name]:
    """The names that a statement reads: in a condition no such word follows them."""
    for outermost in expressions(statement):
        yield from (each for each in descend(outermost) if isinstance(each, t.Name))


def _undeclared(name: str, vocabulary: Vocabulary) -> bool:
    outcome = vocabulary.outcome(name)
    return outcome is None or outcome.inferred


def _assigning_words() -> tuple[str, ...]:
    """The words of two characters or more for "is set to" that end with a shorter one: 记为 with 为."""
    phrases = load_words().all_phrases["zh"]["ASSIGN"]
    return tuple(each for each in phrases if len(each) > 1 and each[1:] in phrases and CJK.match(each))


def _word_after(name: t.Name, sources: Mapping[str, Source], words: tuple[str, ...]) -> str | None:
    """The word of ``words`` that follows a name without a space."""
    source = sources.get(name.span.file) if CJK.match(name.text[-1:]) else None
    if source is None or source.text[name.span.start : name.span.end] != name.text:
        return None
    return next((each for each in words if source.text.startswith(each, name.span.end)), None)


def _diagnostic(name: str, span: Span, word: str, sources: Mapping[str, Source]) -> Diagnostic:
    text = sources[span.file].text[span.start :].split("\n", 1)[0]
    said = said_in(text, ())
    if said is not None and said.code == "set-in-words" and said.start == 0:  # 将类别设为重点
        facts = {"found": text[: said.end], "written": said.written}
        return Diagnostic(said.code, sources[span.file].span(span.start, span.start + said.end), facts)
    first, second = f"{name}｜{word}", f"{name}{word[0]}｜{word[1:]}"
    written = {"one": first.replace("｜", " "), "other": second.replace("｜", " ")}
    facts = {"phrase": name + word, "first": first, "second": second, **written}
    return Diagnostic("ambiguous-cut", sources[span.file].span(span.start, span.end + len(word)), facts)


__all__ = ["doubtful_cuts"]
