"""Diagnostics for other programs: JSON and SARIF."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.export import to_json, to_sarif
from rulelang.diagnostics.position import Source

SOURCE = Source("规则/a b.rules", "field a: number\n如果余额超过一\n二那么")
FINDINGS = (
    Diagnostic("unknown-name", SOURCE.span(18, 20), {"name": "余额"}, ("金额",)),
    Diagnostic(
        "duplicate-name", SOURCE.span(22, 25), {"name": "a"}, (), (Label("first-declared-here", SOURCE.span(6, 7)),)
    ),
    Diagnostic("unused-field", None, {"name": "a", "on": date(2026, 1, 31), "sizes": {Decimal("1.50")}}),
)


def test_json_has_places_severities_and_counts() -> None:
    result: dict[str, Any] = json.loads(json.dumps(to_json(FINDINGS, [SOURCE], "zh")))
    first, second, third = result["diagnostics"]
    assert ("unknown-name", "error", 2, 3, 2, 5) == tuple(
        first[key] for key in ("code", "severity", "line", "column", "end_line", "end_column")
    )
    assert ["金额"] == first["nearest"]
    assert "没有叫“余额”的字段。" == first["message"]
    assert (2, 3) == (second["line"], second["end_line"])
    assert ("最先在这里声明", 1, 7) == tuple(second["labels"][0][key] for key in ("message", "line", "column"))
    assert (None, None) == (third["file"], third["line"])
    assert {"name": "a", "on": "2026-01-31", "sizes": ["1.50"]} == third["facts"]
    assert {"errors": 2, "warnings": 0, "notes": 1} == result["summary"]


def test_sarif_has_the_structure_the_standard_asks_for() -> None:
    log: dict[str, Any] = json.loads(json.dumps(to_sarif(FINDINGS, [SOURCE], version="1.2.3")))
    assert "2.1.0" == log["version"]
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert ("rulelang", "1.2.3") == (driver["name"], driver["version"])
    assert "unicodeCodePoints" == run["columnKind"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"] == rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert len(FINDINGS) == len(run["results"])
    for result in run["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert result["ruleId"] == ids[result["ruleIndex"]]
        for location in [*result.get("locations", []), *result.get("relatedLocations", [])]:
            place = location["physicalLocation"]
            assert place["artifactLocation"]["uri"] == "%E8%A7%84%E5%88%99/a%20b.rules"
            region = place["region"]
            assert min(region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) >= 1
            assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
            assert SOURCE.text[region["charOffset"] : region["charOffset"] + region["charLength"]]
    assert "locations" not in run["results"][2]
    assert [1] == [each["id"] for each in run["results"][1]["relatedLocations"]]


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    (run,) = to_sarif([], [])["runs"]
    assert ([], []) == (run["results"], run["tool"]["driver"]["rules"])


def test_an_absolute_path_becomes_a_file_address_and_an_unknown_code_a_bare_rule() -> None:
    span = Source("/tmp/a.rules", "abc").span(0, 3)
    (run,) = to_sarif([Diagnostic("of-a-plug-in", span)], [])["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert "file:///tmp/a.rules" == location["artifactLocation"]["uri"]
    assert 4 == location["region"]["endColumn"]
    assert [{"id": "of-a-plug-in"}] == run["tool"]["driver"]["rules"]
