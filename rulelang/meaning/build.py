"""The door of this layer: parsed files become the checked model, or the list of what is wrong with them.

Passes, in this order: declare (names), infer (what nobody declared), resolve (names and types of every sentence), order
(which outcome first), and the notes about what is declared and never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import is_not

from attrs import evolve, frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.position import Source, Span
from rulelang.meaning.changeable import given_by_nature
from rulelang.meaning.clashing import told_where_used
from rulelang.meaning.declare import Entries, Used, declare
from rulelang.meaning.declared_checks import declared_checks, with_checks
from rulelang.meaning.doubtful_cuts import doubtful_cuts
from rulelang.meaning.examples import read_example
from rulelang.meaning.infer import infer
from rulelang.meaning.inferred_notes import inferred_notes
from rulelang.meaning.lengths import unfounded_lengths
from rulelang.meaning.misdated import misdated
from rulelang.meaning.order import decision_order
from rulelang.meaning.own_currencies import mixed_currencies
from rulelang.meaning.previous import with_previous
from rulelang.meaning.protected import protected
from rulelang.meaning.record_outcomes import with_tags
from rulelang.meaning.resolve_conditions import resolve_condition
from rulelang.meaning.resolve_population import measured_field
from rulelang.meaning.resolve_values import resolve_value
from rulelang.meaning.rules import resolve_rules, unnamed
from rulelang.meaning.scope import Scope
from rulelang.meaning.standings import standings_as_values
from rulelang.meaning.tiling import require_tiling
from rulelang.meaning.unfolding import too_large
from rulelang.meaning.unused import all_names_read, misnamed_thresholds, unused, without_borrowed
from rulelang.meaning.vocabulary import TAGS, Vocabulary, key_and_label
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model.contents import functions_called
from rulelang.model.expressions import Literal
from rulelang.model.program import Deviation, Header, Model, Requirement, Rule
from rulelang.model.requirements import unmet
from rulelang.model.scope import Scope as Values
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.tables import Table
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Text

_RULES = (s.RuleStatement, s.RequireStatement, s.ExampleStatement, s.RulesetStatement)


@frozen
class Surroundings:
    """What a ruleset's files can't say themselves: the entries of its list files, the columns of the data and what they
    seem to hold (``number``, ``date``, ``yes-no``, ``text``), statements and functions of the plug-ins it uses, its
    decision tables and the texts of their files, and the thresholds of the rulesets it extends by name and label."""

    entries: Entries
    columns: tuple[str, ...] = ()
    observed: Mapping[str, str] = {}
    vocabulary: tuple[s.Statement, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    functions: tuple[Used, ...] = ()
    tables: tuple[Table, ...] = ()
    table_sources: tuple[Source, ...] = ()
    base_thresholds: Mapping[str, s.ThresholdStatement] = {}


def build_model(
    files: Sequence[s.File], surroundings: Surroundings, memory: Memory = NO_MEMORY
) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """The checked model of the files together, or None with the errors. Notes and warnings come with either.

    What ``memory`` knows of statements that were there last time is not worked out again.
    """
    statements = [each for file in files for each in file.statements]
    borrowed = _not_redeclared(surroundings.vocabulary, statements)
    entries, functions = memory.same("entries", surroundings.entries), memory.same("functions", surroundings.functions)
    vocabulary, problems = memory.whole(
        "vocabulary",
        lambda: declare([*borrowed, *statements], entries, functions),
        entries,
        functions,
        *(each for each in (*borrowed, *statements) if not isinstance(each, _RULES)),
    )
    checks, misfits = declared_checks([*borrowed, *statements], vocabulary)
    problems = tuple(told_where_used(problems, borrowed, statements))
    diagnostics = [*problems, *misfits]
    oversized = too_large([*borrowed, *statements], vocabulary, memory)
    if oversized:
        return None, (*problems, *oversized)
    inferred = infer(statements, vocabulary, surroundings.columns, surroundings.observed)
    diagnostics.extend(inferred.diagnostics)
    if inferred.vocabulary is not vocabulary:
        vocabulary = _as_before(inferred.vocabulary, memory)
    vocabulary = with_previous(statements, vocabulary, memory)
    vocabulary = with_tags(statements, vocabulary)
    sources = {file.source.name: file.source for file in files}
    texts = {**{each.name: each for each in surroundings.table_sources}, **sources}
    tables = {title: each for each in reversed(surroundings.tables) for title in each.titles}
    scope = Scope(vocabulary, texts, resolve_value, resolve_condition, tables=tables)
    rules: list[Rule] = []
    requirements: list[Requirement] = []
    for resolved in _resolved(files, scope, surroundings, memory):
        diagnostics.extend(resolved.diagnostics)
        rules.extend(resolved.rules)
        requirements.extend(resolved.requirements)
    doubtful = doubtful_cuts(statements, vocabulary, sources, memory)
    cut = {each.span.start for each in doubtful if each.span is not None}
    diagnostics = [
        each
        for each in diagnostics
        if each.code != "unknown-outcome" or each.span is None or each.span.start not in cut
    ]
    diagnostics.extend(doubtful)
    rules = _named(rules, diagnostics)
    if not rules and not any(severity(each.code) == "error" for each in diagnostics):
        diagnostics.append(Diagnostic("no-rules", None, {"file": files[0].source.name if files else ""}))
    outcomes = _used_outcomes(vocabulary, rules)
    order, circles = decision_order([*outcomes, *vocabulary.record_outcomes], rules, memory)
    diagnostics.extend(circles)
    diagnostics.extend(misdated(statements))
    diagnostics.extend(standings_as_values(rules, memory))
    required = [each.condition for each in requirements]
    diagnostics.extend(unfounded_lengths(rules, required, vocabulary.working_days, memory))
    diagnostics.extend(mixed_currencies(rules, scope.measures, required, memory))
    language = "zh" if files and files[0].language == "zh" else "en"  # of explanations where nobody asks for one
    titles = {name for rule in rules for name in (rule.name, rule.label) if name}
    examples = tuple(
        read_example(each, vocabulary, titles, diagnostics)
        for each in statements
        if isinstance(each, s.ExampleStatement)
    )
    model = Model(
        header=_header(statements),
        fields={**vocabulary.fields, **{each.name: measured_field(each, scope) for each in scope.measures}},
        outcomes={
            name: _with_text_labels(vocabulary.outcomes[name], rules) for name in order if name in vocabulary.outcomes
        },
        thresholds=vocabulary.thresholds,
        lists=vocabulary.lists,
        rules=tuple(rules),
        requirements=tuple(requirements),
        examples=examples,
        measures=tuple(scope.measures),
        deviations=surroundings.deviations,
        record_outcomes={
            name: _with_text_labels(each, rules)
            for name in order
            if (each := vocabulary.record_outcomes.get(name)) is not None
        },
        sources=tuple(sources.values()),
        language=language,
        working_days=vocabulary.working_days,
    )
    model = evolve(model, functions={name: vocabulary.functions[name] for name in functions_called(model, memory)})
    read = all_names_read(model, memory)
    model = with_checks(without_borrowed(model, sources, read), checks, vocabulary)
    diagnostics = _without_repeats(diagnostics)
    if not any(severity(each.code) == "error" for each in diagnostics):
        diagnostics.extend(misnamed_thresholds(model, sources, surroundings.base_thresholds, read))
    if any(severity(each.code) == "error" for each in diagnostics):
        return None, tuple(diagnostics)
    declared = (each for each in model.fields.values() if each.span is not None and each.span.file in sources)
    pointed_out = (
        *unused(model, sources, surroundings.base_thresholds, read),
        *protected(model, sources, memory),
        *given_by_nature(declared),
    )
    return model, (*diagnostics, *inferred_notes(vocabulary, statements, memory), *pointed_out)


def _as_before(inferred: Vocabulary, memory: Memory) -> Vocabulary:
    """An inferred vocabulary, or the one of last time where names stand for the same and are shown in one place."""
    declared = (inferred.fields, inferred.outcomes, inferred.record_outcomes)
    places = tuple(each.span for part in declared for each in part.values())
    written = tuple(map(id, (*inferred.lets.values(), *inferred.defines.values())))
    return memory.same("inferred", (inferred, places, written))[0]


def _not_redeclared(borrowed: Iterable[s.Statement], own: Iterable[s.Statement]) -> list[s.Statement]:
    """A plug-in's declarations, but for those that the files make themselves: a file's own word counts.

    A choice is the type of other declarations, so only another choice takes its place.
    """
    statements = list(own)
    names = {name for statement in statements for name in _declared(statement)}
    choices = {name for each in statements if isinstance(each, s.ChoiceStatement) for name in _declared(each)}
    return [
        each
        for each in borrowed
        if not (choices if isinstance(each, s.ChoiceStatement) else names).intersection(_declared(each))
    ]


def _declared(statement: s.Statement) -> set[str]:
    """The name and label of what a statement declares."""
    name = getattr(statement, "name", None)
    label = getattr(statement, "label", None)
    return {each.text if isinstance(each, t.Name) else str(each) for each in (name, label) if each is not None}


@frozen
class _Resolved:
    """What one statement comes to. ``own``: its meaning rests on it and on the vocabulary alone."""

    rules: tuple[Rule, ...]
    requirements: tuple[Requirement, ...]
    diagnostics: tuple[Diagnostic, ...]
    own: bool


def _resolved(files: Sequence[s.File], scope: Scope, surroundings: Surroundings, memory: Memory) -> Iterator[_Resolved]:
    """What each statement comes to, in the order written."""
    vocabulary = scope.vocabulary
    # What statements mean rests on what names stand for, wherever that is said; what definitions stand for is put in
    # their place, with its places in the text.
    rests_on = (*vocabulary.lets.values(), *vocabulary.defines.values(), *surroundings.tables)
    statements = [(each[0].statement, each) for file in files for each in file.readings]
    readings = {id(statement): each for statement, each in statements}
    found = memory.each(
        "resolved",
        lambda statement: _read(readings[id(statement)], scope),
        [statement for statement, _ in statements],
        memory.same("meaning", vocabulary),
        *rests_on,
        sound=lambda each: each.own,
    )
    for (statement, _), each in zip(statements, found, strict=True):
        if memory.keeps and isinstance(statement, s.RuleStatement) and statement.title is None:
            called = tuple(map(_by_its_line, each.rules))
            if any(map(is_not, called, each.rules)):
                each = evolve(each, rules=called)
        yield each


def _by_its_line(rule: Rule) -> Rule:
    """A rule without a title, called by the line it stands in now."""
    assert rule.span is not None
    name, label = unnamed(rule.span)
    return rule if rule.name == name else evolve(rule, name=name, label=label)


def _read(readings: tuple[s.Reading, ...], scope: Scope) -> _Resolved:
    """Resolve one statement. Where Chinese text can be cut in two ways and both make sense, that is an error (S8)."""
    trials = []
    measured = len(scope.measures)
    for reading in readings:
        trial = evolve(scope, diagnostics=[])
        trials.append((reading, trial, _statement(reading.statement, trial)))
    problems: list[Diagnostic] = []
    sound = [each for each in trials if not any(severity(found.code) == "error" for found in each[1].diagnostics)]
    if len({reading.cut for reading, *_ in sound}) > 1:
        span = readings[0].statement.span
        before, first, second = _difference(sound[0][0].cut, sound[1][0].cut)
        phrase = first.replace("｜", "")
        written = [_parted(each, scope) for each in (first, second)]
        facts = {"phrase": phrase, "first": first, "second": second, "one": written[0], "other": written[1]}
        problems.append(Diagnostic("ambiguous-cut", _phrase_span(scope, span, before, phrase), facts))
    _, trial, (rules, requirements) = sound[0] if sound else trials[0]
    problems.extend(trial.diagnostics)
    own = not problems and measured == len(scope.measures) and len(readings) == 1
    return _Resolved(tuple(rules), tuple(requirements), tuple(problems), own)


def _difference(first: str, second: str) -> tuple[list[str], str, str]:
    """The words before the place where two cuts differ, and their parts that do, on word boundaries."""
    one, two = first.split("｜"), second.split("｜")
    before: list[str] = []
    while one and two and one[0] == two[0]:
        before.append(one[0])
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return before, "｜".join(one), "｜".join(two)


def _parted(cut: str, scope: Scope) -> str:
    """A cut as it can be written so that there is no other: words with spaces between, a name alone in brackets."""
    return f"【{cut}】" if cut in scope.vocabulary.symbols else cut.replace("｜", " ")


def _phrase_span(scope: Scope, span: Span, before: Iterable[str], phrase: str) -> Span:
    """Where a phrase stands behind the words before it; a statement may say it several times."""
    source = scope.sources[span.file]
    at = span.start
    for word in before:
        found = source.text.find(word, at, span.end)
        at = at if found < 0 else found + len(word)
    at = source.text.find(phrase, at, span.end)
    return span if at < 0 else source.span(at, at + len(phrase))


def _statement(statement: s.Statement, scope: Scope) -> tuple[list[Rule], list[Requirement]]:
    match statement:
        case s.RuleStatement():
            if statement.replaces or statement.before or statement.after:
                name = statement.before or statement.after or (statement.title.text if statement.title else "")
                scope.report("nothing-to-override", statement.span, name=name)
            return resolve_rules(statement, scope), []
        case s.RequireStatement():
            return [], _requirement(statement, scope)
        case s.LetStatement():
            resolve_value(statement.value, scope)
        case s.DefineStatement() if not statement.parameters:
            resolve_condition(statement.condition, scope)
        case s.ThresholdStatement() if statement.instead_of is not None:
            scope.report("nothing-to-override", statement.span, name=statement.name.text)
        case s.RemoveStatement(rule):
            scope.report("nothing-to-override", statement.span, name=rule)
    return [], []


def _requirement(statement: s.RequireStatement, scope: Scope) -> list[Requirement]:
    if isinstance(statement.condition, t.Tiles):
        return require_tiling(statement.condition, scope)
    condition = resolve_condition(statement.condition, scope)
    if condition is None:
        return []
    from rulelang.meaning.unused import names_read

    fields, thresholds = names_read(condition)
    if fields:
        scope.report("requirement-not-constant", statement.span, name=sorted(fields)[0])
        return []
    note, label = (None, None) if statement.note is None else key_and_label(statement.note.text, statement.note.other)
    requirement = Requirement(condition, scope.written(statement.condition), note, label, span=statement.span)
    broken = None if thresholds else unmet(requirement, Values(Model(Header(), {}, {}, {}, {}, ()), date.min, {}, {}))
    if broken is not None:
        scope.diagnostics.append(Diagnostic("requirement-not-met", statement.span, broken))
    return [requirement]


def _named(rules: list[Rule], diagnostics: list[Diagnostic]) -> list[Rule]:
    """Rule names are unique; two unnamed rules of two files on the same line are told apart by the file."""
    seen: dict[str, Rule] = {}
    result = []
    for rule in rules:
        name = rule.name
        if name in seen and name.startswith("line ") and rule.span is not None:
            rule = evolve(rule, name=f"{rule.span.file}, {name}")
        elif name in seen:
            first = seen[name].span
            labels = (Label("first-declared-here", first),) if first is not None else ()
            diagnostics.append(Diagnostic("duplicate-rule", rule.span, {"name": name}, (), labels))
        seen[rule.name] = rule
        result.append(rule)
    return result


def _used_outcomes(vocabulary: Vocabulary, rules: Iterable[Rule]) -> list[str]:
    """Declared outcomes in their order; tags only where a rule sets them."""
    assigned = {each.outcome for rule in rules for branch in rule.branches for each in branch.assignments}
    return [name for name, each in vocabulary.outcomes.items() if name in assigned or name != TAGS or not each.inferred]


def _with_text_labels(outcome: Outcome, rules: Iterable[Rule]) -> Outcome:
    """The outcome with the texts that rules give it in two languages."""
    if not isinstance(outcome.type, Text):
        return outcome
    given = (each for rule in rules for branch in rule.branches for each in branch.assignments)
    labels = {
        str(each.value.value): each.value.label
        for each in given
        if each.outcome == outcome.name and isinstance(each.value, Literal) and each.value.label is not None
    }
    return evolve(outcome, text_labels=tuple(labels.items()))


def _header(statements: Iterable[s.Statement]) -> Header:
    for each in statements:
        if isinstance(each, s.RulesetStatement):
            name, label = key_and_label(each.title.text, each.title.other)
            return Header(name, label, each.version, each.valid_from, each.valid_until)
    return Header()


def _without_repeats(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    seen = set()
    result = []
    for each in diagnostics:
        key = (each.code, each.span)
        if each.span is None or key not in seen:
            seen.add(key)
            result.append(each)
    return result
