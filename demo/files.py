"""Files: writes pieces of tables to Parquet in a thread of its own, while the next piece is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq

Piece = tuple[str, pa.Table]
WAITING = 4  # pieces drawn ahead of the writer at most, which bounds memory


def clear_files(to: Path, names: Iterable[str]) -> None:
    """Remove the files of an earlier bank, so that a folder never holds parts of two."""
    for name in names:
        (to / name).with_suffix(".parquet").unlink(missing_ok=True)


def write_files(to: Path, pieces: Iterable[Piece]) -> dict[str, int]:
    """Append each piece to the file of its name below `to`, in order; return rows a file.

    NumPy and Arrow let go of Python's lock, so drawing and writing each have a core. What fails in the writer is raised
    here. A file has its name only once all are whole: of an interrupted bank nothing stays.
    """
    writer = _Writer(to)
    try:
        try:
            for name, table in pieces:
                writer.put(name, table)
        finally:
            writer.close()
        writer.raise_failure()
    except BaseException:
        for name in writer.names:
            find_part(to, name).unlink(missing_ok=True)
        raise
    for name in writer.names:
        find_part(to, name).replace((to / name).with_suffix(".parquet"))
    return writer.rows


def find_part(to: Path, name: str) -> Path:
    """Return where a file is written until all are whole."""
    return (to / name).with_suffix(".parquet.part")


class _Writer:
    """A thread that writes what is put; after a failure it takes pieces and drops them, so that nobody waits for it."""

    def __init__(self, to: Path) -> None:
        self.rows: dict[str, int] = {}
        self.names: list[str] = []
        self._to = to
        self._queue: Queue[Piece | None] = Queue(WAITING)
        self._is_over = False
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._work, name="bank-writer")
        self._thread.start()

    def put(self, name: str, table: pa.Table) -> None:
        """Hand a piece over, once there is room for it; raise what has failed meanwhile."""
        self.raise_failure()
        self._queue.put((name, table))

    def close(self) -> None:
        """Wait until everything is on disk."""
        self._queue.put(None)
        self._thread.join()

    def raise_failure(self) -> None:
        """Raise what the thread could not do."""
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        try:
            self._write_all()
        except BaseException as failure:  # handed to the caller's thread, which raises it
            self._failure = failure
            for _ in self._take():
                pass

    def _take(self) -> Iterator[Piece]:
        """Yield what is put until the end is told, which is told once only."""
        while not self._is_over:
            piece = self._queue.get()
            self._is_over = piece is None
            if piece is not None:
                yield piece

    def _write_all(self) -> None:
        with ExitStack() as stack:
            writers: dict[str, pq.ParquetWriter] = {}
            for name, table in self._take():
                if name not in writers:
                    writers[name] = stack.enter_context(self._open(name, table.schema))
                writers[name].write_table(table)
                self.rows[name] = self.rows.get(name, 0) + table.num_rows

    def _open(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        path = find_part(self._to, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.names.append(name)
        return pq.ParquetWriter(path, schema, compression="zstd")
