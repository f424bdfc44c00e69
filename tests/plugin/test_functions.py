"""A stranger's plug-in, installed as a distribution of its own, and its functions in rules."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.model.contributions import ANY

AS_OF = date(2026, 6, 1)
HEAD = """\
use cards
field card (卡号): text
field secret: text, personal
field turnover (流水): number
field limit (额度): number, may be blank
outcome known: yes or no
outcome score: number
"""

MODULE = """
from decimal import Decimal
from pathlib import Path

from rulelang import Function, Parameter, Plugin
from rulelang.vocabulary.types import Choice, Member, Number, Text, YesNo


def is_ours(card):
    if not card[:1].isdigit():
        raise ValueError(f"{card} is no number")
    return card.startswith("62")


def share(part, whole):
    return None if not whole else part * 100 / Decimal(whole)


def or_else(first, second):
    return second if first is None else first


def wrong(number):
    return "three"


NUMBER = Number()
KIND = Choice((Member("debit", "借记"), Member("credit", "贷记")))
plugin = Plugin(
    name="PLUGIN",
    label="LABEL",
    version="1.2",
    folder=Path(__file__).parent / "nothing",
    functions=(
        Function("is_ours", (Parameter("card", Text(), "卡号"),), YesNo(), is_ours, label="本行卡"),
        Function("share", (Parameter("part", NUMBER), Parameter("whole", NUMBER)), NUMBER, share, label="占比"),
        Function(
            "or_else", (Parameter("first", NUMBER), Parameter("second", NUMBER)), NUMBER, or_else, unknown_in="given"
        ),
        Function("wrong", (Parameter("number", NUMBER),), NUMBER, wrong),
        Function("kind_of", (Parameter("card", Text()),), KIND, lambda card: "credit" if card[-1:] == "1" else "debit"),
    ),
)
"""


@pytest.fixture(autouse=True)
def distributions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two distributions, as pip would have installed them."""
    for name, label in (("cards", "卡务"), ("others", "别的")):
        (tmp_path / f"{name}_plugin.py").write_text(MODULE.replace("PLUGIN", name).replace("LABEL", label), "utf-8")
        facts = tmp_path / f"{name}_plugin-1.2.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: 1.2\n", "utf-8")
        (facts / "entry_points.txt").write_text(f"[rulelang.plugins]\n{name} = {name}_plugin:plugin\n", "utf-8")
        monkeypatch.delitem(sys.modules, f"{name}_plugin", raising=False)
    monkeypatch.syspath_prepend(tmp_path)


