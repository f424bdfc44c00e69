"""Prints what a decision may still come to where something is unknown (S4): its possible values, and its doubt.

An outcome whose rules give constants only has a column for each of them: is it possible? With these a condition on the
outcome is tried with all that it may be. Of other outcomes it is known whether they are in doubt. Where not even that
can be told by SQL the row is `hard`: an engine decides it by the generated Python, a bare query is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from attrs import evolve, field, frozen

from rulelang.backends.sql.conditions import Printer
from rulelang.backends.sql.decisions import Decision
from rulelang.backends.sql.figures import Sql
from rulelang.lowering import plan as p
from rulelang.lowering.plan import Constant, Operand, Test
from rulelang.lowering.planned import PlannedBranch, PlannedDecision, PlannedRule
from rulelang.lowering.reading import answers_of, nodes
from rulelang.model.policies import Combiner

MOST_COMBINED = 64
_MOST_UNSETTLED = 8  # with more rules in doubt the totals of a sum are too many to be told


@frozen
class Possible:
    """What an outcome may be: each value with the condition that it is possible; NONE where no rule may give one.

    ``values`` is None where they can't be listed. ``doubt`` is the condition that it is not settled.
    """

    doubt: str
    values: tuple[tuple[Any, str], ...] | None = None
    members: Mapping[Any, tuple[str, str]] = field(factory=dict)


@frozen
class Gives:
    """A branch that gives something: when it may be taken, when it surely is, and what it gives."""

    rule: PlannedRule
    branch: PlannedBranch
    may: str
    surely: str
    values: tuple[Operand, ...]


@frozen
class Found:
    """What is printed of a decision: is each value possible, is the outcome in doubt, is the row hard.

    ``certain`` and ``open`` are, of a list, the conditions under which each member is in it for certain, and may be.
    """

    doubt: str
    hard: str
    values: tuple[tuple[Any, str], ...] | None = None
    members: tuple[tuple[Any, str, str], ...] = ()


@frozen
class Judge:
    """The truth of conditions on other outcomes, tried with everything that these may be."""

    printer: Printer
    possible: Mapping[str, Possible]

    def verdicts(self, tests: Sequence[Test]) -> dict[tuple[p.Atom, bool], str]:
        """For each condition on outcomes in the tests, when it is true for all readings, and when false."""
        found: dict[tuple[p.Atom, bool], str] = {}
        for test in tests:
            for each in nodes(test):
                if isinstance(each, p.Judged) and (each.atom, False) not in found:
                    for false in (False, True):
                        found[each.atom, false] = self._tried(each.atom, false)
        return found

    def _tried(self, atom: p.Atom, false: bool) -> str:
        test = atom.false if false else atom.true
        if isinstance(test, p.Has):
            return self._has(test)
        listed = self._listed(atom.answers)
        if listed is None:
            return self.printer.test(test)
        dialect = self.printer.dialect
        parts = []
        for conditions, printer in self._readings(listed):
            denials = " OR ".join(dialect.denied(each) for each in conditions)
            parts.append(f"({denials} OR ({printer.test(test)}))")
        return "(" + " AND ".join(parts) + ")"

    def _has(self, test: p.Has) -> str:
        certain, may = self.possible[test.answer.name].members.get(test.value, (None, None))
        if test.negated:
            return self.printer.dialect.always if may is None else self.printer.dialect.denied(may)
        return self.printer.dialect.never if certain is None else certain

    def _listed(self, names: Sequence[str]) -> dict[str, tuple[tuple[Any, str], ...]] | None:
        """The possible values of outcomes, None where they can't be listed or are too many together."""
        found: dict[str, tuple[tuple[Any, str], ...]] = {}
        for name in names:
            values = self.possible[name].values
            if values is None:
                return None
            found[name] = values
        return found if prod(map(len, found.values())) <= MOST_COMBINED else None

    def _readings(self, listed: Mapping[str, tuple[tuple[Any, str], ...]]) -> Iterator[tuple[tuple[str, ...], Printer]]:
        """Every combination of possible values: when it is possible, and a printer that reads it."""
        for combination in product(*listed.values()):
            answers, blanks = dict(self.printer.answers), dict(self.printer.blanks)
            for name, (value, _) in zip(listed, combination, strict=True):
                answers[name] = self.typed(name, value)
                blank = self.printer.dialect.always if value is None else self.printer.dialect.never
                blanks |= {p.Answer(name, whole): blank for whole in (False, True)}
            yield tuple(condition for _, condition in combination), evolve(self.printer, answers=answers, blanks=blanks)

    def typed(self, name: str, value: Any) -> Sql:
        """A value in the place of an outcome; none is unknown."""
        if value is not None:
            return self.printer.constant(value)
        own, dialect = self.printer.answers[name], self.printer.dialect
        type_ = {"number": dialect.whole, "date": dialect.date_type}.get(own.kind)
        return evolve(own, text="NULL" if type_ is None else f"CAST(NULL AS {type_})")

    def values(self, operand: Operand) -> Iterator[tuple[tuple[str, ...], Printer]]:
        """The readings under which a value has to be tried; one without a condition where it rests on no outcome."""
        names = answers_of(operand)
        listed = self._listed(names) if names else None
        if listed is None:
            yield (), self.printer
        else:
            yield from self._readings(listed)

    def unlisted(self, parts: Sequence[Operand | Test]) -> list[str]:
        """The doubts of outcomes whose possible values can't be listed and that the parts rest on."""
        found = []
        for part in parts:
            for each in nodes(part):
                if isinstance(each, p.Judged) and not isinstance(each.atom.true, p.Has):
                    names: Sequence[str] = each.atom.answers
                elif isinstance(each, p.Answer):
                    names = (each.name,)
                else:
                    continue
                if self._listed(names) is None:
                    found += [self.possible[name].doubt for name in names if not self.possible[name].members]
        return list(dict.fromkeys(found))


