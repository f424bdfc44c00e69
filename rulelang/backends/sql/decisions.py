"""Prints how a decision is made: the answer by what is known now (S1), one expression per outcome.

A `first` decision is one CASE, a branch per row; a sum adds up what the rules give; a list is put together from the
values that match, each once. Priorities are groups: the first in which anything matches makes the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from rulelang.backends.sql.conditions import Printer
from rulelang.backends.sql.dialect import NotCarried
from rulelang.backends.sql.figures import Sql
from rulelang.lowering.plan import Constant, Operand
from rulelang.lowering.planned import PlannedBranch, PlannedDecision, PlannedRule
from rulelang.model.policies import Combiner, scale
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, YesNo


@frozen
class Match:
    """A branch that gives something to the outcome: when it is taken, and what it gives."""

    rule: PlannedRule
    branch: PlannedBranch
    test: str
    values: tuple[Operand, ...]


@frozen
class Decided:
    """An outcome's answer, the condition under which two rules broke its policy, and for a list its members."""

    answer: Sql
    violated: str = ""
    members: tuple[tuple[Any, str], ...] = ()


def kind_of(outcome: Outcome) -> str:
    """What kind of value an outcome has in SQL; a list is one text."""
    match outcome.type:
        case Number() | Money() | Length():
            return "number"
        case Date():
            return "date"
        case YesNo():
            return "yesno"
    return "text"


