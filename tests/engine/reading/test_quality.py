"""What a run says of data that fails its vocabulary's checks: the same with every engine."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.ruleset import Ruleset

AS_OF = date(2026, 6, 30)
RULES = """\
use crm
threshold stale_after (过期天数) = 365 days
field card (卡号): text, required, unique, like "KH*"
field mobile (手机号): text, personal, checked by mobile_valid
field id_card (证件号): text, sensitive, checked by id_number_valid
field credit_code (信用代码): text, checked by social_credit_valid
field mail (邮件): text, checked by email_valid
field changed_on (更改日): date, no older than stale_after
field spend (消费): money in CNY, between 0 and 1000
field kind (性质): one of person (个人), company (企业)
outcome tier (等级): one of gold (金), silver (银), else silver
if spend > 100 and kind is person then tier = gold
"""
TITLES = ("card", "mobile", "id_card", "credit_code", "mail", "changed_on", "spend", "kind")
SOUND = ("KH1", "13800000001", "11010519491231002X", "91350100M000100Y43", "a@b.cn", "2025-06-30", "1000", "person")
ENGINES = ("python", "duckdb")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each engine; that of DuckDB may not hand the run over to the other."""
    name: str = request.param
    if name == "duckdb":
        monkeypatch.setattr("rulelang.engine.run.RowRun", None)
    return name


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return rulelang.loads(RULES)


def table(path: Path, rows: list[tuple[str, ...]], titles: tuple[str, ...] = TITLES) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    return path


def listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def changed(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(title, cell) for title, cell in zip(TITLES, SOUND, strict=True))


def failures(summary: RunSummary) -> set[tuple[str, str, int, tuple[int, ...]]]:
    assert summary.quality is not None
    return {(each.check, each.field, each.count, each.rows) for each in summary.quality}


# What each cell fails, beside a row where nothing is wrong; the numbers are those of GB 11643 and GB 32100.
CASES: list[tuple[dict[str, str], str | None]] = [
    ({"card": ""}, "required"),
    ({"card": "XH7"}, "format"),
    ({"card": " KH7 "}, None),
    ({"card": "kh7"}, "format"),
    ({"mobile": "23800000001"}, "format"),
    ({"mobile": "+86 138 0000 0001"}, None),
    ({"mobile": ""}, None),
    ({"id_card": "440524188001010014"}, None),
    ({"id_card": "440524188001010015"}, "format"),
    ({"id_card": "440524188002310014"}, "format"),
    ({"id_card": "11010519491231002x"}, None),
    ({"credit_code": "91350100M000100Y44"}, "format"),
    ({"credit_code": "91350100M000100I43"}, "format"),
    ({"mail": "a@b"}, "format"),
    ({"changed_on": "2025-06-29"}, "freshness"),
    ({"changed_on": "2026-06-30"}, None),
    ({"changed_on": "2026-07-01"}, "not in the future"),
    ({"changed_on": "长期"}, "readable"),
    ({"changed_on": "03/04/2026"}, "readable"),
    ({"spend": "-0.01"}, "range"),
    ({"spend": "1000.01"}, "range"),
    ({"spend": "0"}, None),
    ({"kind": "firm"}, "allowed values"),
    ({"kind": "企业"}, None),
]


def test_each_cell_fails_what_is_asked_of_it_and_nothing_else(rules: Ruleset, tmp_path: Path, engine: str) -> None:
    rows = [changed(**{"card": f"KH{place}", **cells}) for place, (cells, _) in enumerate(CASES, 100)]
    found: dict[int, list[tuple[str, str]]] = {}
    findings = tmp_path / "findings.csv"
    rules.run(table(tmp_path / "d.csv", rows), as_of=AS_OF, engine=engine, findings=findings)
    for line in listed(findings):
        found.setdefault(int(line["row"]), []).append((line["check"], line["field"]))
    expected = {
        number: [(check, next(iter(cells)))] for number, (cells, check) in enumerate(CASES, 2) if check is not None
    }
    assert expected == found


def test_duplicates_name_the_row_they_repeat(rules: Ruleset, tmp_path: Path, engine: str) -> None:
    cards = ("KH1", "KH2", " KH1", "KH3", "KH1", "", "")
    summary = rules.run(table(tmp_path / "d.csv", [changed(card=each) for each in cards]), as_of=AS_OF, engine=engine)
    assert {("no duplicates", "card", 2, (4, 6)), ("required", "card", 2, (7, 8))} == failures(summary)
    (doubled,) = [each.diagnostic for each in summary.findings if each.diagnostic.code == "doubled-value"]
    assert (4, 2) == (doubled.facts["row"], doubled.facts["first"])


def test_engines_find_the_same_in_shuffled_rows(rules: Ruleset, tmp_path: Path) -> None:
    chance = random.Random(7)
    rows = [changed(**{"card": f"KH{chance.randrange(900)}", **chance.choice(CASES)[0]}) for _ in range(1500)]
    accounts = []
    for engine in ENGINES:
        details = tmp_path / f"{engine}.csv"
        summary = rules.run(table(tmp_path / "d.csv", rows), as_of=AS_OF, engine=engine, findings=details)
        accounts.append((failures(summary), {each.diagnostic.code: each.count for each in summary.findings}))
    assert accounts[0] == accounts[1]
    assert (tmp_path / "python.csv").read_bytes() == (tmp_path / "duckdb.csv").read_bytes()


