"""Rulesets that were compiled before: as good as those made anew, and never out of date, damaged or somebody else's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang import keeping
from rulelang.engine.loading.opening import candidate
from rulelang.engine.loading.reading import read_ruleset

AS_OF, LATER = date(2026, 6, 1), date(2027, 2, 1)
RULES = """\
ruleset "Cards" ("卡") valid from 2026-01-01 until 2027-12-31
field seen (最近): date
field spend (消费): money in CNY, at least 0
field city (城市): text
field note: text, may be blank
field level: one of low (低), high (高)
list cities from "cities.csv"
threshold high (高额) = 100; 200 from 2027-01-01
outcome state (状态): one of right (对), old (旧), far (远), else right
outcome points (分): whole number, sum
outcome tags: text, collect
rule "Old": if seen more than 90 days ago then state = old because "seen {seen}, in {city}"
rule "Far": if city is not in cities then state = far
if spend > high then add 3 to points, tags = "big"
if level is high and note is missing then add 2 to points, tags = "silent"
if spend / 3 > 7.5 then add 1 to points
"""
CUSTOMERS: list[dict[str, Any]] = [
    {"seen": date(2026, 5, 1), "spend": 150, "city": "Paris", "note": "x", "level": "high"},
    {"seen": date(2026, 1, 1), "spend": 22, "city": "上海", "note": "", "level": "low"},
    {"最近": "2026-05-30", "消费": "¥1,250.50", "城市": " Paris ", "note": "", "level": "高"},
    {"seen": date(2026, 5, 1), "city": "Rome", "note": "", "level": "high"},
    {"spend": Decimal("99.99"), "level": "low", "extra": 1, "sene": 2},
    {"spend": -1, "city": "Paris"},
    {},
]
MANY = 'field days: whole number\nfield city: text\noutcome tier: text, else "none"\n' + "".join(
    f'if days >= {number} and days < {number + 7} and city is "c{number % 9}" then tier = "t{number}"\n'
    for number in range(0, 1200, 3)
)
DATED = 'field seen: date\nfield city: text\noutcome tier: text, else "none"\n' + "".join(
    f'if seen > {number} days and seen < {number + 9} days and city is "c{number % 5}" then tier = "t{number}"\n'
    for number in range(0, 600, 3)
)


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("RULELANG_CACHE", str(folder))
    return folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "cities.csv").write_text("city\nParis\n上海\n", "utf-8")
    path = tmp_path / "cards.rules"
    path.write_text(RULES, "utf-8")
    return path


def is_kept(ruleset: rulelang.Ruleset) -> bool:
    return ruleset._kept is not None


def told(ruleset: rulelang.Ruleset, customer: dict[str, Any], as_of: date) -> Any:
    decision = ruleset.decide(customer, as_of)
    names = list(decision.outcomes)
    return (
        dict(decision),
        decision.standings,
        [(decision.possible(each), decision.rules(each), decision.missing_for(each)) for each in names],
        [decision.why(each, lang) for each in names for lang in ("en", "zh")],
        [each.code for each in decision.problems],
        ruleset.compile(as_of)(customer),
        decision.values,
        decision.fingerprint,
    )


@pytest.mark.parametrize("as_of", [AS_OF, LATER])
@pytest.mark.parametrize("pack", [False, True])
def test_what_was_kept_tells_the_same(rules: Path, tmp_path: Path, as_of: date, pack: bool) -> None:
    path = tmp_path / "cards.rulepack" if pack else rules
    if pack:
        rulelang.load(rules).save(path)
    anew = rulelang.load(path)
    assert not is_kept(anew)
    expected = [told(anew, each, as_of) for each in CUSTOMERS]
    kept = rulelang.load(path)
    assert is_kept(kept)
    assert [told(kept, each, as_of) for each in CUSTOMERS] == expected
    # On another day as well, which was not worked out before; and once more, when it was.
    other = LATER if as_of == AS_OF else AS_OF
    expected = [told(anew, each, other) for each in CUSTOMERS]
    for _ in range(2):
        again = rulelang.load(path)
        assert [told(again, each, other) for each in CUSTOMERS] == expected
    assert again == anew
    assert again.source == anew.source
    assert again.with_thresholds(high="5000").decide(CUSTOMERS[0], as_of)["points"] == 1


@pytest.mark.parametrize("text", [MANY, DATED], ids=["many", "dated"])
def test_an_index_is_kept(text: str, tmp_path: Path) -> None:
    path = tmp_path / "many.rules"
    path.write_text(text, "utf-8")
    anew = rulelang.load(path)
    customers: list[dict[str, Any]] = [
        {"days": days, "seen": date.fromordinal(AS_OF.toordinal() - days), "city": city}
        for days in range(-3, 700, 11)
        for city in ("c1", "c3", "城", None)
    ]
    assert ".first(" in anew.source
    expected = [(dict(decision), decision.rule("tier")) for decision in anew.decide_many(customers, AS_OF)]
    for _ in range(2):
        kept = rulelang.load(path)
        assert is_kept(kept)
        assert [(dict(each), each.rule("tier")) for each in kept.decide_many(customers, AS_OF)] == expected
        assert [kept.compile(LATER)(each) for each in customers] == [anew.compile(LATER)(each) for each in customers]


def test_the_way_of_customers_with_gaps_is_kept_once_one_came(
    tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rulelang.engine.loading.keep.MOST_BRANCHES", 0)
    path = tmp_path / "many.rules"
    path.write_text(MANY, "utf-8")
    anew = rulelang.load(path)
    anew.compile(AS_OF)
    assert not list(kept_in.glob("*.doubts"))
    customers = [{"days": days} for days in range(0, 60, 7)] + [{"city": "c3"}, {}]
    expected = [(dict(each), each.standings, each.possible("tier")) for each in map(anew.decide, customers)]
    for _ in range(2):
        kept = rulelang.load(path)
        assert is_kept(kept)
        assert [(dict(each), each.standings, each.possible("tier")) for each in map(kept.decide, customers)] == expected
        assert len(list(kept_in.glob("*.doubts"))) == 1


def test_a_change_is_noticed(rules: Path, tmp_path: Path) -> None:
    customer = {"seen": AS_OF, "city": "Rome", "spend": 150}
    assert rulelang.load(rules).decide(customer, AS_OF)["state"] == "far"
    _age(tmp_path / "cities.csv")
    assert rulelang.load(rules).decide(customer, AS_OF)["state"] == "far"
    assert is_kept(rulelang.load(rules))
    # Of a list beside the rules, of the rules, of where they are.
    (tmp_path / "cities.csv").write_text("city\nRome\n", "utf-8")
    changed = rulelang.load(rules)
    assert not is_kept(changed)
    assert changed.decide(customer, AS_OF)["state"] == "right"
    (tmp_path / "cities.csv").unlink()
    with pytest.raises(rulelang.RuleError):
        rulelang.load(rules)
    rules.write_text(
        RULES.replace('"cities.csv"', '= "Paris"').replace("add 3", "add 4").replace(" from =", " ="), "utf-8"
    )
    edited = rulelang.load(rules)
    assert not is_kept(edited)
    assert edited.decide(customer, AS_OF)["points"] == 5


def test_a_list_that_changes_while_it_is_read_is_not_kept(rules: Path, tmp_path: Path) -> None:
    future = 4_000_000_000
    os.utime(tmp_path / "cities.csv", (future, future))
    for _ in range(2):
        ruleset = rulelang.load(rules)
        ruleset.decide({}, AS_OF)
        assert not is_kept(ruleset)


@pytest.mark.parametrize("spoil", ["cut", "changed", "emptied", "removed"])
@pytest.mark.parametrize("ending", ["head", "program", "model", "doubts", "day"])
def test_what_is_damaged_is_made_anew(rules: Path, kept_in: Path, spoil: str, ending: str) -> None:
    anew = rulelang.load(rules)
    expected = [told(anew, each, AS_OF) for each in CUSTOMERS]
    (path,) = kept_in.glob(f"*.{ending}")
    content = path.read_bytes()
    if spoil == "removed":
        path.unlink()
    else:
        half = len(content) // 2
        path.write_bytes(
            {"cut": content[:half], "changed": content[:half] + b"?" + content[half + 1 :], "emptied": b""}[spoil]
        )
    found = rulelang.load(rules)
    assert [told(found, each, AS_OF) for each in CUSTOMERS] == expected
    assert is_kept(found) == (ending != "head")


@pytest.mark.skipif(os.name != "posix", reason="what others may write to is told by POSIX modes")
def test_what_others_may_write_to_is_not_read(rules: Path, kept_in: Path) -> None:
    rulelang.load(rules).decide({}, AS_OF)
    assert is_kept(rulelang.load(rules))
    kept_in.chmod(0o777)
    assert not is_kept(rulelang.load(rules))
    kept_in.chmod(0o700)
    for each in kept_in.glob("*.head"):
        each.chmod(0o666)
    assert not is_kept(rulelang.load(rules))


def test_a_rulepack_holds_no_code(rules: Path, tmp_path: Path) -> None:
    pack = tmp_path / "cards.rulepack"
    rulelang.load(rules).save(pack)
    rulelang.load(pack).decide({}, AS_OF)
    kept = rulelang.load(pack)
    assert is_kept(kept)
    other = tmp_path / "other.rulepack"
    kept.save(other)
    assert other.read_bytes() == pack.read_bytes()


def test_without_a_cache_folder_nothing_is_lost(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RULELANG_CACHE", str(tmp_path / "file" / "below"))
    for _ in range(2):
        ruleset = rulelang.load(rules)
        assert ruleset.decide(CUSTOMERS[0], AS_OF)["points"] == 4
        assert not is_kept(ruleset)


def test_commands_find_the_findings_again(rules: Path) -> None:
    rules.write_text(RULES + "field unused: text\n", "utf-8")
    first = read_ruleset(rules)
    assert first.ruleset is not None
    first.ruleset.decide({}, AS_OF)
    second = read_ruleset(rules)
    assert second.ruleset is not None
    assert is_kept(second.ruleset)
    assert (second.diagnostics, second.sources, second.paths) == (first.diagnostics, first.sources, first.paths)


def test_only_what_is_compiled_is_kept(rules: Path, kept_in: Path) -> None:
    assert read_ruleset(rules).ruleset is not None
    assert not list(kept_in.glob("*.head"))


def test_hours_are_kept(tmp_path: Path, kept_in: Path) -> None:
    path = tmp_path / "hours.rules"
    path.write_text('field seen: date and time\noutcome x: text\nif seen more than 2 hours ago then x = "a"\n', "utf-8")
    moments = [datetime(2026, 6, 1, hour, 30) for hour in range(9, 15)]
    customers: list[dict[str, Any]] = [{"seen": datetime(2026, 6, 1, 10)}, {"seen": "2026-06-01 12:00"}, {}]
    anew = rulelang.load(path)
    expected = [told(anew, each, moment) for each in customers for moment in moments]
    kept = rulelang.load(path)
    assert is_kept(kept)
    assert [told(kept, each, moment) for each in customers for moment in moments] == expected
    assert {each.outcomes["x"] for each in kept.decide_many(customers[:1], moments[-1])} == {"a"}
    with pytest.raises(rulelang.RuleError, match="time"):
        kept.decide({}, AS_OF)
    assert not list(kept_in.glob("*.day"))  # or each moment would leave a file


@pytest.mark.parametrize("pack", [False, True])
def test_functions_of_plug_ins_are_kept_by_name(pack: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "STARTED", time.time_ns() + 10_000_000_000)
    path = tmp_path / "cards.rules"
    path.write_text('use retail\nfield card: text\noutcome x: text\nif luhn_valid(card) then x = "a"\n', "utf-8")
    if pack:
        rulelang.load(path).save(tmp_path / "cards.rulepack")
        path = tmp_path / "cards.rulepack"
    customers: list[dict[str, Any]] = [{"card": "79927398713"}, {"card": "1"}, {}]
    anew = rulelang.load(path)
    expected = [told(anew, each, AS_OF) for each in customers]
    kept = rulelang.load(path)
    assert is_kept(kept)
    assert [told(kept, each, AS_OF) for each in customers] == expected
    monkeypatch.setattr("rulelang_retail.checks.luhn_valid", lambda number: True)
    assert rulelang.load(path).decide({"card": "1"}, AS_OF)["x"] == "a"


SHOP = {
    "shop/plugin.toml": 'name = "shop"\nversion = "1"\n',
    "shop/vocabulary.rules": "field spend: whole number\nthreshold much = 100\n"
    'list towns from "towns.csv" column town\n',
    "shop/towns.csv": "town\nParis\n",
    "base.rules": 'use shop\noutcome x: text, else "none"\nrule "Much": if spend > much then x = "base"\n',
    "own.rules": 'extends "base.rules"\nfield town: text\nif town is in towns then x = "own"\n',
}
CHANGES: dict[str, tuple[str, str, str, list[str]]] = {
    "the vocabulary of a plug-in": ("shop/vocabulary.rules", "= 100", "= 300", ["own", "none"]),
    "the list of a plug-in": ("shop/towns.csv", "Paris", "Rome", ["base", "base"]),
    "the rules extended": ("base.rules", '"base"', '"more"', ["own", "more"]),
    "what its folder says of a plug-in": ("shop/plugin.toml", '"1"', '"2"', ["own", "base"]),
    "the rules themselves": ("own.rules", '"own"', '"mine"', ["mine", "base"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_rules_use_and_extend_is_looked_at(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = [{"spend": 200, "town": "Paris"}, {"spend": 200, "town": "Oslo"}]
    monkeypatch.setattr(keeping, "STARTED", time.time_ns() + 10_000_000_000)
    for name, text in SHOP.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")

    def load() -> rulelang.Ruleset:
        found = read_ruleset(tmp_path / "own.rules", (), None, [tmp_path / "shop"]).ruleset
        assert found is not None
        return found

    first = load()
    assert [first.decide(each, AS_OF)["x"] for each in customers] == ["own", "base"]
    kept = load()
    assert is_kept(kept)
    assert [kept.decide(each, AS_OF)["x"] for each in customers] == ["own", "base"]
    assert kept.model == first.model
    file, old, new, expected = CHANGES[change]
    (tmp_path / file).write_text(SHOP[file].replace(old, new), "utf-8")
    for again in range(2):
        changed = load()
        assert is_kept(changed) == bool(again)
        assert [changed.decide(each, AS_OF)["x"] for each in customers] == expected
    (tmp_path / file).write_text(SHOP[file], "utf-8")
    assert [load().decide(each, AS_OF)["x"] for each in customers] == ["own", "base"]


def test_a_plug_in_changed_after_it_was_imported_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cards.rules"
    path.write_text('use retail\nfield city: text\noutcome x: text\nif city is known then x = "a"\n', "utf-8")
    monkeypatch.setattr(keeping, "STARTED", 0)
    for _ in range(2):
        ruleset = rulelang.load(path)
        ruleset.decide({}, AS_OF)
        assert not is_kept(ruleset)


def test_a_base_found_by_its_name_gives_way_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "STARTED", time.time_ns() + 10_000_000_000)
    path = tmp_path / "mine.rules"
    path.write_text('extends "retail/tiers"\n', "utf-8")
    rulelang.load(path).decide({}, AS_OF)
    assert is_kept(rulelang.load(path))
    (tmp_path / "retail").mkdir()
    (tmp_path / "retail" / "tiers").write_text('outcome x: text\nif seen > 3 days then x = "a"\n', "utf-8")
    changed = rulelang.load(path)
    assert not is_kept(changed)
    assert list(changed.model.outcomes) == ["x"]


def test_rules_called_by_their_name_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = tmp_path / "shop"
    (shop / "rulesets").mkdir(parents=True)
    (shop / "plugin.toml").write_text('name = "shop"\nlabel = "门店"\nversion = "1.0"\n', "utf-8")
    tiers = shop / "rulesets" / "tiers.rules"
    tiers.write_text('ruleset "Tiers" ("等级")\nif spend > 100 then tier = gold otherwise tier = basic\n', "utf-8")
    monkeypatch.setattr(keeping, "STARTED", time.time_ns() + 10**12)  # else what was written just now is too new
    folders = [str(shop)]

    def decided(name: str) -> tuple[bool, Any]:
        rules = rulelang.load(name, plugin_dirs=folders)
        return is_kept(rules), rules.decide({"spend": 101}, AS_OF)["tier"]

    for name in ("shop/tiers", "门店/等级", "等级"):
        assert [(False, "gold"), (True, "gold")] == [decided(name), decided(name)]
    assert read_ruleset("等级", plugin_folders=[shop]).paths == (tiers,)
    tiers.write_text(tiers.read_text("utf-8").replace("100", "200"), "utf-8")
    assert [(False, "basic"), (True, "basic")] == [decided("等级"), decided("等级")]
    (shop / "rulesets" / "others.rules").write_text(
        'ruleset "Others" ("等级")\nif spend > 1 then tier = gold\n', "utf-8"
    )
    with pytest.raises(rulelang.RuleError, match="等级"):
        decided("等级")
    assert (True, "basic") == (decided("shop/tiers") and decided("shop/tiers"))
    monkeypatch.chdir(shop / "rulesets")
    folder = Path("等级")
    folder.mkdir()
    (folder / "own.rules").write_text("if spend > 1 then tier = own", "utf-8")
    assert "own" == decided("等级")[1]


def test_requirements_that_hold_for_good_are_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "limits.rules"
    rest = "require high > low\nif spend > high then tier = top\n"
    for later, fails in (("", False), ("; 1 from 2027-01-01", True)):
        path.write_text(f"threshold low = 2\nthreshold high = 5{later}\n{rest}", "utf-8")
        rulelang.load(path).decide({"spend": 9}, AS_OF)
        kept = rulelang.load(path)
        assert is_kept(kept) and kept._kept is not None and fails is kept._kept.head["requirements"]
        if fails:
            with pytest.raises(rulelang.RuleError, match="requirement-not-met"):
                kept.decide({}, date(2027, 6, 1))
        else:
            assert "top" == kept.decide({"spend": 9}, date(2027, 6, 1))["tier"]


def test_writers_at_the_same_time(rules: Path, kept_in: Path) -> None:
    # Two processes write and read one name: what is read is always what one of them has written, whole.
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; from rulelang import keeping\n"
        "contents = {bytes([65 + each]) * 300_000 for each in range(4)}\n"
        "for each in sorted(contents) * 10:\n"
        "    assert keeping.write('some.model', each)\n"
        "    assert bytes(keeping.read('some.model')) in contents\n"
    )
    running = [subprocess.Popen([sys.executable, "-I", "-S", "-c", code]) for _ in range(2)]
    assert [each.wait() for each in running] == [0, 0]
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(lambda _: rulelang.load(rules).decide({"spend": 150}, AS_OF)["points"], range(8)))
    assert loaded == [4] * 8
    assert not list(kept_in.glob("*.part"))
    assert is_kept(rulelang.load(rules))


def test_it_is_bounded(kept_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_FILES", 3)
    for number in range(6):
        assert keeping.write(f"{number}.head", b"x")
        os.utime(kept_in / f"{number}.head", (1_000_000 + number, 1_000_000 + number))
    assert sorted(each.name for each in kept_in.iterdir()) == ["3.head", "4.head", "5.head"]
    monkeypatch.setattr(keeping, "MOST_BYTES", 250)
    assert keeping.write("large.model", b"x" * 200)
    assert sorted(each.name for each in kept_in.iterdir()) == ["large.model"]


def test_what_a_killed_process_left_goes(kept_in: Path) -> None:
    keeping.write("a.head", b"x")
    (kept_in / "b.head.1.ab.part").write_bytes(b"half")
    os.utime(kept_in / "b.head.1.ab.part", (1, 1))
    keeping.write("c.head", b"y")
    assert sorted(each.name for each in kept_in.iterdir()) == ["a.head", "c.head"]


def test_names_tell_versions_apart(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    changes: list[Callable[[], None]] = [
        lambda: None,
        lambda: monkeypatch.setattr("rulelang.keeping.__version__", "9.9"),
        lambda: monkeypatch.setattr(sys, "version", "another"),
    ]
    for change in changes:
        change()
        found = candidate(rules)
        assert found is not None
        keys.append(found.key)
    assert len(set(keys)) == 3
    assert keeping.digest(b"ab", b"c") != keeping.digest(b"a", b"bc")


def test_deciding_what_was_kept_needs_no_more_than_that(rules: Path) -> None:
    rules.write_text(MANY, "utf-8")
    rulelang.load(rules).decide({}, AS_OF)
    code = (
        f"import sys, rulelang; d = rulelang.load({str(rules)!r}).decide({{'days': 5, 'city': '城'}}); "
        "assert d['tier'] == 'none' and d.standing('tier') == 'decided'; "
        "heavy = ('attr', 'lark', 'typing', 're', 'rulelang.model', 'rulelang.syntax'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    # Without the site's own start files, which may import anything.
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"


def _age(path: Path) -> None:
    os.utime(path, (1_000_000_000, 1_000_000_000))
