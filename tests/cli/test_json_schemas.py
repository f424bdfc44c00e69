"""Every output for programs is as its schema says, and has no key that its schema doesn't know."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from rulelang.cli.json_output import schema, schemas
from tests.cli.conftest import Call
from tests.cli.json_outputs import CALLS, FILES


def closed(part: Any) -> Any:
    """The schema, but for keys that it doesn't name."""
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {key: closed(each) for key, each in part.items()}
    if (
        isinstance(part.get("properties"), dict)
        and "additionalProperties" not in part
        and "code" not in made["properties"]
    ):
        made["unevaluatedProperties"] = False
    return made


def test_every_output_is_as_its_schema_says(call: Call) -> None:
    validation = pytest.importorskip("jsonschema")
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")
    call(*shlex.split("explain small.rules income=900 age=70 --certificate kept.json"))
    for name, line in CALLS:
        told = json.loads(call(*shlex.split(line), "--format", "json").stdout)
        assert ("exit_code" in told) == (name == "failure"), (line, told)
        faults = validation.Draft202012Validator(closed(schema(name))).iter_errors(told)
        assert [] == [f"{line}: {'/'.join(map(str, each.path))}: {each.message[:200]}" for each in faults]
    assert set(schemas()) == {name for name, _ in CALLS}


def test_a_schema_refuses_what_is_otherwise() -> None:
    validation = pytest.importorskip("jsonschema")
    for name in schemas():
        validation.Draft202012Validator.check_schema(schema(name))
        assert not validation.Draft202012Validator(schema(name)).is_valid({"format": 2})


def test_the_command_prints_a_schema_or_their_names(call: Call) -> None:
    assert json.loads(call("schema", "run").stdout) == schema("run")
    listed = call("schema", "--lang", "en").stdout
    assert all(name in listed for name in schemas())
    wrong = call("schema", "rum", "--lang", "zh")
    assert (2, True) == (wrong.exit_code, "no-such-schema" in wrong.stderr and "run" in wrong.stderr)