def found(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(rulelang.RuleError) as caught:
        rulelang.loads(text)
    return caught.value.diagnostics


def codes(text: str) -> list[str]:
    return [each.code for each in found(text)]


# --- in rules ---


def test_a_function_as_a_condition_in_both_languages() -> None:
    rules = rulelang.loads(
        HEAD + "if is_ours(card) then known = yes otherwise known = no\n如果 本行卡（卡号）那么 score 为 1\n"
    )
    decisions = [rules.decide({"card": card}, AS_OF) for card in ("6217", "4000")]
    assert [{"known": True, "score": 1}, {"known": False, "score": None}] == [each.outcomes for each in decisions]
    assert ["decided", "decided"] == [each.standing("known") for each in decisions]


def test_a_function_in_a_named_value_in_arithmetic_and_in_a_reason() -> None:
    rules = rulelang.loads(
        HEAD + "let used = share(turnover, limit)\n"
        'if used + 1 > 26 then score = used / 4 because "{used} % of {limit}, {share(limit, turnover)}"\n'
    )
    decision = rules.decide({"turnover": 30, "limit": 100}, AS_OF)
    assert Decimal("7.5") == decision["score"]
    assert "30 % of 100, 333.33" in decision.why("score")
    assert "share(turnover, limit) = 30" in decision.why("score")


def test_a_choice_that_a_function_returns_compares_with_its_members() -> None:
    head = HEAD + "if kind_of(card) is credit then known = yes\n"
    rules = rulelang.loads(head + "if kind_of(card) = 借记 then known = no\n")
    assert [True, False] == [rules.decide({"card": card}, AS_OF)["known"] for card in ("01", "00")]
    assert "unknown-value" in codes(HEAD + "if kind_of(card) is prepaid then known = yes")


def test_without_declarations_a_parameter_says_what_a_field_is() -> None:
    rules = rulelang.loads("use cards\nif is_ours(number) then score = share(a, b)\n")
    assert 25 == rules.decide({"number": "62", "a": "1", "b": "4"}, AS_OF)["score"]


# --- what is unknown ---


def test_unknown_in_unknown_out_unless_the_function_is_given_it() -> None:
    rules = rulelang.loads(
        HEAD + "if is_ours(card) then known = yes\nif or_else(turnover, limit) > 5 then score = or_else(turnover, 7)\n"
    )
    nothing = rules.decide({}, AS_OF)
    assert ("undecided", "undecided") == (nothing.standing("known"), nothing.standing("score"))
    assert (("card",), ("turnover",)) == (nothing.missing_for("known"), nothing.missing_for("score"))
    given = rules.decide({"card": "62", "limit": 9}, AS_OF)
    assert (True, "decided", 7, "decided") == (
        given["known"],
        given.standing("known"),
        given["score"],
        given.standing("score"),
    )


def test_an_unknown_result_of_known_arguments_leaves_the_outcome_open() -> None:
    rules = rulelang.loads(HEAD + "if share(turnover, limit) > 5 then score = 1 otherwise score = 2\n")
    row = {"turnover": 3, "limit": 0}
    decision = rules.decide(row, AS_OF)
    assert ("provisional", (2, 1)) == (decision.standing("score"), decision.possible("score"))
    assert {"score": 2, "known": None} == rules.compile(AS_OF)(row)


@pytest.mark.parametrize("argument", ["12", "turnover", "score2"])
def test_a_function_that_fails_is_reported_and_the_host_survives(argument: str) -> None:
    rules = rulelang.loads(
        f"{HEAD}outcome score2: number\nalways score2 = 4\nalways known = yes\n"
        f"if wrong({argument}) > 5 then score = 1\n"
    )
    decision = rules.decide({"turnover": 1}, AS_OF)
    assert (None, "undecided") == (decision["score"], decision.standing("score"))
    assert (True, "decided") == (decision["known"], decision.standing("known"))
    (problem,) = decision.problems
    assert ("function-failed", "wrong", "cards") == (problem.code, problem.facts["function"], problem.facts["plugin"])
    assert "TypeError: 'three' is no number" in describe(problem, "en").message


@pytest.mark.parametrize("value", ["share(score2, 4)", "100 / score2"])
def test_a_value_may_rest_on_another_outcome_of_its_own_rule(value: str) -> None:
    rules = rulelang.loads(
        f"{HEAD}outcome score2: number\nif card is known then score2 = turnover - 10 and score = {value}\n"
    )
    decisions = [rules.decide({"card": "6", "turnover": turnover}, AS_OF) for turnover in (30, 10)]
    assert [5 if "/" in value else 500] == [each["score"] for each in decisions[:1]]
    assert ["decided", "undecided" if "/" in value else "decided"] == [each.standing("score") for each in decisions]


def test_a_failure_in_an_assigned_value_and_what_it_says_of_personal_data() -> None:
    rules = rulelang.loads(HEAD + "always known = is_ours(secret)\nalways score = wrong(turnover)\n")
    decision = rules.decide({"secret": "x123", "turnover": 2}, AS_OF)
    assert ((ANY,), (ANY,)) == (decision.possible("known"), decision.possible("score"))
    causes = {each.facts["function"]: each.facts["cause"] for each in decision.problems}
    assert {"is_ours", "wrong"} == set(causes)
    assert "ValueError" == causes["is_ours"]


def test_a_function_that_fails_on_a_record_is_reported() -> None:
    rules = rulelang.loads(
        HEAD + "field cards: list of card (number: text)\nalways score = count of cards where (is_ours(number))\n"
    )
    decision = rules.decide({"cards": [{"number": "62"}, {"number": "x1"}, {"number": "x2"}]}, AS_OF)
    assert (1, (1, 2, 3)) == (decision["score"], decision.possible("score"))
    assert {"records-left-out": 2, "function-failed": "ValueError: x1 is no number"} == {
        each.code: each.facts.get("cause", each.facts.get("count")) for each in decision.problems
    }


def test_asked_whether_it_is_missing_a_failure_is_reported_too() -> None:
    rules = rulelang.loads(HEAD + "if wrong(turnover) is missing then score = 1\n")
    decision = rules.decide({"turnover": 1}, AS_OF)
    assert (1, "decided", ["function-failed"]) == (
        decision["score"],
        decision.standing("score"),
        [each.code for each in decision.problems],
    )


def test_a_run_counts_the_failures_of_each_function(tmp_path: Path) -> None:
    rules = rulelang.loads(HEAD + "always known = is_ours(card)\nalways score = wrong(turnover)\n")
    (tmp_path / "customers.csv").write_text("card,turnover\nx,1\ny,2\n62,\n", "utf-8")
    summary = rules.run(tmp_path / "customers.csv", tmp_path / "out.csv", as_of=AS_OF)
    counts = {each.diagnostic.facts["function"]: each.count for each in summary.findings}
    assert {"is_ours": 2, "wrong": 2} == counts


def test_values_that_rest_on_something_personal_are_starred_out() -> None:
    rules = rulelang.loads(HEAD + 'if kind_of(secret) is debit then known = yes because "{kind_of(secret)}"\n')
    decision = rules.decide({"secret": "6218"}, AS_OF)
    assert "debit" not in decision.why("known").replace("is debit", "")
    assert "kind_of(secret) = debit" in decision.why("known", reveal=True)


# --- what is wrong ---


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("if is_ours(card, card) then known = yes", "function-arguments"),
        ("if is_ours then known = yes", "function-arguments"),
        ("if is_ours(turnover) then known = yes", "function-argument"),
        ("if share(card, limit) > 5 then known = yes", "function-argument"),
        ("if is_ours(tags) then known = yes", "function-argument"),
        ("if is_our(card) then known = yes", "unknown-function"),
        ("if share(turnover, limit) then known = yes", "not-a-condition"),
        ("always known = share(turnover, limit)", "assign-type"),
    ],
)
def test_wrong_calls_are_refused_where_they_stand(rule: str, code: str) -> None:
    (problem,) = found(HEAD + rule)
    assert code == problem.code
    assert problem.span is not None
    assert HEAD.count("\n") + 1 == problem.span.line