@frozen
class Decision:
    """Prints one decision. Every method may raise NotCarried."""

    planned: PlannedDecision
    printer: Printer

    @property
    def outcome(self) -> Outcome:
        return self.planned.outcome

    def decided(self) -> Decided:
        """The answer by what is known now."""
        combiner = Combiner(self.outcome)
        match self.outcome.policy:
            case "first":
                return Decided(self._chain(self._in_turn(self.planned.rules), 0, combiner))
            case "last":
                rules = [rule for group in self.planned.groups for rule in reversed(group)]
                return Decided(self._chain(self._in_turn(rules), -1, combiner))
            case "unique":
                return self._unique(combiner)
            case "any":
                return self._agreed(combiner)
            case "sum":
                return Decided(self._sum(combiner))
            case "collect":
                return self._collect(combiner)
            case "highest" | "lowest":
                return Decided(self._best(combiner))
        raise NotCarried("policy", self.outcome.policy)

    def winners(self, answer: Sql) -> tuple[tuple[int, str], ...]:
        """Of each branch the condition that it makes the answer, or a part of it; ``answer`` is the answer's column."""
        policy, dialect = self.outcome.policy, self.printer.dialect
        found: list[tuple[int, str]] = []
        earlier: list[str] = []  # what keeps later branches from winning
        for group in self.planned.groups:
            own_group: list[str] = []
            for each in self.matches(tuple(reversed(group)) if policy == "last" else group):
                own = f"({each.test})"
                if policy in ("highest", "lowest"):
                    own += " AND (" + " OR ".join(self._is(answer, value) for value in each.values) + ")"
                found.append((each.branch.index, " AND ".join([own, *map(dialect.denied, earlier)])))
                (own_group if policy in ("sum", "collect", "unique", "any") else earlier).append(own)
            earlier += own_group
        return tuple(found)

    def chain(self) -> list[tuple[int, str]]:
        """Of an outcome that takes the first or the last match: the branches in turn, the first that is taken wins."""
        groups = self.planned.groups
        turned = [tuple(reversed(group)) if self.outcome.policy == "last" else group for group in groups]
        return [(each.branch.index, each.test) for group in turned for each in self.matches(group)]

    def _is(self, answer: Sql, operand: Operand) -> str:
        value = self.limited_value(operand)
        if answer.kind == "number" and value.kind == "number":
            return self.printer.figures.compare("=", answer, value)
        return f"{answer.text} = {value.text}"

    # --- branches ------------------------------------------------------------------------------------------------

    def branch_test(self, rule: PlannedRule, branch: PlannedBranch) -> str:
        """When a branch is taken: its condition holds and no earlier one of its rule does."""
        own = self.printer.test(branch.true)
        earlier = rule.branches[: rule.branches.index(branch)]
        if not earlier:
            return own
        dialect = self.printer.dialect
        others = " OR ".join(f"({self.printer.test(each.true)})" for each in earlier)
        return f"({own}) AND CASE WHEN {others} THEN 0 ELSE 1 END = 1" if own != dialect.never else own

    def _in_turn(self, rules: Sequence[PlannedRule]) -> Iterator[tuple[str, tuple[Operand, ...]]]:
        """The branches in the order in which they win: a chain needs no guard where all of a rule's branches give."""
        for rule in rules:
            gifts = [self._values(branch) for branch in rule.branches]
            chained = all(gifts)
            for branch, values in zip(rule.branches, gifts, strict=True):
                if values:
                    test = self.printer.test(branch.true) if chained else self.branch_test(rule, branch)
                    yield test, values

    def _values(self, branch: PlannedBranch) -> tuple[Operand, ...]:
        return tuple(gift.value for gift in branch.gifts if gift.outcome == self.outcome.name)

    def matches(self, rules: Sequence[PlannedRule]) -> list[Match]:
        """The branches that give something, each with the condition that it is taken."""
        return [
            Match(rule, branch, self.branch_test(rule, branch), values)
            for rule in rules
            for branch in rule.branches
            if (values := self._values(branch))
        ]

    # --- values --------------------------------------------------------------------------------------------------

    def value(self, operand: Operand) -> Sql:
        """A value as the outcome has it: numbers at its scale."""
        found = self.printer.operand(operand)
        return self._as_outcome(found)

    def literal(self, value: Any, answer: Sql) -> str:
        """One of the outcome's constants as its column holds it."""
        found = self.printer.constant(value)
        return self.printer.figures.at_scale(found, answer.scale).text if found.kind == "number" else found.text

    def limited_value(self, operand: Operand) -> Sql:
        """The same within the outcome's caps."""
        return self._limited(self.value(operand))

    def finished_total(self, total: Sql) -> Sql:
        """A sum as it leaves the decision: rounded once, within the outcome's caps."""
        decimals = scale(self.outcome.type)
        rounded = total if decimals is None else self.printer.figures.rounded(total, decimals)
        return self._limited(self._as_outcome(rounded))

    def _as_outcome(self, found: Sql) -> Sql:
        decimals = scale(self.outcome.type)
        if found.kind != "number" or decimals is None:
            return found
        # What is given is rounded already; a cap stands as it is written and may have more decimals.
        places = max(decimals, found.scale)
        if found.value is not None:
            return self.printer.figures.at_scale(found, places)
        return self.printer.figures.typed(found, found.digits, places)

    def _fallback(self, combiner: Combiner) -> Sql:
        value = combiner.fallback
        return self.printer.constant(value) if value is not None else Sql("NULL", "null")

    def _limited(self, found: Sql) -> Sql:
        """Within the outcome's own caps."""
        for bound, sign in ((self.outcome.at_least, "<"), (self.outcome.at_most, ">")):
            if bound is not None and found.kind != "null":
                found = self.printer.capped(found, self.printer.constant(bound), sign)
        return found

    def _case(self, cases: Sequence[tuple[str, Sql]], fallback: Sql) -> Sql:
        """The value of the first condition that holds."""
        values = [value for _, value in cases] + [fallback]
        known = [each for each in values if each.kind != "null"]
        kind = known[0].kind if known else kind_of(self.outcome)
        digits = max((each.digits for each in known), default=1)
        places = max((each.scale for each in known), default=0)
        if not known:
            return Sql(self.printer.dialect.nothing(kind), kind, digits, places)
        if not cases:
            return Sql(fallback.text, kind, digits, places)
        figures = self.printer.figures

        # Of wide decimals of two scales a database keeps the digits before the point and rounds those behind it.
        wide = not figures.dialect.scaled and kind == "number" and digits + places > 18
        mixed = wide and len({each.scale for each in known}) > 1
        few = self._enumerated(values)

        def text(value: Sql) -> str:
            if few and value.kind == "text":
                return few.format(x=value.text)
            if mixed and value.kind == "number":
                return figures.typed(value, digits, places).text
            return figures.at_scale(value, places).text if value.kind == "number" else value.text

        lines = "".join(f"\n      WHEN {test} THEN {text(value)}" for test, value in cases)
        return Sql(f"CASE{lines}\n      ELSE {text(fallback)}\n    END", kind, digits, places)

    def _enumerated(self, values: Sequence[Sql]) -> str:
        """How one of the outcome's constants is written where that of few texts is faster; empty where it isn't."""
        template, type_ = self.printer.dialect.enumerated, self.outcome.type
        if template is None or not isinstance(type_, Choice):
            return ""
        texts = [self.printer.dialect.text(each.key) for each in type_.members]
        constant = all(each.text in texts for each in values if each.kind == "text")
        return template.replace("{all}", ", ".join(texts).replace("{", "{{").replace("}", "}}")) if constant else ""

    # --- policies ------------------------------------------------------------------------------------------------

    def _chain(self, branches: Iterator[tuple[str, tuple[Operand, ...]]], position: int, combiner: Combiner) -> Sql:
        never = self.printer.dialect.never
        cases = [(test, self._limited(self.value(values[position]))) for test, values in branches if test != never]
        return self._case(cases, self._fallback(combiner))

    def _unique(self, combiner: Combiner) -> Decided:
        cases: list[tuple[str, Sql]] = []
        broken: list[str] = []
        earlier = ""
        for group in self.planned.groups:
            found = self.matches(group)
            if len(found) > 1:
                several = f"{self._count([each.test for each in found])} > 1"
                broken.append(f"({several}{earlier})")
                cases.append((several, Sql("NULL", "null")))
            cases += [(each.test, self.limited_value(each.values[0])) for each in found]
            earlier += f" AND {self.printer.dialect.denied(self._any(found))}"
        return Decided(self._case(cases, self._fallback(combiner)), " OR ".join(broken))

    def _agreed(self, combiner: Combiner) -> Decided:
        """What all rules that match give: broken where two give different values."""
        cases: list[tuple[str, Sql]] = []
        broken: list[str] = []
        earlier = ""
        for group in self.planned.groups:
            found = self.matches(group)
            given: dict[Any, list[Match]] = {}
            for each in found:
                for value in each.values:
                    if not isinstance(value, Constant):
                        raise NotCarried("agreement of computed values")
                    given.setdefault(combiner.finished(value.value), []).append(each)
            tests = [self._any(matches) for matches in given.values()]
            if len(tests) > 1:
                several = f"{self._count(tests)} > 1"
                broken.append(f"({several}{earlier})")
                cases.append((several, Sql("NULL", "null")))
            for value, test in zip(given, tests, strict=True):
                cases.append((test, self._as_outcome(self.printer.constant(value))))
            earlier += f" AND {self.printer.dialect.denied(self._any(found))}"
        return Decided(self._case(cases, self._fallback(combiner)), " OR ".join(broken))

    def _count(self, tests: Sequence[str]) -> str:
        ones = [Sql(f"(CASE WHEN {each} THEN 1 ELSE 0 END)", digits=1) for each in tests]
        return self.printer.figures.total(ones).text if ones else "0"

    def _any(self, found: Sequence[Match]) -> str:
        return "(" + (" OR ".join(f"({each.test})" for each in found) or self.printer.dialect.never) + ")"

    def _sum(self, combiner: Combiner) -> Sql:
        figures = self.printer.figures
        cases: list[tuple[str, Sql]] = []
        several = len(self.planned.groups) > 1 or self.outcome.last_resort is not None
        for group in self.planned.groups:
            found = self.matches(group)
            parts = [(each.test, self.printer.operand(value)) for each in found for value in each.values]
            if not parts:
                continue
            places = max(value.scale for _, value in parts)
            terms = []
            for test, value in parts:
                written = figures.at_scale(value, places)
                text = f"(CASE WHEN {test} THEN {written.text} ELSE 0 END)"
                terms.append(Sql(text, digits=value.digits, scale=places))
            cases.append((self._any(found), self.finished_total(figures.total(terms))))
        if not several:
            return cases[0][1] if cases else self._limited(self._as_outcome(figures.literal(0)))
        return self._case(cases, self._fallback(combiner))

    def _best(self, combiner: Combiner) -> Sql:
        """The best of constants is the first that matches, the best first; others are held against each other."""
        cases: list[tuple[str, Sql]] = []
        descending = self.outcome.policy == "highest"
        for group in self.planned.groups:
            found = self.matches(group)
            given = [(each.test, value) for each in found for value in each.values]
            if all(isinstance(value, Constant) for _, value in given):

                def rank(pair: tuple[str, Operand]) -> Any:
                    assert isinstance(pair[1], Constant)
                    return combiner.ranks.get(pair[1].value, pair[1].value)

                ordered = sorted(given, key=rank, reverse=descending)
                cases += [(test, self._limited(self.value(value))) for test, value in ordered]
                continue
            cases.append((self._any(found), self._limited(self._greatest(given, combiner))))
        return self._case(cases, self._fallback(combiner))

    def _greatest(self, given: Sequence[tuple[str, Operand]], combiner: Combiner) -> Sql:
        """The best of computed values: unknown where one of those that match is."""
        if combiner.ranks:
            raise NotCarried("best of computed choices")
        if self.printer.dialect.name not in ("duckdb", "postgres", "spark"):
            raise NotCarried("best of computed values")
        name = "GREATEST" if self.outcome.policy == "highest" else "LEAST"
        values = [(test, self.value(value)) for test, value in given]
        digits, places = max(v.digits for _, v in values), max(v.scale for _, v in values)
        if values[0][1].kind == "number":
            values = [(test, self.printer.figures.typed(value, digits, places)) for test, value in values]
        options = ", ".join(f"CASE WHEN {test} THEN {value.text} END" for test, value in values)
        unknown = " OR ".join(f"({test}) AND {value.text} IS NULL" for test, value in values)
        best = f"{name}({options})" if len(values) > 1 else options
        return Sql(f"(CASE WHEN {unknown} THEN NULL ELSE {best} END)", values[0][1].kind, digits, places)

    def _collect(self, combiner: Combiner) -> Decided:
        """The values that match, each where it stands first, joined to one text."""
        if len(self.planned.groups) > 1:
            raise NotCarried("list with priorities")
        dialect = self.printer.dialect
        given = [
            (each.test, self.printer.operand(value), value)
            for group in self.planned.groups
            for each in self.matches(group)
            for value in each.values
        ]
        empty = dialect.text("") if dialect.empty_text else "NULL"
        pieces: list[str] = []
        members: dict[Any, list[str]] = {}
        for number, (test, value, operand) in enumerate(given):
            if not isinstance(operand, Constant):
                raise NotCarried("list of computed values")
            earlier = [other for other, _, before in given[:number] if before == operand]
            members.setdefault(operand.value, []).append(f"({test})")
            seen = "".join(f" WHEN {other} THEN {empty}" for other in earlier)
            piece = dialect.text(self.printer.between + str(operand.value))
            pieces.append(f"CASE{seen} WHEN {test} THEN {piece} ELSE {empty} END")
            del value
        text = self._concatenated(pieces) if pieces else empty
        fallback = dialect.text(str(combiner.fallback[0])) if combiner.fallback else empty
        found = f"SUBSTR({text}, {len(self.printer.between) + 1})" if pieces else text
        if dialect.name == "sqlserver" and pieces:
            found = f"SUBSTRING({text}, {len(self.printer.between) + 1}, 4000)"
        if combiner.fallback and pieces:
            matched = " OR ".join(f"({test})" for test, _, _ in given)
            found = f"CASE WHEN {matched} THEN {found} ELSE {fallback} END"
        elif combiner.fallback:
            found = fallback
        flags = [(value, "(" + " OR ".join(tests) + ")") for value, tests in members.items()]
        if combiner.fallback:
            matched = " OR ".join(f"({test})" for test, _, _ in given) or dialect.never
            own = f"CASE WHEN {matched} THEN 0 ELSE 1 END = 1"
            value = combiner.fallback[0]
            flags = [(each, f"({test} OR {own})" if each == value else test) for each, test in flags]
            if value not in members:
                flags.append((value, own))
        return Decided(Sql(found, "text"), "", tuple(flags))

    def _concatenated(self, pieces: Sequence[str]) -> str:
        between = self.printer.dialect.concatenated
        joined = between.join(f"({each})" for each in pieces)
        return f"CONCAT({joined})" if between == ", " else f"({joined})"
