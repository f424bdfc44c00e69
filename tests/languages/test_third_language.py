"""A third language is one word file: rules are written in it, decide, and go into the other languages and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.cli.vocabulary import spellings
from rulelang.diagnostics.position import Source
from rulelang.syntax.format import format_text
from rulelang.syntax.parse import parse
from rulelang.syntax.words import further_languages

WORDS = Path(__file__).parent / "words.de.toml"
AS_OF = date(2026, 6, 1)

GERMAN = """# Stammkunden
Feld last_purchase (letzter_kauf): Datum, nötig   "Tag der letzten Bestellung"
Feld spend (umsatz): Geld in EUR, mindestens 0
Feld visits (besuche): ganze Zahl, mindestens 0
Feld city (stadt): Wort
Feld vip: ja oder nein
Liste capitals (hauptstädte) = "Berlin", "Wien"
Ergebnis tier (stufe): eine von gold, silver (silber), bronze, andernfalls bronze
Ergebnis points (punkte): ganze Zahl, Summe, höchstens 100
Ergebnis hints (hinweise): Wort, Sammlung
Schwelle lost_after (verloren_nach) = 365 Tage; 400 Tage ab 2026-07-01

Regel "Treue":
  wenn umsatz ist mindestens 1000 und (stadt ist in hauptstädte oder vip ist ja)
  dann stufe ist gold, addiere 10 zu punkte
  weil "{umsatz} Umsatz"
sonst wenn letzter_kauf in den letzten 90 Tage und nicht (stadt fehlt), dann stufe ist silber
wenn letzter_kauf ist mehr als verloren_nach, dann markiere "verloren", addiere "anrufen" zu hinweise

Tabelle "Besuche" (erste):
| besuche | stadt            | dann addiere punkte | weil   |
|---------|------------------|---------------------|--------|
| < 3     | -                | 1                   | "kaum" |
| 3 .. 9  | nicht "Wien"     | 20                  |        |
| >= 10   | in hauptstädte   | 60                  |        |
| -       | fehlt            | 5                   |        |

Beispiel "treu" am 2026-06-01:
  gegeben umsatz ist 2000, vip ist ja, letzter_kauf ist 2026-05-01, besuche fehlt
  erwartet stufe ist gold, punkte ist (unentschieden)
"""

ENGLISH = """# Stammkunden
field last_purchase (letzter_kauf): date, required   "Tag der letzten Bestellung"
field spend (umsatz): money in EUR, at least 0
field visits (besuche): whole number, at least 0
field city (stadt): text
field vip: yes or no
list capitals (hauptstädte) = "Berlin", "Wien"
outcome tier (stufe): one of gold, silver (silber), bronze, else bronze
outcome points (punkte): whole number, sum, at most 100
outcome hints (hinweise): text, collect
threshold lost_after (verloren_nach) = 365 days; 400 days from 2026-07-01

rule "Treue":
  if spend >= 1000 and (city is in capitals or vip is yes) then tier = gold, add 10 to points
  because "{umsatz} Umsatz"
otherwise if last_purchase within the last 90 days and not (city is missing) then tier = silver
if last_purchase > lost_after then tag "verloren", add "anrufen" to hints

table "Besuche" (first):
| visits | city        | => add points | because |
|--------|-------------|---------------|---------|
| < 3    | -           | 1             | "kaum"  |
| 3 .. 9 | not "Wien"  | 20            |         |
| >= 10  | in capitals | 60            |         |
| -      | is missing  | 5             |         |

example "treu" as of 2026-06-01:
  given spend = 2000, vip = yes, last_purchase = 2026-05-01, visits is missing
  expect tier = gold, points = (undecided)
"""


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with further_languages(WORDS.read_text("utf-8")):
        yield


def into(text: str, language: str) -> str:
    words = spellings(parse(Source("t.rules", text))[0].statements, language)
    formatted = format_text(Source("t.rules", text), language, rename=lambda name: words.get(name, name))
    assert () == formatted.diagnostics
    return formatted.text


def test_rules_are_read_and_decide() -> None:
    rules = rulelang.loads(GERMAN, words=[WORDS])
    customer = {"umsatz": 1000, "stadt": "Wien", "letzter_kauf": date(2024, 1, 1), "besuche": 12, "vip": "no"}
    decision = rules.decide(customer, as_of=AS_OF)
    assert ("gold", 70, ("anrufen",), ("verloren",)) == tuple(
        decision[each] for each in ("stufe", "punkte", "hinweise", "tags")
    )
    assert "silver" == rules.decide({**customer, "umsatz": 1, "letzter_kauf": date(2026, 5, 1)}, as_of=AS_OF)["tier"]


def test_it_goes_into_english_and_back_without_loss() -> None:
    english = into(GERMAN, "en")
    assert english.replace("1,000", "1000") == format_text(Source("t.rules", ENGLISH), "en").text.replace(
        "1,000", "1000"
    )
    german = into(english, "de")
    assert english == into(german, "en")
    assert german == format_text(Source("t.rules", german)).text  # the formatter keeps the file's language
    assert "wenn umsatz ist mindestens 1000" in german and "dann addiere punkte" in german


def test_all_three_languages_have_one_fingerprint() -> None:
    texts = [GERMAN, *(into(GERMAN, language) for language in ("en", "zh", "de"))]
    assert 1 == len({rulelang.loads(text, words=[WORDS]).fingerprint for text in texts})


def test_what_has_no_words_is_written_and_printed_in_english() -> None:
    text = "Feld a: Zahl\nErgebnis b: ganze Zahl\nwenn a is in the top 20% dann b ist quintile of a\n"
    assert "wenn a in the top 20%, dann b ist quintile of a" == into(text, "de").splitlines()[-1].replace(
        " dann", ", dann", 1
    )


def test_without_its_words_the_language_is_unknown() -> None:
    from rulelang.pipeline import read_sources
    from rulelang.syntax import words

    token = words._FURTHER.set(())
    try:
        assert read_sources([Source("t.rules", GERMAN)], Path()).errors
    finally:
        words._FURTHER.reset(token)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('language = "xx"\n', "terminals"),
        ('[terminals]\nIF = ["si"]\n', "language"),
        ('language = "xx"\n[terminals]\nIFF = ["si"]\n', "IFF"),
        ("language = ", "Invalid"),
    ],
)
def test_a_table_that_is_none_is_refused(table: str, message: str) -> None:
    with pytest.raises(ValueError, match=message), further_languages(table):
        pass
