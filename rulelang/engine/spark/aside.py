"""Rows of second tables that something is wrong with: read on the executors, counted, and told one by one."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.account.tally import FindingTally
from rulelang.engine.extras import extra
from rulelang.engine.reading.joined import key_text
from rulelang.engine.running.output import reject_reason
from rulelang.engine.spark.columns import UNCUT
from rulelang.engine.spark.decide import Decided
from rulelang.engine.spark.lists import SecondFrame, without_customer
from rulelang.engine.spark.worker import nowhere, refused, worker_for
from rulelang.vocabulary.privacy import HIDDEN

_EXAMPLES = 3


@frozen
class _Told:
    """What a batch of records counted: those that can't be read, and findings with their numbers."""

    rejected: int
    findings: tuple[tuple[Diagnostic, int], ...]


def odd_records(decided: Decided, number: int, second: SecondFrame) -> Any:
    """The records of a list that can't be read, with the reason, counted in the run on the way. The frame is kept."""
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    library: Any = extra("spark", "pyspark.sql", "Spark")
    work, observation = decided.work, library.Observation(f"rulelang_second{number}")
    rows = second.frame.observe(observation, functions.count("*").alias("rows"))
    told = _told(rows.filter(second.odd(work)), second, partial(_read_batches, decided.payload, number)).persist(
        _disk()
    )
    accounts = [row[0] for row in told.select("account").filter("account IS NOT NULL").collect()]
    second.joined.rows = int(observation.get["rows"])
    tally = [pickle.loads(base64.b64decode(each)) for each in accounts]
    second.joined.rejected = sum(each.rejected for each in tally)
    for diagnostic, count in sorted((pair for each in tally for pair in each.findings), key=lambda pair: repr(pair[0])):
        work.findings.count_more(diagnostic, count)
    return told


def lonely_records(decided: Decided, number: int, second: SecondFrame) -> Any:
    """The records of a list that belong to no customer, with the reason."""
    left = without_customer(decided.customers, decided.table, second, decided.work.source.delimiter)
    return _told(left, second, partial(_lonely_batches, decided.payload, number))


def count_lonely(decided: Decided, number: int, second: SecondFrame) -> None:
    """Takes over how many records belong to nobody, and the keys of the first."""
    count = int(decided.lonely[number].get["lonely"] or 0)
    keys: list[str] = []
    if count:
        left = without_customer(decided.customers, decided.table, second, decided.work.source.delimiter)
        first = left.filter("rulelang_key IS NOT NULL").groupBy("rulelang_key").agg({"rulelang_order": "min"})
        keys = [str(row[0]) for row in first.orderBy(first.columns[1]).limit(_EXAMPLES).collect()]
    second.joined.account(second.joined.rows, count, tuple(keys))


def _told(frame: Any, second: SecondFrame, function: Any) -> Any:
    """The records with the reason why they are set aside, and an account."""
    types: Any = extra("spark", "pyspark.sql.types", "Spark")
    width = len(second.table.names)
    own = [second.table.inner(place) for place in range(width)]
    asked = frame.select(*own, *([UNCUT] if second.uncut else []))
    more = types.StructType.fromDDL("reason string, account string").fields
    schema = types.StructType([*asked.schema.fields[:width], *more])
    return asked.mapInArrow(partial(function, second.places, width), schema)


def _disk() -> Any:
    return extra("spark", "pyspark", "Spark").StorageLevel.DISK_ONLY


# --- on the executors ----------------------------------------------------------------------------------------------


def _read_batches(payload: bytes, number: int, places: Sequence[int], width: int, batches: Any) -> Iterator[Any]:
    """Reads records that may be odd, and gives those that can't be read with the reason."""
    import pyarrow as pa

    try:
        worker = worker_for(payload)
        joined, sent = worker.lists[number]
        for batch in batches:
            findings, rejected = FindingTally(), 0
            columns = batch.columns
            sought = [columns[place].to_pylist() for place in places]
            sought += [columns[width].to_pylist()] if sent.cut is not None else []
            reasons: list[str | None] = []
            for cells in zip(*sought, strict=True):
                _, faults = joined.record(sent.row(cells), partial(_note, findings))
                for each in faults:
                    _note(findings, each)
                rejected += bool(faults)
                reasons.append(
                    reject_reason([nowhere(each) for each in faults], worker.work.language, worker.work.named) or None
                )
            told = _Told(rejected, tuple((each.diagnostic, each.count) for each in findings.summary()))
            yield _batch(batch, width, reasons, base64.b64encode(pickle.dumps(told)).decode(), pa)
    except (DataError, RuleError) as error:
        raise refused(error) from None


def _note(findings: FindingTally, found: Diagnostic, _: int = 0) -> None:
    findings.count(nowhere(found), 0)


def _lonely_batches(payload: bytes, number: int, places: Sequence[int], width: int, batches: Any) -> Iterator[Any]:
    """Says of records of nobody that they are."""
    import pyarrow as pa

    worker = worker_for(payload)
    joined, sent = worker.lists[number]
    for batch in batches:
        reasons = []
        for cell in batch.column(batch.schema.names.index(f"c{sent.key_place}")).to_pylist():
            key, column = key_text(cell), sent.key[0]
            facts: dict[str, object] = {"row": None, "column": column}
            facts |= {"value": HIDDEN if joined.field.privacy else key} if key else {"blank": column}
            lonely = (Diagnostic("row-without-customer", facts=facts),)
            reasons.append(reject_reason(lonely, worker.work.language, worker.work.named))
        yield _batch(batch, width, reasons, None, pa)


def _batch(batch: Any, width: int, reasons: list[Any], account: str | None, pa: Any) -> Any:
    packed = [account, *[None] * (batch.num_rows - 1)][: batch.num_rows]
    arrays = [*batch.columns[:width], pa.array(reasons, pa.string()), pa.array(packed, pa.string())]
    return pa.RecordBatch.from_arrays(arrays, names=[*batch.schema.names[:width], "reason", "account"])
