"""One Spark session for all tests of this folder, where there is a Java to run it on."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from typing import Any

import pytest

import rulelang
from rulelang.engine.spark.session import open_session, require_java


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install 'rulelang[spark]'")
    try:
        require_java()
    except rulelang.DataError:
        pytest.skip("no Java on this machine, which Spark needs")
    os.environ["SPARK_MASTER"] = "local[2]"
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # few rows: start fast, stay small
    with open_session() as session:
        session.conf.set("spark.sql.shuffle.partitions", "2")
        yield session
