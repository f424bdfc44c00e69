"""What fields ask of data: read in both languages, printed in both, kept in rulepacks, no part of the fingerprint."""

from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.position import Source
from rulelang.engine.rulepack import read_pack
from rulelang.pipeline import read_sources
from rulelang.syntax.format import format_text
from rulelang.values.durations import Duration
from rulelang.vocabulary.checks import FieldChecks

ENGLISH = """\
use crm
threshold stale_after (过期天数) = 365 days
field card (卡号): text, required, unique, like "KH*"
field mobile (手机号): text, personal, checked by mobile_valid
field changed_on (更改日): date, no older than stale_after
field joined (入会日): date, no older than 10 years
field spend (消费): money in CNY, at least 0
outcome tier (等级): one of gold (金), silver (银), else silver
if spend > 100 then tier = gold
"""
CHINESE = """\
使用crm
阈值过期天数（stale_after）＝365天
字段卡号（card）：文本，必填，唯一，形如“KH*”
字段手机号（mobile）：文本，个人信息，须满足手机号有效
字段更改日（changed_on）：日期，距今不超过过期天数
字段入会日（joined）：日期，距今不超过10年
字段消费（spend）：金额（元），不低于0
结论等级（tier）：分为金（gold）、银（silver），默认为银
如果消费超过100，那么等级为金
"""


OF_CRM = set(rulelang.load("quality").model.fields) | {"customer_id"}


def checks(text: str) -> dict[str, FieldChecks]:
    return {each.field.name: each for each in rulelang.loads(text).model.checks}


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_check_is_read_in_both_languages(text: str) -> None:
    found = checks(text)
    assert ["card", "mobile", "changed_on", "joined", "spend"] == [each for each in found if each not in OF_CRM]
    assert (True, "KH*", True) == (found["card"].unique, found["card"].pattern, found["card"].field.required)
    assert "mobile_valid" == found["mobile"].function
    assert "stale_after" == found["changed_on"].oldest_threshold
    assert Duration(120, "months") == found["joined"].oldest
    assert not found["spend"].declared
    assert [] == [each.code for each in read_sources([Source("x.rules", text)], Path()).diagnostics]


def test_printing_keeps_every_check() -> None:
    for text in (ENGLISH, CHINESE):
        assert text.rstrip() == format_text(Source("x.rules", text)).text.rstrip()


def test_checks_are_no_part_of_the_fingerprint() -> None:
    without = ENGLISH
    for check in (", unique", ', like "KH*"', ", checked by mobile_valid", ", no older than stale_after"):
        assert check in without
        without = without.replace(check, "")
    one, other = rulelang.loads(ENGLISH), rulelang.loads(without)
    assert (one.fingerprint, True) == (other.fingerprint, one.fingerprint == rulelang.loads(CHINESE).fingerprint)


def test_a_rulepack_keeps_checks_and_their_functions(tmp_path: Path) -> None:
    rules = rulelang.loads(ENGLISH)
    rules.save(tmp_path / "x.rulepack")
    model = read_pack(tmp_path / "x.rulepack")
    assert (rules.model.checks, set(rules.model.functions)) == (model.checks, set(model.functions))
    assert "mobile_valid" in model.functions


def test_a_vocabulary_brings_its_checks_and_fields_that_no_rule_reads() -> None:
    rules = rulelang.loads("use retail\noutcome tier: one of gold, silver\nif spend_12m > 5 then tier = gold\n")
    found = {each.field.name: each for each in rules.model.checks}
    assert {"customer_id", "phone", "spend_12m"} == set(found)
    assert ({"spend_12m"}, {"mobile_valid"}) == (set(rules.model.fields), set(rules.model.functions))


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        ('field card: number, like "KH*"', "check-type"),
        ("field card: text, no older than 5 days", "check-type"),
        ("field orders: list of order (paid_on: date), unique", "check-type"),
        ("field card: date, no older than 5", "check-length"),
        ("field card: date, no older than 5 hours", "check-length"),
        ("field card: date, no older than amount_limit", "check-length"),
        ("field card: date, no older than stale", "unknown-name"),
        ("field card: text, checked by phone_valid", "unknown-function"),
        ("field card: number, checked by mobile_valid", "check-function"),
        ("field card: text, checked by id_birth_date", "check-function"),
        ("字段卡：数字，须满足手机号有效", "check-function"),
        ("字段卡：数字，形如“KH*”", "check-type"),
        ("字段卡：日期，距今不超过5", "check-length"),
    ],
)
def test_checks_that_cannot_be_asked_are_errors_with_their_place(declaration: str, code: str) -> None:
    text = f"use crm\nthreshold amount_limit = ¥5\n{declaration}\noutcome tier: one of a, b\nalways tier = a\n"
    found = read_sources([Source("x.rules", text)], Path()).diagnostics
    (wrong,) = [each for each in found if each.code == code]
    assert wrong.span is not None and 3 == wrong.span.line
