"""A Spark session: the one that is there (a notebook's, spark-submit's), or one on this machine."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.extras import extra

_MEMORY = re.compile(r"([1-9][0-9]*(?:\.[0-9]+)?)\s*([KMGT])i?B", re.IGNORECASE)
_MEGABYTES = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024}
_LONGEST_COMPILED = 8000
_LAST_LINES, _MOST_SAID = 5, 500
# What Java says of itself whenever it starts, and the frames of its traces.
_CHATTER = re.compile(
    r"^(WARNING: |Picked up |NOTE: |Using Spark|Setting (default|Spark) log level|To adjust )|^\s*at |WARN "
)
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


@contextlib.contextmanager
def open_session(memory: str | None = None, purpose: str = "Spark", cores: str = "*") -> Iterator[Any]:
    """The session that is active, or that spark-submit asks for; else one on this machine, stopped at the end.

    ``memory`` is how much a session of our own may use (default: 1 GB). Raises DataError (``missing-extra``,
    ``memory-option``, ``java-missing``, ``engine-failed``).
    """
    library: Any = extra("spark", "pyspark.sql", purpose)
    limit = _limit(memory)
    found = library.SparkSession.getActiveSession()
    if found is not None:
        yield found
        return
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    builder = library.SparkSession.builder.appName("rulelang")
    if not submitted:
        require_java()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        for name, value in _QUIET.items():
            builder = builder.config(name, value)
        builder = builder.master(os.environ.get("SPARK_MASTER", f"local[{cores}]"))
        builder = builder.config("spark.driver.memory", limit)
    log = None if submitted else _log_file()
    failed = False
    try:
        with _quietly(log):
            session = builder.getOrCreate()
        try:
            yield session
        finally:
            with contextlib.suppress(Exception):  # Java may be gone already
                session.stop()
    except (DataError, RuleError) as error:
        told = with_log(error, log) if isinstance(error, DataError) else error
        failed = any("log" in each.facts for each in told.diagnostics)
        raise told from error.__cause__
    except Exception as error:  # Java's own words, whatever class they come in
        if not type(error).__module__.startswith(("py4j", "pyspark")) and not isinstance(error, OSError):
            raise
        told = with_log(DataError((_stopped(error),)), log)
        failed = "log" in told.diagnostics[0].facts
        raise told from error
    finally:
        if log is not None and not failed:
            os.unlink(log)


@contextlib.contextmanager
def small_methods(session: Any) -> Iterator[None]:
    """Meanwhile Spark makes no methods that are too long for Java to compile (8,000 bytes): it would go through them
    word by word. Longer ones are cut into pieces.
    """
    name = "spark.sql.codegen.hugeMethodLimit"
    before = session.conf.get(name)
    session.conf.set(name, str(min(int(before), _LONGEST_COMPILED)))
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # Java may be gone already
            session.conf.set(name, before)


def _stopped(error: Exception) -> Diagnostic:
    """That Java is no longer there, or what it says."""
    gone = "Network" in type(error).__name__ or isinstance(error, ConnectionError)
    reason = "Java stopped in the middle" if gone else " ".join(str(error).split())[:300]
    return Diagnostic("engine-failed", facts={"engine": "Spark", "reason": reason})


def _log_file() -> str:
    """A file for what Java says on standard error."""
    handle, path = tempfile.mkstemp(prefix="rulelang-spark-", suffix=".log")
    os.close(handle)
    return path


def with_log(error: DataError, log: str | None) -> DataError:
    """The error with what Java said last where Spark failed, and the file that has all of it."""
    lines = [] if log is None else Path(log).read_text("utf-8", "replace").splitlines()
    told = [each.strip() for each in lines if each.strip() and not _CHATTER.search(each)]
    if not told:
        return error
    more = {"said": " / ".join(told[-_LAST_LINES:])[-_MOST_SAID:], "log": log}
    return DataError(
        tuple(
            evolve(each, facts={**each.facts, **more}) if each.code == "engine-failed" else each
            for each in error.diagnostics
        )
    )


@contextlib.contextmanager
def _quietly(log: str | None) -> Iterator[None]:
    """Java's words on standard error go to a file; it keeps the file that it starts with."""
    if log is None:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    try:
        os.dup2(file, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(file)


def _limit(memory: str | None) -> str:
    """An amount of memory as Java writes it."""
    found = _MEMORY.fullmatch((memory or "1GB").strip())
    if found is None:
        raise DataError((Diagnostic("memory-option", facts={"value": memory}),))
    return f"{max(512, int(float(found[1]) * _MEGABYTES[found[2].upper()]))}m"


def require_java() -> None:
    """Raises DataError (``java-missing``) where neither JAVA_HOME nor the path leads to a Java."""
    home = os.environ.get("JAVA_HOME")
    if (home and (Path(home) / "bin" / "java").is_file()) or (not home and shutil.which("java")):
        return
    raise DataError((Diagnostic("java-missing"),))
