"""What Spark says, in our words."""

from __future__ import annotations

import base64
import pickle
import re

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.spark.worker import MARK

_PACKED = re.compile(re.escape(MARK) + r"([A-Za-z0-9+/=]+)")
_FULL = re.compile(r"no space left|disk quota exceeded", re.IGNORECASE)
_MEMORY = re.compile(r"OutOfMemoryError|Java heap space", re.IGNORECASE)


def spark_failure(error: BaseException) -> DataError | RuleError:
    """The error for people: what a worker refused, a full disk, too little memory, or Spark's first sentence."""
    if isinstance(error, DataError | RuleError):
        return error
    text = str(error)
    packed = _PACKED.search(text)
    if packed is not None:
        kind, diagnostics = pickle.loads(base64.b64decode(packed[1]))
        return (RuleError if kind == "RuleError" else DataError)(diagnostics)
    if "Py4JNetworkError" in type(error).__name__ or isinstance(error, ConnectionError):
        text = "Java stopped in the middle"
    if _FULL.search(text):
        return DataError((Diagnostic("disk-full", facts={"file": ""}),))
    if _MEMORY.search(text):
        return DataError((Diagnostic("out-of-memory-limit", facts={"reason": "Java heap space"}),))
    return DataError((Diagnostic("engine-failed", facts={"engine": "Spark", "reason": _said(text)}),))


def _said(text: str) -> str:
    """The cause, without the trace."""
    causes = re.findall(r"Caused by: [\w.$]*?(\w+): ([^\n]+)", text)
    line = causes[-1][1] if causes else next((each for each in text.splitlines() if each.strip()), "")
    return " ".join(line.split())[:300]
