"""Outcomes of each record of a list (``order.alert``): how they are declared, inferred, and set by rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import (
    TAGS,
    TAGS_LABEL,
    Vocabulary,
    key_and_label,
    list_named,
    record_key,
    type_word,
)
from rulelang.syntax import statements as s
from rulelang.vocabulary.declarations import Field, Outcome, list_spellings
from rulelang.vocabulary.types import ListOf, Text


@frozen
class Place:
    """Where an outcome of records belongs: its key, its list, its name and label there."""

    key: str
    list: str
    part: str
    label: str | None


def placed(
    statement: s.OutcomeStatement, element: str, fields: Mapping[str, Field], others: Iterable[Outcome]
) -> Place | Diagnostic:
    """Where a declared outcome of each ``element`` belongs among the ``others``, or what is wrong with it."""
    listed = list_named(element, fields.values())
    span = statement.span
    if listed is None:
        field = next((each for each in fields.values() if element in (each.name, each.label)), None)
        if field is not None:
            return Diagnostic("not-a-list", span, {"name": element, "type": type_word(field.type)})
        names = [each for field in fields.values() for each in list_spellings(field)]
        return Diagnostic("unknown-element", span, {"name": element}, nearest(element, names))
    key, type_ = listed
    part, label = key_and_label(statement.name, statement.label)
    taken = {each for name, other, _ in type_.fields for each in (name, other)}
    taken.update(each for outcome in others if outcome.list == key for each in (outcome.part, outcome.label))
    doubled = next((each for each in (part, label) if each is not None and each in taken), None)
    if doubled is not None:
        return Diagnostic("duplicate-name", span, {"name": doubled})
    return Place(record_key(key, type_, part), key, part, label)


def with_tags(statements: Sequence[s.Statement], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with an outcome for tags of the records of lists whose rules give tags, where they have none of
    their own. Where only records are tagged, ``tags`` are theirs.
    """
    found: dict[str, Outcome] = {}
    tagged = False
    for statement in statements:
        for action, listed in record_actions(statement, vocabulary):
            if action.kind == "tag" and listed is not None and vocabulary.tags_of(listed[0]) is None:
                key, type_ = listed
                name = record_key(key, type_, TAGS)
                found[name] = Outcome(name, Text(), TAGS_LABEL, policy="collect", inferred=True, list=key, part=TAGS)
        if isinstance(statement, s.RuleStatement) and statement.element is None:
            tagged = tagged or any(action.kind == "tag" for action in actions(statement))
    if not found:
        return vocabulary
    symbols = dict(vocabulary.symbols)
    always_there = vocabulary.outcomes.get(TAGS)
    if not tagged and always_there is not None and always_there.inferred:
        symbols = {name: each for name, each in symbols.items() if (each.kind, each.key) != ("outcome", TAGS)}
    return evolve(vocabulary, record_outcomes={**vocabulary.record_outcomes, **found}, symbols=symbols)


def actions(statement: s.RuleStatement) -> Iterator[s.Action]:
    """What the sentences of a rule do."""
    for sentence in statement.sentences:
        for branch in sentence.branches:
            yield from branch.actions


def record_actions(
    statement: s.Statement, vocabulary: Vocabulary
) -> Iterable[tuple[s.Action, tuple[str, ListOf] | None]]:
    """What a statement under ``for each`` sets, each with the list it speaks of (None: there is no such list)."""
    if isinstance(statement, s.RuleStatement) and statement.element is not None:
        listed = vocabulary.list_of(statement.element.text)
        yield from ((action, listed) for action in actions(statement))


def record_target(action: s.Action, scope: Scope) -> Outcome | None:
    """The outcome that a rule under ``for each`` sets; None where it is reported to be none of the record's."""
    name, element = action.target, scope.element
    assert name is not None and element is not None
    named = None if action.element is None else scope.vocabulary.list_of(action.element.text)
    if action.element is not None and (named is None or named[0] != element.key):
        written = f"{action.element.text}.{name.text}"
        scope.report("outcome-of-other-element", name.span, name=written, element=element.word)
        return None
    outcome = element.outcome(name.text)
    if outcome is not None:
        return outcome
    symbol = scope.vocabulary.symbols.get(name.text)
    if element.find(name.text) is not None:
        scope.report("outcome-not-assignable", name.span, name=name.text, kind="field")
    elif symbol is not None and symbol.kind == "outcome":
        scope.report("customer-outcome-for-each", name.span, name=name.text, element=element.word)
    elif symbol is not None:
        scope.report("outcome-not-assignable", name.span, name=name.text, kind=symbol.kind)
    else:
        names = [each for outcome in element.outcomes for each in (outcome.part, outcome.label) if each]
        scope.report_near("unknown-outcome", name.span, nearest(name.text, names), name=name.text)
    return None


def outside_for_each(action: s.Action, known: bool, scope: Scope) -> bool:
    """Report a rule that sets a record's outcome and does not stand under ``for each``; whether it was one."""
    name = action.target
    assert name is not None
    if action.element is None and known:
        return False
    wanted = None if action.element is None else scope.vocabulary.list_of(action.element.text)
    candidates = [
        each
        for each in scope.vocabulary.record_outcomes.values()
        if name.text in (each.part, each.label) and (wanted is None or each.list == wanted[0])
    ]
    if action.element is None and not candidates:
        return False
    word = candidates[0].name.rpartition(".")[0] if candidates else action.element.text if action.element else ""
    scope.report("element-outcome-outside", action.span, name=name.text, element=word)
    return True
