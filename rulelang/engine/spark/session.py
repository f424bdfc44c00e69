"""A Spark session: the one that is there (a notebook's, spark-submit's), or one on this machine."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.extras import extra

_MEMORY = re.compile(r"([1-9][0-9]*(?:\.[0-9]+)?)\s*([KMGT])i?B", re.IGNORECASE)
_MEGABYTES = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024}
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
    try:
        with _quietly(not submitted):
            session = builder.getOrCreate()
    except Exception as error:  # Java's own words, whatever class they come in
        facts = {"engine": "Spark", "reason": " ".join(str(error).split())[:300]}
        raise DataError((Diagnostic("engine-failed", facts=facts),)) from error
    try:
        yield session
    finally:
        session.stop()


@contextlib.contextmanager
def _quietly(own: bool) -> Iterator[None]:
    """Java's words on standard error about itself go nowhere; it keeps the file that it starts with."""
    if not own:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


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
