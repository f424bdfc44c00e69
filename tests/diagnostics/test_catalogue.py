"""The catalogue of messages: complete in both languages, and in step with the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.diagnostics.catalogue import PHASES, describe, entries, page, page_title, phrase, severity
from rulelang.diagnostics.diagnostic import SEVERITIES, Diagnostic, Label
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.wording import LANGUAGES, required_facts

PACKAGE = Path(rulelang.__file__).parent
CODES = sorted(entries())
CHINESE = re.compile(r"[\u4e00-\u9fff]")


# What makes a finding: its first argument is the code; the last kind takes the facts as keywords.
MAKERS = {"Diagnostic", "wrong_call", "report", "refuse", "failure", "_finding"}


def uses() -> Iterator[tuple[str, str, set[str] | None]]:
    """Every finding the source makes: where, the code, the facts given (None where they are not literal)."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                code = node.args[0].value
                if name in MAKERS and isinstance(code, str) and "-" in code:
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", code, facts_of(name, node)


def facts_of(maker: str, call: ast.Call) -> set[str] | None:
    if maker == "failure":
        return None  # a reason inside the parser; its facts are added where it becomes a finding
    if maker != "Diagnostic":
        given_as_keywords = maker != "_finding" and all(each.arg for each in call.keywords)
        return {str(each.arg) for each in call.keywords} if given_as_keywords else None
    given: ast.expr | None = call.args[2] if len(call.args) > 2 else None
    for keyword in call.keywords:
        given = keyword.value if keyword.arg == "facts" else given
    if given is None:
        return set()
    if not isinstance(given, ast.Dict) or not all(isinstance(key, ast.Constant) for key in given.keys):
        return None
    return {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}


def test_every_code_used_in_the_source_is_in_the_catalogue() -> None:
    found = list(uses())
    assert len(found) > 20, "the search looks in the wrong place"
    assert [] == [(where, code) for where, code, _ in found if code not in entries()]


def test_every_use_gives_the_facts_its_sentences_need() -> None:
    missing = [
        (where, code, sorted(needed - facts))
        for where, code, facts in uses()
        if facts is not None and code in entries()
        for needed in [frozenset().union(*map(required_facts, sentences(code)))]
        if not needed <= facts
    ]
    assert [] == missing


def sentences(code: str) -> list[str]:
    entry = entries()[code]
    return [*entry.sentences.values(), *entry.help.values()]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_complete_in_both_languages(code: str) -> None:
    entry = entries()[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert entry.severity in SEVERITIES
    for lang in LANGUAGES:
        assert entry.sentences[lang].strip()
        assert entry.help[lang].strip()
    assert CHINESE.search(entry.sentences["zh"])
    assert CHINESE.search(entry.help["zh"])
    assert not CHINESE.search(re.sub("“[^”]*”|\\(.*?\\)|2026年1月31日", "", entry.sentences["en"]))


def facts_named(sentence: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)", sentence.replace("{{", "")))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_page(code: str, lang: str) -> None:
    text = re.sub(r"```\n.+?\n```", "example", page(code, lang), flags=re.DOTALL)
    headings = [phrase(key, lang) for key in ("avoid", "prefer", "why")]
    assert [f"# {code}", *(f"## {each}" for each in headings)] == re.findall(r"^#.*", text, re.MULTILINE)
    parts = re.split(r"^#.*\n", text, flags=re.MULTILINE)
    assert all(part.strip(" \n`") for part in parts[1:]), "a part of the page is empty"
    assert page_title(code, lang)


def test_no_page_without_a_code() -> None:
    import tomllib

    folder = PACKAGE / "diagnostics" / "catalogue" / "pages"
    pages = {code: phase for phase in PHASES for code in tomllib.loads((folder / f"{phase}.toml").read_text("utf-8"))}
    assert {code: entry.phase for code, entry in entries().items()} == pages


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_can_be_said_without_facts_and_with_odd_ones(code: str, lang: str) -> None:
    entry = entries()[code]
    names = {name for each in entry.sentences.values() for name in facts_named(each)}
    facts: dict[str, Any] = {name: "{odd} [?x?] %s" for name in names}
    for diagnostic in (Diagnostic(code), Diagnostic(code, facts=facts)):
        described = describe(diagnostic, lang)
        assert described.message
        assert "[?" not in described.message.replace("[?x?]", "")
        assert severity(code) == described.severity


def test_a_message_in_both_languages() -> None:
    span = Source("a.rules", "if last_purchse").span(3, 14)
    diagnostic = Diagnostic(
        "type-mismatch",
        span,
        {"left": "最近购买", "left_type": "date", "right": "5万元", "right_type": "money in CNY"},
        nearest=("a", "b"),
        labels=(Label("first-declared-here", span),),
    )
    english, chinese = describe(diagnostic, "en"), describe(diagnostic, "zh")
    assert "最近购买 is a date; it can't be compared with 5万元, an amount in CNY." == english.message
    assert "“最近购买”是日期，不能与金额（元）“5万元”比较。" == chinese.message
    assert ("error", "错误") == (english.heading, chinese.heading)
    assert "error" == chinese.severity
    assert "Did you mean a or b?" == english.did_you_mean
    assert "是否指：a、b？" == chinese.did_you_mean
    assert ["最先在这里声明"] == [each.text for each in chinese.labels]


def test_an_unknown_code_is_an_error_that_shows_its_facts() -> None:
    described = describe(Diagnostic("from-a-plug-in", facts={"size": 3}))
    assert ("error", "size = 3") == (described.severity, described.message)


def test_a_page_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        page("no-such-code")
