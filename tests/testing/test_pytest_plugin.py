"""Sample customers among a project's other tests, as pytest itself runs them."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

RULES = """\
if last_purchase > 365 days then lifecycle = lost because "last order {last_purchase}"
example "long gone" as of 2026-06-01:
  given last_purchase = 2020-01-01
  expect lifecycle = lost
"""
SAMPLES = """\
name,as_of,last_purchase,expect lifecycle
one day more,2026-06-01,2025-05-31,lost
a year,2026-06-01,2025-06-01,(no rule)
a year,2026-06-01,2025-06-01,lost
"""
CHINESE = "如果最近购买超过365天那么生命周期＝流失\n"
CHINESE_SAMPLES = """\
样例,基准日,最近购买,应为 生命周期
走了,2026-06-01,2025-05-31,流失
没走,2026-06-01,2025-06-01,流失
"""


@pytest.fixture
def shop(pytester: pytest.Pytester) -> pytest.Pytester:
    write(pytester, {"shop.rules": RULES, "shop.samples.csv": SAMPLES, "test_other.py": "def test_other(): pass\n"})
    return pytester


def write(pytester: pytest.Pytester, files: dict[str, str]) -> None:
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")


def test_without_the_option_nothing_of_ours_is_collected(shop: pytest.Pytester) -> None:
    shop.runpytest().assert_outcomes(passed=1)
    assert 4 == shop.runpytest("shop.rules").ret, "pytest knows no such file"


def test_each_sample_is_a_test(shop: pytest.Pytester) -> None:
    result = shop.runpytest("--rulelang", "-v")
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(
        [
            "shop.rules::long gone PASSED*",
            "shop.samples.csv::one day more PASSED*",
            "shop.samples.csv::a year PASSED*",
            "shop.samples.csv::a year (2) FAILED*",
            "test_other.py::test_other PASSED*",
        ]
    )


def test_a_failure_says_what_came_out_and_where_without_a_traceback(shop: pytest.Pytester) -> None:
    result = shop.runpytest("--rulelang", "shop.samples.csv")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["error sample-failed: Sample “a year”: for lifecycle expected lost, got (no rule).", "*shop.samples.csv:4:1"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*def runtest*")


def test_samples_are_chosen_by_name(shop: pytest.Pytester) -> None:
    shop.runpytest("--rulelang", "-k", "more").assert_outcomes(passed=1, deselected=4)
    shop.runpytest("--rulelang", "shop.samples.csv::one day more").assert_outcomes(passed=1)


def test_what_fails_is_said_in_the_language_of_the_rules_or_the_one_asked_for(pytester: pytest.Pytester) -> None:
    write(pytester, {"店.rules": CHINESE, "店.样例.csv": CHINESE_SAMPLES})
    result = pytester.runpytest("--rulelang")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*样例“没走”：生命周期应为流失，实得（无适用规则）。"])
    result = pytester.runpytest("--rulelang", "--rulelang-lang", "en")
    result.stdout.fnmatch_lines(["*Sample “没走”: for 生命周期 expected 流失, got (no rule)."])


def test_broken_rules_and_broken_sample_files_are_errors_of_collection(pytester: pytest.Pytester) -> None:
    write(pytester, {"bad.rules": "if then\n", "bad.samples.csv": SAMPLES, "lonely.samples.csv": SAMPLES})
    write(pytester, {"shop.rules": RULES, "shop.samples.csv": SAMPLES.replace("last_purchase", "last_purchse")})
    result = pytester.runpytest("--rulelang", "--continue-on-collection-errors")
    result.assert_outcomes(passed=1, errors=4)
    result.stdout.fnmatch_lines_random(
        ["*bad.rules:1:*", "*sample-unknown-column*last_purchase*", "*samples-without-rules*lonely.rules*"]
    )


def test_a_run_without_the_option_imports_next_to_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_light():
            ours = {name for name in sys.modules if name.partition(".")[0] in ("rulelang", "lark")}
            assert ours == {"rulelang", "rulelang.testing", "rulelang.testing.pytest_plugin", "rulelang.version"}
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
