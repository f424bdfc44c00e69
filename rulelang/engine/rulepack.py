"""Rulepacks: a checked ruleset in a file of its own, which loads without parsing a rule.

    rules.save("tiers.rulepack")
    rulelang.load("tiers.rulepack")

The file is JSON, a line for each rule and declaration. Its third line is the checksum of all others, and it holds the
fingerprint: whatever was changed since is noticed. The rule files' text goes with it, for explanations.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.model.fingerprint import fingerprint
from rulelang.model.portable import from_data, to_data
from rulelang.model.program import Model
from rulelang.plugin.discover import Plugins, discover
from rulelang.version import __version__
from rulelang.vocabulary.functions import Function

PACK_ENDING = ".rulepack"
FORMAT = 1

_FORMAT = "rulelang rulepack"
_CHECKSUM_LINE = 2


def save_pack(model: Model, path: str | os.PathLike[str]) -> None:
    """Writes a model to a file, whole or not at all.

    Raises DataError: ``rulepack-ending``, or where the file can't be written.
    """
    from rulelang.engine.draft import start_draft, unwritable  # not needed to load one

    if Path(path).suffix != PACK_ENDING:
        raise DataError((Diagnostic("rulepack-ending", facts={"file": os.fspath(path)}),))
    text = pack_model(model)
    draft = start_draft(path)
    try:
        draft.path.write_text(text, "utf-8", newline="\n")
        draft.commit()
    except OSError as error:
        draft.discard()
        raise unwritable(os.fspath(path), error) from error
    except BaseException:
        draft.discard()
        raise


def pack_model(model: Model) -> str:
    """What a rulepack file holds, to be sent elsewhere."""
    return "\n".join(_sealed(list(_lines(model)))) + "\n"


def read_pack(path: Path, plugins: Plugins | None = None) -> Model:
    """The model in a file; plug-ins are looked for where their functions are called and none are given.

    Raises RuleError: ``no-such-file``, and what `unpack_model` raises.
    """
    name = str(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _refused("no-such-file", file=name) from None
    except OSError as error:
        raise _refused("no-access", file=name, reason=error.strerror or type(error).__name__) from None
    return unpack_model(content, name, plugins)


def unpack_model(content: bytes, name: str, plugins: Plugins | None = None) -> Model:
    """The model in a rulepack; ``name`` is what messages call it.

    Raises RuleError: ``rulepack-unreadable``, ``rulepack-version``, ``rulepack-changed``, ``rulepack-function``.
    """
    data = _content(content, name)
    try:
        if data[_FORMAT] != FORMAT:
            raise _refused("rulepack-version", file=name, found=data[_FORMAT], known=FORMAT)
        if not _is_sealed(content):
            raise _refused("rulepack-changed", file=name)
        model = from_data(data, _functions(data["functions"], plugins, name))
        stored = data["fingerprint"]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise _refused("rulepack-unreadable", file=name, reason=f"{type(error).__name__}: {error}") from None
    if fingerprint(model) != stored:
        raise _refused("rulepack-changed", file=name)
    return model


def _refused(code: str, **facts: Any) -> RuleError:
    return RuleError((Diagnostic(code, facts=facts),))


# --- the file ----------------------------------------------------------------------------------------------------


def _lines(model: Model) -> Iterator[str]:
    """The lines of a file but for its checksum."""
    yield "{"
    yield f'"{_FORMAT}": {FORMAT},'
    yield f'"saved by": "rulelang {__version__}",'
    yield f'"fingerprint": "{fingerprint(model)}",'
    parts = list(to_data(model).items())
    for number, (name, part) in enumerate(parts):
        end = "" if number == len(parts) - 1 else ","
        if isinstance(part, list) and part:
            yield f"{_json(name)}: ["
            yield from _separated(map(_json, part))
            yield "]" + end
        elif isinstance(part, dict) and "by name" in part:
            yield f'{_json(name)}: {{"by name": {{'
            yield from _separated(f"{_json(key)}: {_json(each)}" for key, each in part["by name"].items())
            yield "}}" + end
        else:
            yield f"{_json(name)}: {_json(part)}{end}"
    yield "}"


def _separated(items: Iterator[str] | map[str]) -> Iterator[str]:
    """The items, all but the last with a comma."""
    last: str | None = None
    for each in items:
        if last is not None:
            yield last + ","
        last = each
    if last is not None:
        yield last


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sealed(lines: list[str]) -> list[str]:
    """The lines with the one that seals them."""
    return [*lines[:_CHECKSUM_LINE], _seal("\n".join(lines).encode()), *lines[_CHECKSUM_LINE:]]


def _seal(content: bytes) -> str:
    return f'"checksum": "{hashlib.sha256(content).hexdigest()}",'


def _is_sealed(content: bytes) -> bool:
    """Whether no byte differs from what was written."""
    lines = content.split(b"\n")
    rest = [*lines[:_CHECKSUM_LINE], *lines[_CHECKSUM_LINE + 1 : -1]]
    return lines[-1] == b"" and lines[_CHECKSUM_LINE : _CHECKSUM_LINE + 1] == [_seal(b"\n".join(rest)).encode()]


def _content(content: bytes, name: str) -> Mapping[str, Any]:
    """What the JSON says."""
    try:
        data = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        # What begins as a rulepack and goes on as none was one.
        code = "rulepack-changed" if f'"{_FORMAT}"'.encode() in content[:100] else "rulepack-unreadable"
        raise _refused(code, file=name) from None
    if not isinstance(data, dict) or _FORMAT not in data:
        raise _refused("rulepack-unreadable", file=name)
    return data


def _functions(called: Any, plugins: Plugins | None, name: str) -> Mapping[str, Function]:
    """The functions that are called, from the plug-ins at hand; all that are not there in that version are reported."""
    if not called:
        return {}
    at_hand = discover() if plugins is None else plugins
    found: dict[str, Function] = {}
    missing: list[Diagnostic] = []
    for each in called:
        plugin = at_hand.named(each["plugin"])
        functions = {} if plugin is None else {one.name: one for one in plugin.provided_functions}
        if plugin is not None and plugin.version == each["version"] and each["name"] in functions:
            found[each["name"]] = functions[each["name"]]
            continue
        installed = None if plugin is None else plugin.version
        facts = {"file": name, "function": each["name"], "plugin": each["plugin"], "version": each["version"]}
        missing.append(Diagnostic("rulepack-function", facts={**facts, "found": installed}))
    if missing:
        raise RuleError(tuple(missing))
    return found
