"""The ways to read one statement: the usual one, and those that cut Chinese text without spaces in another place."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.syntax.cut import Chunk
from rulelang.syntax.drive import Choice, Drive, Taken
from rulelang.syntax.lalr import Tables
from rulelang.syntax.phrases import CJK
from rulelang.syntax.scan import Scanner

_MAX_TRIES = 200
_MAX_OTHERS = 24


def read_usually(tables: Tables, scanner: Scanner, chunk: Chunk, start: str) -> tuple[Drive, list[Choice]]:
    """The reading that takes the longest token everywhere, or where that makes no sense the nearest one that does.

    Also the choices that were met on its way. A statement that can't be read has the failure of the first try, or of
    one that got further with the same words (``no`` of ``no orders`` is no answer). Names that nobody declared and
    that begin with a keyword are taken only where nothing else makes sense.
    """
    first, choices = read_on(Drive.begin(tables, scanner, chunk, start, lenient=False).run())
    if first.tree is not None or (first.failure is not None and first.failure.final):
        return first, choices
    lenient, choices = read_on(Drive.begin(tables, scanner, chunk, start, lenient=True).run())
    return (first, []) if lenient.tree is None else (lenient, choices)


def read_on(first: Drive) -> tuple[Drive, list[Choice]]:
    """The first pass that reads the whole statement, going back to the latest choice whenever one does not."""
    if first.tree is not None:
        return first, first.choices
    if first.failure is not None and first.failure.final:
        return first, []
    # The choice points on the way to the present place, each with the number of the next token to try.
    open_choices = [(choice, 0) for choice in first.choices]
    furthest, of_same_words = first, {id(choice) for choice in first.choices}
    tries = 0
    while open_choices and tries < _MAX_TRIES:
        choice, number = open_choices.pop()
        if number >= len(choice.others):
            continue
        tries += 1
        open_choices.append((choice, number + 1))
        drive = choice.take(number, None)
        if drive.tree is not None and not swallows_a_name(drive):
            return drive, [each for each, _ in open_choices] + drive.choices
        if drive.failure is not None and drive.failure.final:
            return drive, []
        open_choices += [(each, 0) for each in drive.choices]
        if choice.of_same_words(number) and id(choice) in of_same_words:
            of_same_words.update(id(each) for each in drive.choices)
            furthest = max(furthest, drive, key=_got_to)
    return furthest, []


def _got_to(drive: Drive) -> int:
    """How far a pass got that did not read the whole."""
    return -1 if drive.failure is None else drive.failure.position


def swallows_a_name(drive: Drive) -> bool:
    """Whether a whole condition was taken for one name that begins with a declared one: 年龄超国18.

    Such a name is an error whatever it says; where the sentence stopped making sense without it says more.
    """
    taken = drive.taken()
    for earlier, before, link, after in zip([None, *taken], taken, taken[1:], taken[2:], strict=False):
        called = before.token.type == "LPAR" and earlier is not None and earlier.token.type in ("NAME", "NEW_NAME")
        alone = before.token.type in _BEFORE_A_CONDITION and after.token.type in _AFTER_A_CONDITION and not called
        undeclared = link.kind == "undeclared" and link.token.type == "NAME"
        if alone and undeclared and drive.scanner.names.at(drive.half, link.token.start):
            return True
    return False


def takes_a_name_alone(drive: Drive, since: Taken | None) -> bool:
    """Whether, after a token, a name that nobody declared is a whole condition."""
    taken = drive.taken()
    after = taken[taken.index(since) + 1 :] if since in taken else []
    return (
        len(after) > 1
        and after[0].kind == "undeclared"
        and after[0].token.type == "NAME"
        and after[1].token.type in _AFTER_A_CONDITION
    )


_BEFORE_A_CONDITION = frozenset({"IF", "OTHERWISE_IF", "AND", "OR", "NOT", "LPAR", "BULLET"})
_AFTER_A_CONDITION = frozenset({"THEN", "AND", "OR", "RPAR", "BULLET", "BULLETS_END", "IF_END"})


def read_otherwise(first: Drive, choices: list[Choice]) -> Iterator[Drive]:
    """Further readings, each by one different choice in Chinese text; none brings in a name that nobody declared."""
    declared = first.scanner.names
    usual = {link.token.text for link in first.taken() if link.kind == "undeclared"}
    half = first.half
    found = 0
    for choice in choices:
        if not CJK.match(half, choice.drive.position):
            continue
        for number, (candidate, _) in enumerate(choice.others):
            if candidate.kind == "undeclared" and candidate.value not in usual and candidate.value not in declared:
                continue
            drive = choice.take(number, usual)
            if drive.tree is not None:
                yield drive
                found += 1
                if found >= _MAX_OTHERS:
                    return


def met_in_chinese(first: Drive, choices: list[Choice]) -> bool:
    """Whether one of the choices was met in Chinese text."""
    return any(CJK.match(first.half, each.drive.position) for each in choices)


def written_cut(drive: Drive, original: str) -> str:
    """The words of a reading, with bars between them."""
    spans = [(link.token.start, link.token.end) for link in drive.taken() if link.token.type != "BULLET"]
    return "｜".join(original[start:end] for start, end in spans if end > start)
