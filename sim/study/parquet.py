"""Parquet files from untrusted sources: small until proven otherwise.

What a file declares (rows, columns, sizes) is held against what it may hold before anything is
unpacked. A file can lie, so that what comes out is counted too, and a text is taken once, however
often it stands there, until its length is known. What the columns mean is in
:mod:`sim.study.results`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from sim.errors import Fault, StudyError, clean

ROOM = 256_000_000
"""Bytes that any table may take when unpacked."""
RATIO = 3000
"""... and a large one, for each byte of its file: columns that hold one value pack that well."""
CELL = 8
"""Bytes of a number."""
MOST_COLUMNS = 3000
BATCH = 1 << 16
"""Rows that are unpacked at a time."""

T = TypeVar("T")


def regular(path: Path, most: float) -> int:
    """Return the size of a file in bytes.

    Raises:
        StudyError: if it is absent, a link, a folder, a pipe or a device, or larger than ``most``.
    """
    try:
        found = os.lstat(path)
    except (OSError, ValueError) as error:
        raise StudyError([Fault(str(path), "", f"cannot be read: {clean(error)}")]) from None
    if not stat.S_ISREG(found.st_mode):
        raise StudyError([Fault(str(path), "", "is not a regular file (links are not followed)")])
    if found.st_size > most:
        told = f"has {found.st_size} bytes; {most:.0f} are allowed"
        raise StudyError([Fault(str(path), "", told)])
    return found.st_size


@dataclass(frozen=True)
class TableFile:
    """A table on disk, of numbers, truths and texts.

    Args:
        path: the file.
        most_rows: rows it can have.
    """

    path: Path
    most_rows: int

    @cached_property
    def schema(self) -> pa.Schema:
        """Its columns, once what it declares has been found valid.

        Raises:
            StudyError: if it is no such table, or declares more than it may hold.
        """
        self.room  # noqa: B018  (is the file one that may be opened?)
        about, schema = self._tried(self._declared)
        if told := _excess(about, schema, self.most_rows, self.room):
            raise self.fault(told)
        return schema

    @cached_property
    def room(self) -> int:
        """Bytes that it may take when unpacked."""
        return max(ROOM, RATIO * regular(self.path, float("inf")))

    def batches(
        self, columns: Sequence[str] | None = None, keep: pc.Expression | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield its rows, or those to keep, a batch at a time.

        Args:
            columns: to read; all if not given.
            keep: which rows.

        Raises:
            StudyError: if it cannot be read, or holds more than it may.
        """
        names = self.schema.names if columns is None else list(columns)
        texts = [field.name for field in self.schema if pa.types.is_string(field.type)]
        form = ds.ParquetFileFormat(dictionary_columns=texts)
        ahead = {"batch_size": BATCH, "batch_readahead": 1, "fragment_readahead": 1}
        opened = self._tried(lambda: ds.dataset(self.path, format=form))
        scan = self._tried(lambda: opened.scanner(columns=names, filter=keep, **ahead))
        found = scan.to_batches()
        n_rows = n_bytes = 0
        while (batch := self._tried(lambda: next(found, None))) is not None:
            n_rows, n_bytes = n_rows + batch.num_rows, n_bytes + _unpacked(batch)
            if n_rows > self.most_rows or n_bytes > self.room:
                raise self.fault("contains more data than it declares")
            yield batch.cast(pa.schema([self.schema.field(name) for name in names]))

    def read(
        self, columns: Sequence[str] | None = None, keep: pc.Expression | None = None
    ) -> pa.Table:
        """Return its rows, or those to keep; errors and arguments as of :meth:`batches`."""
        names = self.schema.names if columns is None else list(columns)
        schema = pa.schema([self.schema.field(name) for name in names])
        return pa.Table.from_batches(self.batches(names, keep), schema)

    def fault(self, told: str) -> StudyError:
        """Return the error that tells what is wrong with it."""
        return StudyError([Fault(str(self.path), "", told)])

    def _declared(self) -> tuple[pq.FileMetaData, pa.Schema]:
        with pq.ParquetFile(self.path, thrift_string_size_limit=ROOM) as file:
            return file.metadata, _plain(file.schema_arrow)

    def _tried(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except (ValueError, OSError, MemoryError, pa.ArrowException) as error:
            raise self.fault(f"cannot be read: {clean(error)}") from None


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return a schema without its notes; texts that were kept as dictionaries are texts."""
    return pa.schema([
        field.with_type(pa.string()) if _is_text(field.type) else field for field in schema
    ])  # fmt: skip


def _is_simple(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating,
             pa.types.is_null)  # fmt: skip
    return any(test(kind) for test in tests)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _excess(about: pq.FileMetaData, schema: pa.Schema, most_rows: int, room: int) -> str:
    """Return what a file declares that it may not hold, or ''."""
    if about.num_rows > most_rows:
        return f"declares {about.num_rows} rows; {most_rows} are allowed"
    if len(schema) > MOST_COLUMNS:
        return f"declares {len(schema)} columns; {MOST_COLUMNS} are allowed"
    if len(set(schema.names)) < len(schema):
        return "has two columns of one name"
    for field in schema:
        if not _is_simple(field.type):
            return f"holds {clean(field.type)} in {clean(field.name)}: neither numbers nor texts"
    groups = [about.row_group(k) for k in range(about.num_row_groups)]
    unpacked = max(sum(g.total_byte_size for g in groups), CELL * len(schema) * about.num_rows)
    return f"declares {unpacked} bytes; {room} are allowed" if unpacked > room else ""


def _unpacked(batch: pa.RecordBatch) -> int:
    """Return the bytes that a batch takes when each text stands where it is used."""
    total = 0
    for column in batch.columns:
        total += CELL * len(column)
        if pa.types.is_dictionary(column.type) and len(column):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            total += pc.sum(lengths).as_py() or 0
    return total