def test_a_misspelt_function_has_a_nearest_name() -> None:
    (problem,) = found(HEAD + "if is_our(card) then known = yes")
    assert ("is_ours",) == problem.nearest


def test_a_function_comes_with_use_only() -> None:
    assert ["unknown-function"] == codes(HEAD.replace("use cards\n", "") + "if is_ours(card) then known = yes")


def test_two_plugins_with_one_function_name_are_both_named() -> None:
    problems = found(HEAD.replace("use cards", "use cards, others") + "if is_ours(card) then known = yes")
    assert {"function-twice"} == {each.code for each in problems}
    message = describe(problems[0], "en").message
    assert "cards" in message
    assert "others" in message


@pytest.mark.parametrize("own", ['define is_ours(x): x is "6"', "field is_ours: text", "define 本行卡（甲）：甲为“6”"])
def test_a_name_of_ones_own_and_a_function_are_both_named(own: str) -> None:
    problems = found(HEAD + own + "\nif card is missing then known = yes\n")
    assert ["function-name-taken"] == [each.code for each in problems]
    assert ["first-declared-here"] == [each.key for each in problems[0].labels]
    assert "cards" in describe(problems[0], "zh").message


def test_using_a_plugin_twice_is_no_clash(tmp_path: Path) -> None:
    (tmp_path / "base.rules").write_text(HEAD + "if is_ours(card) then known = yes\n", "utf-8")
    (tmp_path / "own.rules").write_text('extends "base.rules"\nuse cards\nif is_ours(card) then score = 1\n', "utf-8")
    assert {"known": True, "score": 1} == rulelang.load(tmp_path / "own.rules").decide({"card": "62"}, AS_OF).outcomes


def test_the_version_of_a_plugin_that_is_called_is_part_of_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, not_called = HEAD + "if is_ours(card) then known = yes", HEAD + "if card is missing then known = yes"
    before = [rulelang.loads(each).fingerprint for each in (called, not_called)]
    path = tmp_path / "cards_plugin.py"
    path.write_text(path.read_text("utf-8").replace('version="1.2"', 'version="1.3.0"'), "utf-8")
    monkeypatch.delitem(sys.modules, "cards_plugin")
    after = [rulelang.loads(each).fingerprint for each in (called, not_called)]
    assert [False, True] == [one == other for one, other in zip(before, after, strict=True)]
