from __future__ import annotations

import pyarrow as pa
import pytest

from pipelines.warehouse.postgresql import _rebatch


@pytest.mark.parametrize("batch_rows", [1, 3, 4, 7, 100])
def test_batches_are_gathered_to_the_size_asked_for(batch_rows: int) -> None:
    schema = pa.schema([("n", pa.int64())])
    parts = [pa.record_batch([pa.array([i, i + 1])], schema=schema) for i in range(0, 10, 2)]
    batches = list(_rebatch(pa.RecordBatchReader.from_batches(schema, parts), batch_rows))
    assert [n for batch in batches for n in batch["n"].to_pylist()] == list(range(10))
    assert [batch.num_rows for batch in batches[:-1]] == [batch_rows] * (len(batches) - 1)


def test_rows_that_do_not_fit_one_chunk_are_all_kept() -> None:
    """Lists of nulls reach the limit of a chunk (2^31 elements, as 2 GB of text do) without memory."""
    length = 2**31 - 10
    wide = pa.ListArray.from_arrays(pa.array([0, length], pa.int32()), pa.nulls(length))
    schema = pa.schema([("n", pa.int64()), ("wide", wide.type)])
    parts = [pa.record_batch([pa.array([i]), wide], schema=schema) for i in range(2)]
    batches = list(_rebatch(pa.RecordBatchReader.from_batches(schema, parts), 2))
    assert [n for batch in batches for n in batch["n"].to_pylist()] == [0, 1]
