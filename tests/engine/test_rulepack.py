"""Rulepacks: saved, loaded without parsing, and every change to them noticed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.engine.loading.reading import read_ruleset
from rulelang.engine.rulepack import read_pack
from rulelang.plugin.discover import Plugins
from rulelang.plugin.plugin import Plugin

AS_OF = date(2026, 6, 1)
RULES = """\
ruleset "Cards" ("卡") version 2
use retail
field member_card (会员卡号): text
field spend (消费): money in CNY
threshold high (高) = 100; 200 from 2026-07-01
outcome tier (等级): bronze (铜) < gold (金), else bronze
rule "Gold": if luhn_valid(member_card) and spend > high then tier = gold because "spent {spend}"
"""
GOLD = {"member_card": "79927398713", "spend": 150}


@pytest.fixture
def rules() -> rulelang.Ruleset:
    return rulelang.loads(RULES, "cards.rules")


@pytest.fixture
def pack(rules: rulelang.Ruleset, tmp_path: Path) -> Path:
    path = tmp_path / "cards.rulepack"
    rules.save(path)
    return path


def code(path: Path, plugins: Plugins | None = None) -> str:
    with pytest.raises(rulelang.RuleError) as caught:
        read_pack(path, plugins)
    return caught.value.diagnostics[0].code


def test_a_loaded_rulepack_decides_and_explains_alike(rules: rulelang.Ruleset, pack: Path) -> None:
    loaded = rulelang.load(pack)
    assert rules == loaded
    assert rules.fingerprint == loaded.fingerprint
    for customer in (GOLD, {"spend": 50}, {"member_card": "1", "spend": 150}):
        one, other = rules.decide(customer, AS_OF), loaded.decide(customer, AS_OF)
        assert one.outcomes == other.outcomes
        assert [one.why("tier", lang) for lang in ("en", "zh")] == [other.why("tier", lang) for lang in ("en", "zh")]
    assert "cards.rules:7" in loaded.decide(GOLD, AS_OF).why("tier")
    assert "bronze" == loaded.with_thresholds(high=500).decide(GOLD, AS_OF)["tier"]


def test_the_same_rules_make_the_same_bytes(rules: rulelang.Ruleset, pack: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.rulepack"
    rulelang.load(pack).save(again)
    assert pack.read_bytes() == again.read_bytes()


def test_it_is_readable_json_with_a_line_for_each_rule(pack: Path) -> None:
    text = pack.read_text("utf-8")
    facts = json.loads(text)
    assert (1, 1) == (facts["rulelang rulepack"], len(facts["rules"]))
    assert "会员卡号" in text
    (line,) = [each for each in text.split("\n") if '"is": "Rule"' in each]
    assert "Gold" == json.loads(line)["name"]


def test_loading_neither_imports_lark_nor_parses(pack: Path, tmp_path: Path) -> None:
    script = (
        "import sys, rulelang\n"
        f"rules = rulelang.load({str(pack)!r})\n"
        f"print(rules.decide({GOLD!r})['tier'], rules.fingerprint)\n"
        "print(*({'lark', 'rulelang.pipeline', 'rulelang.syntax.parse'} & {*sys.modules}))\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert ("", ["bronze", rulelang.load(pack).fingerprint]) == (done.stderr, done.stdout.split())


# --- what is wrong with a file ---


def test_every_changed_byte_is_noticed(pack: Path, tmp_path: Path) -> None:
    content = pack.read_bytes()
    chance = random.Random(7)
    changed = tmp_path / "changed.rulepack"
    for place in chance.sample(range(len(content)), 400):
        other = bytes([content[place] ^ (1 << chance.randrange(8))])
        changed.write_bytes(content[:place] + other + content[place + 1 :])
        assert code(changed).startswith("rulepack-")


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_noticed(pack: Path, kept: float) -> None:
    content = pack.read_bytes()
    pack.write_bytes(content[: int(len(content) * kept)])
    assert "rulepack-changed" == code(pack)


@pytest.mark.parametrize(("old", "new"), [(b"}\n", b"}\n\n"), (b"\n", b"\r\n"), (b"}\n", b"}"), (b'"is": ', b'"is":')])
def test_changes_that_mean_nothing_are_noticed_too(pack: Path, old: bytes, new: bytes) -> None:
    pack.write_bytes(pack.read_bytes().replace(old, new))
    assert "rulepack-changed" == code(pack)


def test_a_forged_checksum_does_not_help_without_the_fingerprint(pack: Path) -> None:
    text = pack.read_text("utf-8")
    assert 1 == text.count('"value": 100,')
    lines = text.replace('"value": 100,', '"value": 10,').split("\n")
    rest = "\n".join([*lines[:2], *lines[3:-1]]).encode()
    lines[2] = f'"checksum": "{hashlib.sha256(rest).hexdigest()}",'
    pack.write_bytes("\n".join(lines).encode())
    assert "rulepack-changed" == code(pack)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"field x: number\n", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_rulepack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.rulepack"
    path.write_bytes(content)
    assert "rulepack-unreadable" == code(path)


def test_another_format_is_named(pack: Path) -> None:
    pack.write_text(pack.read_text("utf-8").replace('rulepack": 1,', 'rulepack": 2,'), "utf-8")
    with pytest.raises(rulelang.RuleError) as caught:
        rulelang.load(pack)
    (problem,) = caught.value.diagnostics
    assert ("rulepack-version", 2, 1) == (problem.code, problem.facts["found"], problem.facts["known"])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no-such-file" == code(tmp_path / "x.rulepack")


# --- plug-ins whose functions are called ---


def test_a_plugin_that_is_not_installed_is_named(pack: Path) -> None:
    assert "rulepack-function" == code(pack, Plugins(()))


def test_another_version_of_a_plugin_is_named(pack: Path, tmp_path: Path) -> None:
    other = Plugins((Plugin("retail", "0.9", tmp_path),))
    with pytest.raises(rulelang.RuleError) as caught:
        read_pack(pack, other)
    problem, *of_crm = caught.value.diagnostics
    assert ["crm"] == [each.facts["plugin"] for each in of_crm]  # whose function checks phone numbers
    assert ("luhn_valid", "retail", "0.9") == tuple(problem.facts[each] for each in ("function", "plugin", "found"))


# --- saving ---


def test_saving_replaces_a_file_whole_or_not_at_all(
    rules: rulelang.Ruleset, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pack.read_bytes()

    def full(*given: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(rulelang.DataError) as caught:
        rules.with_thresholds(high=5).save(pack)
    assert "disk-full" == caught.value.diagnostics[0].code
    assert before == pack.read_bytes()
    assert [pack.name] == os.listdir(pack.parent)


@pytest.mark.parametrize(("name", "expected"), [("x.json", "rulepack-ending"), ("no/x.rulepack", "no-such-folder")])
def test_where_nothing_can_be_saved(rules: rulelang.Ruleset, tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(rulelang.DataError) as caught:
        rules.save(tmp_path / name)
    assert expected == caught.value.diagnostics[0].code


def test_the_texts_of_the_rules_come_along(pack: Path) -> None:
    loaded = read_ruleset(pack)
    assert ["cards.rules"] == [each.name for each in loaded.sources]
    assert (pack,) == loaded.paths