@frozen
class Doubts:
    """Prints the doubt of one decision. ``true`` and ``false`` are the conditions of its branches, by all readings."""

    decision: Decision
    judge: Judge
    answer: Sql
    true: Mapping[int, str]
    false: Mapping[int, str]

    @property
    def planned(self) -> PlannedDecision:
        return self.decision.planned

    def found(self) -> Found:
        """What the decision may come to."""
        gifts = (gift for _, branch in self._branches() for gift in branch.gifts)
        parts: list[Operand | Test] = [gift.value for gift in gifts if self._ours(gift.outcome)]
        parts += [test for _, branch in self._branches() for test in (branch.true, branch.false)]
        hard = self.judge.unlisted(parts)
        policy, combiner = self.planned.outcome.policy, Combiner(self.planned.outcome)
        one_group = len(self.planned.groups) <= 1
        gives = [each for group in self._groups() for each in self._gives(group)]
        constant = all(isinstance(value, Constant) for each in gives for value in each.values)
        if policy in ("first", "last"):
            found = self._listed_in_turn(gives, combiner) if constant else self._in_turn(gives, combiner)
        elif policy in ("highest", "lowest") and constant and one_group:
            found = self._listed_best(gives, combiner)
        elif policy == "sum" and constant and one_group and self.planned.outcome.last_resort is None:
            found = self._of_sum(gives)
        elif policy == "collect" and constant and one_group and not combiner.fallback:
            found = self._of_list(gives)
        else:
            found = Found(self._no, self._open())
        hard += self._turned() if policy == "collect" or found.doubt == self._no else []
        hard = [each for each in (*hard, found.hard) if each != self._no]
        return evolve(found, hard=" OR ".join(f"({each})" for each in hard) or self._no)

    # --- branches ------------------------------------------------------------------------------------------------

    @property
    def _no(self) -> str:
        return self.judge.printer.dialect.never

    def _deny(self, condition: str) -> str:
        return self.judge.printer.dialect.denied(condition)

    def _ours(self, outcome: str) -> bool:
        return outcome == self.planned.outcome.name

    def _branches(self) -> Iterator[tuple[PlannedRule, PlannedBranch]]:
        return ((rule, branch) for rule in self.planned.rules for branch in rule.branches)

    def _groups(self) -> Iterator[Sequence[PlannedRule]]:
        for group in self.planned.groups:
            yield tuple(reversed(group)) if self.planned.outcome.policy == "last" else group

    def _gives(self, rules: Sequence[PlannedRule]) -> Iterator[Gives]:
        for rule in rules:
            for place, branch in enumerate(rule.branches):
                values = tuple(gift.value for gift in branch.gifts if self._ours(gift.outcome))
                if not values:
                    continue
                earlier = rule.branches[:place]
                closed = [self._deny(self.true[each.index]) for each in earlier]
                silent = [each for each in earlier if not any(self._ours(gift.outcome) for gift in each.gifts)]
                may = [self._deny(self.false[branch.index]), *closed]
                surely = [self.true[branch.index], *closed, *(self.false[each.index] for each in silent)]
                yield Gives(rule, branch, _all(may), _all(surely), values)

    def _open(self) -> str:
        """Whether anything in the decision is unknown: a branch, or a value that may be given."""
        tests = []
        for _, branch in self._branches():
            tests.append(_all((self._deny(self.true[branch.index]), self._deny(self.false[branch.index]))))
        for group in self._groups():
            for each in self._gives(group):
                for value in each.values:
                    if not isinstance(value, Constant):
                        tests.append(_all((each.may, f"{self.decision.value(value).text} IS NULL")))
        return " OR ".join(f"({each})" for each in tests) or self._no

    def _turned(self) -> list[str]:
        """Branches that are taken only while an outcome is withheld, or that will be taken whatever it comes to."""
        tests: list[str] = []
        for _, branch in self._branches():
            if answers_of(branch.true):
                now = f"({self.judge.printer.test(branch.true)})"
                tests += [f"{now} AND {self.false[branch.index]}", f"{self._deny(now)} AND {self.true[branch.index]}"]
        return tests

    # --- policies ------------------------------------------------------------------------------------------------

    def _listed_in_turn(self, gives: Sequence[Gives], combiner: Combiner) -> Found:
        """The first branch that surely is taken ends what is possible; every one that may be before it counts."""
        position = 0 if self.planned.outcome.policy == "first" else -1
        given = [(each, combiner.finished(each.values[position].value)) for each in gives]  # type: ignore[union-attr]  # constants
        results = list(dict.fromkeys([*(value for _, value in given), combiner.fallback]))
        values = []
        for result in results:
            cases = [
                f"WHEN {each.may} THEN 1" if value == result else f"WHEN {each.surely} THEN 0" for each, value in given
            ]
            last = "1" if result == combiner.fallback else "0"
            values.append((result, f"CASE {' '.join(cases)} ELSE {last} END = 1" if cases else f"{last} = 1"))
        return self._among(values)

    def _listed_best(self, gives: Sequence[Gives], combiner: Combiner) -> Found:
        """A value is possible where a rule may give it and none surely gives a better one."""
        best = combiner.better
        given = []
        for each in gives:
            constants = [value.value for value in each.values if isinstance(value, Constant)]
            top = constants[0]
            for value in constants[1:]:
                top = best(top, value)
            given.append((each, top))
        plain = list(dict.fromkeys(value for _, value in given))
        found: dict[Any, list[str]] = {}
        for result in plain:
            may = " OR ".join(f"({each.may})" for each, value in given if value == result)
            blocked = []
            for rule in self.planned.rules:
                own = [(each, value) for each, value in given if each.rule is rule]
                surely = " OR ".join(f"({each.surely})" for each, _ in own)
                lower = [f"({each.may})" for each, value in own if value == result or best(value, result) == result]
                if own and len(lower) < len(own):
                    blocked.append(_all([f"({surely})", *([self._deny(" OR ".join(lower))] if lower else [])]))
            denied = [self._deny(each) for each in blocked]
            found.setdefault(combiner.finished(result), []).append(_all([f"({may})", *denied]))
        none = [self._deny(each.surely) for each, _ in given]
        found.setdefault(combiner.fallback, []).append(_all(none) if none else self.judge.printer.dialect.always)
        return self._among([(value, " OR ".join(f"({t})" for t in tests)) for value, tests in found.items()])

    def _among(self, values: Sequence[tuple[Any, str]]) -> Found:
        """What is possible, the present answer included; in doubt where something else than it is."""
        full, doubts = [], []
        for value, condition in values:
            if value is None:
                full.append((value, condition))
                doubts.append(f"({condition}) AND {self.answer.text} IS NOT NULL")
                continue
            same = self._same(value)
            full.append((value, f"({condition}) OR {same}"))
            doubts.append(_all((f"({condition})", self._deny(same))))
        return Found(" OR ".join(f"({each})" for each in doubts), self._no, tuple(full))

    def _same(self, value: Any) -> str:
        literal = self.judge.printer.constant(value)
        if self.answer.kind == "number":
            return self.judge.printer.figures.compare("=", self.answer, literal)
        return f"{self.answer.text} = {literal.text}"

    def _in_turn(self, gives: Sequence[Gives], combiner: Combiner) -> Found:
        """In doubt where a branch that may be taken gives another value than the present answer, or an unknown one."""
        position = 0 if self.planned.outcome.policy == "first" else -1
        cases = []
        for each in gives:
            differs = self._differs(each.values[position])
            cases.append(f"WHEN ({each.may}) AND ({differs}) THEN 1 WHEN {each.surely} THEN 0")
        end = combiner.fallback
        last = f"{self.answer.text} IS NOT NULL" if end is None else self._deny(self._same(end))
        doubt = f"CASE {' '.join(cases)} ELSE CASE WHEN {last} THEN 1 ELSE 0 END END = 1"
        # A rule that fires only while an outcome is withheld, with a value that is unknown then.
        withheld = [
            f"({self.decision.branch_test(each.rule, each.branch)})"
            for each in gives
            if answers_of(each.branch.true) and not isinstance(each.values[position], Constant)
        ]
        if withheld:
            doubt = f"({doubt}) OR ({self.answer.text} IS NULL AND ({' OR '.join(withheld)}))"
        return Found(doubt, self._no)

    def _differs(self, operand: Operand) -> str:
        tests = []
        for conditions, printer in self.judge.values(operand):
            value = evolve(self.decision, printer=printer).limited_value(operand)
            if self.answer.kind == "number" and value.kind == "number":
                same = printer.figures.compare("=", self.answer, value)
            else:
                same = f"{self.answer.text} = {value.text}"
            tests.append(_all((*conditions, self._deny(same))))
        return " OR ".join(f"({each})" for each in tests)

    def _of_sum(self, gives: Sequence[Gives]) -> Found:
        """In doubt where the least and the greatest total still possible differ."""
        figures = self.judge.printer.figures
        ends: list[list[Sql]] = [[], []]
        unsettled = []
        for rule in self.planned.rules:
            own = [each for each in gives if each.rule is rule]
            if not own:
                continue
            sure = " OR ".join(f"({each.surely})" for each in own)
            options: list[tuple[Any, str]] = [(0, self._deny(sure))]
            for each in own:
                total = sum(value.value for value in each.values if isinstance(value, Constant))
                options.append((total, each.may))
            literals = {value: figures.literal(value) for value, _ in options}
            places = max(each.scale for each in literals.values())
            digits = max(each.digits for each in literals.values())
            for end, reverse in zip(ends, (False, True), strict=True):
                ordered = sorted(options, key=lambda each: each[0], reverse=reverse)
                cases = " ".join(
                    f"WHEN {test} THEN {figures.at_scale(literals[value], places).text}" for value, test in ordered
                )
                end.append(Sql(f"(CASE {cases} ELSE 0 END)", digits=digits, scale=places))
            unsettled.append(Sql(f"(CASE WHEN {ends[0][-1].text} = {ends[1][-1].text} THEN 0 ELSE 1 END)", digits=1))
        if not unsettled:
            return Found(self._no, self._no)
        least, greatest = (self.decision.finished_total(figures.total(each)) for each in ends)
        # While an outcome is withheld rules may give what they won't once it is known.
        doubt = f"{figures.compare('!=', least, greatest)} OR {figures.compare('!=', least, self.answer)}"
        if len(unsettled) <= _MOST_UNSETTLED:
            return Found(doubt, self._no)
        return Found(doubt, f"{figures.total(unsettled).text} > {_MOST_UNSETTLED} AND {self._deny(doubt)}")

    def _of_list(self, gives: Sequence[Gives]) -> Found:
        """In doubt where a member may be in the list and need not be; hard where only its place is in doubt."""
        members: dict[Any, list[str]] = {}
        certain: dict[Any, list[str]] = {}
        for rule in self.planned.rules:
            own = [each for each in gives if each.rule is rule]
            given = [[value.value for value in each.values if isinstance(value, Constant)] for each in own]
            sure = " OR ".join(f"({each.surely})" for each in own)
            for value in dict.fromkeys(value for values in given for value in values):
                others = [f"({each.may})" for each, values in zip(own, given, strict=True) if value not in values]
                may = [f"({each.may})" for each, values in zip(own, given, strict=True) if value in values]
                members.setdefault(value, []).append(" OR ".join(may))
                surely = [f"({sure})", *([self._deny(" OR ".join(others))] if others else [])]
                certain.setdefault(value, []).append(_all(surely))
        doubts, hard, shown = [], [], []
        for value, rules in members.items():
            surely_in = " OR ".join(f"({each})" for each in certain[value])
            may_be_in = " OR ".join(f"({each})" for each in rules)
            shown.append((value, surely_in, may_be_in))
            doubts.append(_all((f"({may_be_in})", self._deny(surely_in))))
            pairs = list(zip(rules, certain[value], strict=True))[:-1]
            hard += [_all((f"({surely_in})", f"({may})", self._deny(sure))) for may, sure in pairs]
        doubt, hard_ = (" OR ".join(f"({each})" for each in part) or self._no for part in (doubts, hard))
        return Found(doubt, hard_, None, tuple(shown))


def _all(tests: Sequence[str]) -> str:
    return " AND ".join(tests)
