"""Writes results as JUnit XML, in the form that continuous-integration servers agree on.

One ``testsuite`` per rule file, one ``testcase`` per sample. What failed stands in the text of ``failure`` as well as
in its ``message``: some servers show only the one, some only the other. Cases of one name would be counted as one, so
the second gets a number. Only elements and attributes of the strict schema (``xunit2``) are used, and no times: the
same results give the same file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree

from attrs import frozen

# What XML 1.0 can't hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@frozen
class Case:
    """One test: its name and, where it did not pass, one sentence and the whole text."""

    name: str
    message: str | None = None
    text: str = ""


@frozen
class CaseGroup:
    """The tests of one rule file; ``error`` is the text of findings that belong to no single test."""

    name: str
    cases: tuple[Case, ...]
    error: str = ""


def junit_xml(groups: Iterable[CaseGroup]) -> str:
    """The results as the text of an XML file, to be written as UTF-8."""
    root = ElementTree.Element("testsuites", name="rulelang")
    totals: Counter[str] = Counter()
    for group in groups:
        counts = Counter(
            tests=len(group.cases) + bool(group.error),
            failures=sum(each.message is not None for each in group.cases),
            errors=int(bool(group.error)),
        )
        totals += counts
        attributes = {"name": _clean(group.name), **_written(counts), "skipped": "0"}
        suite = ElementTree.SubElement(root, "testsuite", attributes)
        if group.error:
            case = ElementTree.SubElement(suite, "testcase", classname=_clean(group.name), name=_clean(group.name))
            _problem(case, "error", group.error.split("\n", 1)[0], group.error)
        for name, each in zip(_distinct(group), group.cases, strict=True):
            case = ElementTree.SubElement(suite, "testcase", classname=_clean(group.name), name=_clean(name))
            if each.message is not None:
                _problem(case, "failure", each.message, each.text)
    root.attrib.update(_written(totals))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _written(counts: Counter[str]) -> dict[str, str]:
    return {each: str(counts[each]) for each in ("tests", "failures", "errors")}


def _problem(case: ElementTree.Element, kind: str, message: str, text: str) -> None:
    element = ElementTree.SubElement(case, kind, message=_clean(message), type=kind)
    element.text = _clean(text)


def _distinct(group: CaseGroup) -> list[str]:
    """The names of the cases, later ones of the same name with a number."""
    taken = {group.name} if group.error else set()
    names = []
    for each in group.cases:
        name, number = each.name, 1
        while name in taken:
            number += 1
            name = f"{each.name} ({number})"
        taken.add(name)
        names.append(name)
    return names


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


__all__ = ["Case", "CaseGroup", "junit_xml"]
