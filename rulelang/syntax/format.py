"""The formatter: one layout for what was written, in either language, comments kept.

Each printed statement is read again; where it would come out different (Chinese without spaces), it is printed with
spaces, and if need be with names in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax import statements as s
from rulelang.syntax.cut import Comment
from rulelang.syntax.elements import spoken_of, words_for_one
from rulelang.syntax.members import called_yes_or_no, member_spellings, named
from rulelang.syntax.parse import Known, declared_names, parse, parse_again
from rulelang.syntax.printing.sameness import canonical, names_in, renamed
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.printing.statements import Line, print_statement
from rulelang.syntax.translate_examples import translated_example
from rulelang.syntax.translate_tables import translated
from rulelang.syntax.words import load_words

_INSIDE = "  "
_SPACED_BEFORE = (s.TableStatement, s.ExampleStatement, s.ForEachStatement)


@frozen
class Formatted:
    """The printed file, and what is wrong with the one that was read (then nothing was printed)."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


def format_text(
    source: Source,
    language: str | None = None,
    names: Iterable[str] = (),
    rename: Callable[[str], str] | None = None,
    elsewhere: Iterable[s.Statement] = (),
) -> Formatted:
    """Print a file in one layout. ``language`` (default: the file's) and ``rename`` put it into another language.

    ``names`` and ``elsewhere`` are the names and the declarations that other files bring in.
    """
    known_elsewhere = tuple(names)
    file, diagnostics = parse(source, known_elsewhere)
    if diagnostics:
        return Formatted(source.text, diagnostics)
    speller = Speller.of(load_words(), language or file.language, rename or str)
    declared = {name for each in file.statements for name in declared_names(each)}
    printed_names = {*known_elsewhere, *declared, *(speller.rename(name) for name in declared)}
    known = Known.of(printed_names)
    declarations = (*elsewhere, *file.statements)
    members, spellings = called_yes_or_no(declarations), member_spellings(declarations)
    one = words_for_one(declarations, speller.language == "zh")
    blocks: list[list[Line]] = []
    for statement in file.statements:
        statement = spoken_of(named(statement, members), one)
        if isinstance(statement, s.ExampleStatement):
            statement = translated_example(statement, speller, spellings)
        if isinstance(statement, s.TableStatement):
            statement = translated(statement, speller, known, members)
        lines = _print_inside(statement, speller, known)
        if lines is None:
            return Formatted(source.text, (Diagnostic("not-printable", statement.span),))
        blocks.append(_at_its_rows(lines, statement, source.text) if isinstance(statement, s.TableStatement) else lines)
    return Formatted(_assemble(source.text, file, blocks))


def _print_inside(statement: s.Statement, speller: Speller, known: Known) -> list[Line] | None:
    """The lines of a statement; indented where it stands under a ``for each``, whose head is printed before."""
    if not isinstance(statement, s.RuleStatement | s.TableStatement) or statement.element is None:
        return _print(statement, speller, known)
    lines = _print(evolve(statement, element=None), speller, known)
    return None if lines is None else [evolve(each, text=_INSIDE + each.text) for each in lines]


def _is_inside(statement: s.Statement) -> bool:
    return isinstance(statement, s.RuleStatement | s.TableStatement) and statement.element is not None


def _print(statement: s.Statement, speller: Speller, known: Known) -> list[Line] | None:
    """The lines of a statement that read again as the same statement: as they are, else with spaces, else with as few
    names in brackets as will do; none where no way of printing it does.

    Where every way can be read in two ways, one of them the same, types tell them apart as before, or it is an error.
    """
    wanted = canonical(renamed(statement, speller.rename))
    names = sorted(speller.rename(each) for each in (*names_in(statement), *declared_names(statement)))
    tries = [speller, evolve(speller, spaced=True)]
    tries += [evolve(speller, quoted=frozenset([name])) for name in names]
    tries += [evolve(speller, quoted=frozenset(names)), evolve(speller, quoted=frozenset(names), spaced=True)]
    told_by_types: list[Line] | None = None
    for each in tries:
        lines = print_statement(statement, each)
        again = parse_again("\n".join(line.text for line in lines), known)
        if len(again) != 1:
            continue
        same = [canonical(reading.statement) == wanted for reading in again[0]]
        if all(same):
            return lines
        if any(same) and told_by_types is None:
            told_by_types = lines
    return told_by_types