def test_spellings_of_one_number_are_one(tmp_path: Path, engine: str) -> None:
    declared = "field id: text, required, unique\nfield name: text, required\noutcome t: one of a, b\n"
    plain = rulelang.loads(declared + "if id is known then t = a\n")
    ids = ("K1", " K2", "K2", "K1\u3000", "号1", "K3", " ", "é", "e\u0301", "K 3", "K3 x")
    names = ("a", "", " ", "王", "\u3000", "b", "c", "d", "e", "f", "g")
    rows = list(zip(ids, names, strict=True))
    summary = plain.run(table(tmp_path / "d.csv", rows, ("id", "name")), as_of=AS_OF, engine=engine)
    expected = {("no duplicates", "id", 3, (4, 5, 10)), ("required", "id", 1, (8,)), ("required", "name", 3, (3, 4, 6))}
    assert expected == failures(summary)


def test_strict_writes_no_result_but_the_findings(rules: Ruleset, tmp_path: Path, engine: str) -> None:
    data, out, findings = table(tmp_path / "d.csv", [changed(mobile="1")]), tmp_path / "o.csv", tmp_path / "f.csv"
    summary = rules.run(data, out, as_of=AS_OF, engine=engine, quality="strict", findings=findings)
    assert (True, None, False, True) == (summary.refused, summary.target, out.exists(), findings.exists())
    assert "quality-refused" in [each.code for each in summary.notes]
    sound = table(tmp_path / "d.csv", [SOUND])
    summary = rules.run(sound, out, as_of=AS_OF, engine=engine, quality="strict", findings=findings)
    assert (False, True, ()) == (summary.refused, out.exists(), summary.quality)


def test_strict_refuses_for_rejected_rows_and_required_fields_without_column(
    rules: Ruleset, tmp_path: Path, engine: str
) -> None:
    out = tmp_path / "o.csv"
    rejected = rules.run(
        table(tmp_path / "d.csv", [changed(spend="much")]), out, as_of=AS_OF, engine=engine, quality="strict"
    )
    assert (1, True, False) == (rejected.rejected, rejected.refused, out.exists())
    required = rulelang.loads(RULES.replace("(消费): money in CNY,", "(消费): money in CNY, required,"))
    data = table(tmp_path / "d.csv", [("KH1", "person")], ("card", "kind"))
    absent = required.run(data, out, as_of=AS_OF, engine=engine, quality="strict")
    assert (True, {("required", "spend", 1, ())}) == (absent.refused, failures(absent))


def test_off_looks_at_nothing_but_what_rules_read(rules: Ruleset, tmp_path: Path, engine: str) -> None:
    data = table(tmp_path / "d.csv", [changed(mobile="1", spend="-1")])
    summary = rules.run(data, as_of=AS_OF, engine=engine, quality="off")
    assert (None, ["value-outside-limits"]) == (summary.quality, [each.diagnostic.code for each in summary.findings])


def test_answers_are_the_same_whatever_the_checks_say(rules: Ruleset, tmp_path: Path) -> None:
    rows = [changed(**cells) for cells, _ in CASES]
    results = []
    for quality in ("report", "off"):
        rules.run(table(tmp_path / "d.csv", rows), tmp_path / "o.csv", as_of=AS_OF, quality=quality)
        results.append((tmp_path / "o.csv").read_bytes())
    assert results[0] == results[1]


def test_personal_values_stay_hidden_unless_revealed(rules: Ruleset, tmp_path: Path) -> None:
    data, findings = table(tmp_path / "d.csv", [changed(mobile="1234", mail="x")]), tmp_path / "f.csv"
    rules.run(data, as_of=AS_OF, findings=findings)
    shown = {line["field"]: line["value"] for line in listed(findings)}
    assert {"mobile": "***", "mail": "x"} == shown


def test_a_threshold_says_how_old_a_date_may_be(rules: Ruleset, tmp_path: Path) -> None:
    data = table(tmp_path / "d.csv", [changed(changed_on="2026-05-01")])
    stricter = rules.with_thresholds(stale_after="30 days")
    assert (set(), {("freshness", "changed_on", 1, (2,))}) == (
        failures(rules.run(data, as_of=AS_OF)),
        failures(stricter.run(data, as_of=AS_OF)),
    )


def test_an_unknown_way_is_refused(rules: Ruleset, tmp_path: Path) -> None:
    with pytest.raises(rulelang.DataError) as refused:
        rules.run(table(tmp_path / "d.csv", [SOUND]), as_of=AS_OF, quality="yes")
    assert ["unknown-quality"] == [each.code for each in refused.value.diagnostics]


def test_a_check_that_breaks_down_is_no_check_that_passed(tmp_path: Path) -> None:
    from attrs import evolve

    rules = rulelang.loads(RULES)
    broken = evolve(rules.model.functions["mobile_valid"], call=lambda number: number[99] == "1")
    rules = Ruleset(evolve(rules.model, functions={**rules.model.functions, "mobile_valid": broken}))
    data, out = table(tmp_path / "d.csv", [SOUND]), tmp_path / "o.csv"
    summary = rules.run(data, out, as_of=AS_OF, quality="strict")
    assert (True, {("check can be made", "mobile", 1, (2,))}) == (summary.refused, failures(summary))
    (found,) = [each.diagnostic.facts["cause"] for each in summary.findings]
    assert "IndexError" == found, "what it says of a personal value is left out"
