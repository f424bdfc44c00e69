"""A Spark session on this machine, where there is a Java to run it on."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rulelang
from rulelang.engine.spark.session import open_session, require_java
from tests.servers.processes import NotHere

_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # few rows: start fast, stay small


@contextmanager
def spark_session() -> Iterator[Any]:
    """The session. Raises NotHere."""
    if importlib.util.find_spec("pyspark") is None:
        raise NotHere("pyspark is not installed: pip install 'rulelang[spark]'")
    try:
        require_java()
    except rulelang.DataError:
        raise NotHere("no Java on this machine, which Spark needs") from None
    os.environ |= {"SPARK_MASTER": "local[2]", "JDK_JAVA_OPTIONS": _JAVA}
    with open_session() as session:
        session.conf.set("spark.sql.shuffle.partitions", "2")
        yield session