def _at_its_rows(lines: list[Line], table: s.TableStatement, text: str) -> list[Line]:
    """The lines of a table, each at the row it prints, so that comments keep their rows."""
    found = _ROW.finditer(text, table.span.start, table.span.end)
    places = [each.start() for each in found if set(each.group()) - set("|｜-: \t")]
    if len(places) != len(table.rows) or not places:
        return lines
    title, head, rule, *rows = lines
    first, *others = places
    moved = [evolve(line, anchor=place) for line, place in zip(rows, others, strict=True)]
    return [title, evolve(head, anchor=first), evolve(rule, anchor=first + 1), *moved]


_UNDER_HEADS = re.compile(r" *\|[-|]+\|")
_ROW = re.compile(r"(?m)^[ \t]*[|｜].*$")


def _assemble(text: str, file: s.File, blocks: list[list[Line]]) -> str:
    """Statements with their comments and blank lines."""
    result: list[str] = []
    comments = list(file.comments)
    previous_end = 0
    for number, (statement, lines) in enumerate(zip(file.statements, blocks, strict=True)):
        end = statement.span.end
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        own = [each for each in comments if each.start < line_end]
        comments = comments[len(own) :]
        before = [each for each in own if each.start < statement.span.start]
        inside = [each for each in own if each.start >= statement.span.start]
        gap_start = before[0].start if before else statement.span.start
        below_head = number > 0 and _is_bare_head(file.statements[number - 1]) and _is_inside(statement)
        after_block = number > 0 and _is_block(file.statements[number - 1]) and not _is_inside(statement)
        apart = after_block or (_stands_apart(statement) and not below_head)
        if number and (_blank_between(text, previous_end, gap_start) or apart):
            result.append("")
        pad = _INSIDE if _is_inside(statement) else ""
        result.extend(pad + each for each in _before(text, before, statement.span.start))
        result.extend(_with_comments(text, lines, inside))
        previous_end = end
    if comments:
        if _blank_between(text, previous_end, comments[0].start) and result:
            result.append("")
        result.extend(_before(text, comments, len(text)))
    return "\n".join(line.rstrip() for line in result) + "\n"


def _blank_between(text: str, start: int, end: int) -> bool:
    return bool(re.search(r"\n[ \t\r]*\n", text[start:end]))


def _stands_apart(statement: s.Statement) -> bool:
    return isinstance(statement, _SPACED_BEFORE) or (
        isinstance(statement, s.RuleStatement) and statement.title is not None
    )


def _is_block(statement: s.Statement) -> bool:
    return isinstance(statement, s.ForEachStatement) or _is_inside(statement)


def _is_bare_head(statement: s.Statement) -> bool:
    return isinstance(statement, s.ForEachStatement) and not statement.sentences


def _before(text: str, comments: list[Comment], until: int) -> list[str]:
    """Comments on lines of their own, with the blank lines between them."""
    lines: list[str] = []
    for number, comment in enumerate(comments):
        lines.append(comment.text)
        end = comments[number + 1].start if number + 1 < len(comments) else until
        if _blank_between(text, comment.start, end):
            lines.append("")
    if lines and lines[-1] == "" and until == len(text):
        lines.pop()
    return lines


def _with_comments(text: str, lines: list[Line], comments: list[Comment]) -> list[str]:
    """Each comment at the line it stood at: at its end, or on a line of its own before the next."""
    result: list[str] = []
    waiting = list(comments)
    for number, line in enumerate(lines):
        following = lines[number + 1].anchor if number + 1 < len(lines) else len(text) + 1
        if number + 1 < len(lines) and _UNDER_HEADS.fullmatch(lines[number + 1].text):
            following = text.find("\n", line.anchor)  # what stands beside the heads stays there
        while waiting and waiting[0].own_line and waiting[0].start < line.anchor:
            result.append(_indent(line.text) + waiting.pop(0).text)
        shown = line.text
        while waiting and not waiting[0].own_line and waiting[0].start < following:
            comment = waiting.pop(0)
            if "#" in _outside_quotes(shown):
                result.append(shown)
                shown = _indent(line.text) + comment.text
            else:
                shown = f"{shown}   {comment.text}"
        result.append(shown)
    result.extend(_indent(lines[-1].text) + comment.text for comment in waiting)
    return result


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"|“[^”]*”', "", line)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
