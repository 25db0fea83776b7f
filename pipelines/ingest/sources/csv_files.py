"""One csv file on its way to DuckDB: unpacked to its end, decoded, and its header read and looked for again."""

from __future__ import annotations

import codecs
import csv
import mmap
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from pipelines.errors import SourceError
from pipelines.source_form import CsvForm

_PACKED = {".zst": "zstd", ".gz": "gzip"}
_BLOCK_BYTES = 1 << 22
_MOST_HITS = 20_000  # a name found more often is a value of rows too, and each look costs microseconds
_LINE_END = re.compile(rb"\r?\n|\r")
_SETTING = "encoding of [sources.<name>.csv] in kcrm.toml"


@dataclass(frozen=True)
class CsvFile:
    """A csv file that DuckDB can read: plain UTF-8 with the columns `names`."""

    path: Path
    names: tuple[str, ...]


def prepare_csv(path: Path, stem: str, form: CsvForm, scratch: Path) -> CsvFile:
    """Return the file as plain UTF-8, in `scratch` where it is packed or in another encoding, with its header.

    Raises SourceError for a file that is cut short or damaged, that is not in the encoding of `form`, or whose header
    is missing, is not that of `form`, or comes again further down.
    """
    plain = path
    if path.suffix in _PACKED or not form.is_utf8:
        plain = scratch / path.name
        _write_plain(path, plain, form)
    names = _read_header(plain, form)
    expected = form.columns.get(stem)
    if expected is not None and names != expected:
        raise SourceError(
            f"{path.name} line 1 has the header {list(names)}; expected {list(expected)}, as columns of "
            "[sources.<name>.csv] in kcrm.toml declares: write the file again, or correct the declaration."
        )
    _refuse_second_header(plain, names, form)
    return CsvFile(plain, names)


def _write_plain(path: Path, plain: Path, form: CsvForm) -> None:
    """Unpack to the end, which proves that nothing is cut off, and decode to UTF-8."""
    try:
        with _open_packed(path) as packed, plain.open("wb") as out:
            for text in packed if form.is_utf8 else _decode(packed, path.name, form.encoding):
                out.write(text)
    except OSError as broken:
        raise SourceError(
            f"{path.name} is damaged or cut short ({broken}); expected a whole {path.suffix} file: "
            "compare its size with the original and copy or write it again."
        ) from None


@contextmanager
def _open_packed(path: Path) -> Iterator[Iterator[bytes]]:
    with pa.OSFile(str(path)) as file:
        codec = _PACKED.get(path.suffix)
        stream = pa.CompressedInputStream(file, codec) if codec else file
        yield iter(lambda: stream.read(_BLOCK_BYTES), b"")


def _decode(blocks: Iterator[bytes], name: str, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        for block in blocks:
            text = decoder.decode(block)
            lines += text.count("\n")
            yield text.encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeDecodeError as wrong:
        line = lines + wrong.object[: wrong.start].count(b"\n")
        raise SourceError(f"{name} line {line} is not {encoding}; expected all of the file to be: {_fix()}") from None


def _fix() -> str:
    return f"write the file again, or correct {_SETTING}."


def _read_header(plain: Path, form: CsvForm) -> tuple[str, ...]:
    """Return the names of the first line; an empty one becomes column<place>, as DuckDB calls it."""
    try:
        # lines below the first are in the same block, so that a wrong one must not be an error here
        with plain.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            cells = next(_parse(file, form), [])
        "".join(cells).encode()
    except UnicodeEncodeError:
        raise SourceError(f"{plain.name} line 1 is not UTF-8; expected all of the file to be: {_fix()}") from None
    except csv.Error as wrong:
        raise SourceError(f"{plain.name} line 1 is no header ({wrong}); expected the names of its columns.") from None
    names = tuple(cell.strip() or f"column{place}" for place, cell in enumerate(cells))
    twice = sorted({name for name in names if [one.lower() for one in names].count(name.lower()) > 1})
    if not cells or twice:
        found = f"names {twice} twice" if twice else "is empty"
        raise SourceError(
            f"{plain.name} line 1 {found}; expected a header that names each column once: write the file again."
        )
    return names


def _parse(lines: Iterator[str], form: CsvForm) -> Iterator[list[str]]:
    escape = form.escape if form.escape != form.quote else None
    return csv.reader(lines, delimiter=form.delimiter, quotechar=form.quote or None, escapechar=escape or None)


def _refuse_second_header(plain: Path, names: Sequence[str], form: CsvForm) -> None:
    """Refuse a line below the first of which most cells are names of the header."""
    with plain.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        line_end = _LINE_END.search(content)
        below = line_end.end() if line_end else len(content)
        for name in sorted(names, key=len)[-2:]:  # the longest are the rarest in rows
            for hit in islice(_find_cells(name, form).finditer(content, below), _MOST_HITS):
                at = hit.start()
                start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
                line = content[start : end if end >= 0 else len(content)].decode(errors="replace").rstrip("\r")
                if _is_header(line, names, form):
                    raise SourceError(
                        f"{plain.name} line {_count_lines(content, start)} is a header again; expected one header, on "
                        "line 1: give each export a file of its own, or join their rows under one header."
                    )


def _find_cells(name: str, form: CsvForm) -> re.Pattern[bytes]:
    """Return the pattern of a whole cell `name`; it begins with the name itself, for which a file is searched fast."""
    word, edges = re.escape(name.encode()), b"[" + re.escape(f"\r\n {form.delimiter}{form.quote}".encode()) + b"]"
    return re.compile(word + b"(?<=" + edges + word + b")(?=" + edges + rb"|\Z)")


def _is_header(line: str, names: Sequence[str], form: CsvForm) -> bool:
    try:
        cells = [cell.strip() for cell in next(_parse(iter([line]), form), [])]
    except csv.Error:
        return False
    return 2 * sum(cell in names for cell in cells) > len(cells)


def _count_lines(content: mmap.mmap, end: int) -> int:
    """Return the number of the line that starts at `end`, without a copy of all that is before it."""
    return 1 + sum(content[at : min(at + _BLOCK_BYTES, end)].count(b"\n") for at in range(0, end, _BLOCK_BYTES))
