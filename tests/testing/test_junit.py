"""JUnit XML: what servers read back is what was reported."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from rulelang.testing.junit import Case, CaseGroup, junit_xml


def read(*groups: CaseGroup) -> ElementTree.Element:
    return ElementTree.fromstring(junit_xml(groups).encode())


def test_the_whole_file() -> None:
    groups = [
        CaseGroup("shop.rules", (Case("new <one>"), Case("lost", 'expected "lost" & got 新', "line 1\nline 2"))),
        CaseGroup("bad.rules", (), "error: no such word\nin line 1"),
    ]
    expected = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="rulelang" tests="3" failures="1" errors="1">
  <testsuite name="shop.rules" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="shop.rules" name="new &lt;one&gt;" />
    <testcase classname="shop.rules" name="lost">
      <failure message="expected &quot;lost&quot; &amp; got 新" type="failure">line 1
line 2</failure>
    </testcase>
  </testsuite>
  <testsuite name="bad.rules" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="bad.rules" name="bad.rules">
      <error message="error: no such word" type="error">error: no such word
in line 1</error>
    </testcase>
  </testsuite>
</testsuites>
"""
    assert expected == junit_xml(groups)


def test_nothing_run_is_a_file_too() -> None:
    assert {"name": "rulelang", "tests": "0", "failures": "0", "errors": "0"} == read().attrib


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    (case,) = read(CaseGroup("a\0b", (Case("x\x1b[31m", "\ud800", "\ufffe"),))).iter("testcase")
    assert ("a�b", "x�[31m") == (case.get("classname"), case.get("name"))
    failure = case.find("failure")
    assert failure is not None
    assert ("�", "�") == (failure.get("message"), failure.text)


cases = st.builds(Case, st.text(), st.none() | st.text(), st.text())


@given(st.lists(st.builds(CaseGroup, st.text(), st.lists(cases, max_size=4).map(tuple), st.text()), max_size=3))
def test_any_text_gives_a_file_that_can_be_read_and_counts_right(groups: list[CaseGroup]) -> None:
    root = read(*groups)
    assert len(groups) == len(root.findall("testsuite"))
    for suite in (root, *root.iter("testsuite")):
        assert int(suite.get("tests", "")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
        assert int(suite.get("errors", "")) == len(list(suite.iter("error")))
    assert sum(each.message is not None for group in groups for each in group.cases) == len(list(root.iter("failure")))


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b"]), max_size=8), st.sampled_from(["", "broken"]))
def test_no_two_cases_of_a_group_have_one_name(names: list[str], error: str) -> None:
    found = [each.get("name") for each in read(CaseGroup("a", tuple(map(Case, names)), error)).iter("testcase")]
    assert len(found) == len(set(found))
