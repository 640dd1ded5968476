"""Samples of a simulation as files for data frames: a row each, in CSV or in JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TextIO

from pystatus.simulation.samples import Sample
from pystatus.storage.files import explained_files, replaced

DIGITS = 6
"""Behind the point, of seconds: the simulated clock has no finer steps that mean anything."""


class SampleFile:
    """The rows of all runs. See :func:`sample_file`."""

    def __init__(self, stream: TextIO, columns: Sequence[str], *, as_csv: bool) -> None:
        self._stream = stream
        self._columns = columns
        self._csv = csv.writer(stream, lineterminator="\n") if as_csv else None
        if self._csv is not None:
            self._csv.writerow(columns)
        self.kept = 0
        self.keep()

    def keep(self) -> None:
        """A run is over: its rows stay whatever happens to the next one."""
        self._stream.flush()
        self.kept = self._stream.buffer.tell()

    def add(self, run: Sequence[object], sample: Sample) -> None:
        """Write a row: what the run is, then the sample. What has not happened is empty, or null."""
        row = [*run, *(_rounded(getattr(sample, field.name)) for field in fields(sample))]
        if self._csv is not None:
            self._csv.writerow(row)
        else:
            self._stream.write(json.dumps(dict(zip(self._columns, row, strict=True))) + "\n")


@contextmanager
def sample_file(path: Path, run: Sequence[str], sample: type[Sample]) -> Iterator[SampleFile]:
    """A file for the samples, which takes the place of ``path`` at the end, with the rows of the runs that are kept.

    :param run: the names of the columns that say of which run a row is.
    :raises StorageError: the disk refused.
    """
    columns = [*run, *(field.name for field in fields(sample))]
    with explained_files(f"The samples {path} cannot be written"), replaced(path) as file:
        stream = io.TextIOWrapper(file, "utf-8", newline="")
        rows = SampleFile(stream, columns, as_csv=path.suffix.lower() == ".csv")
        yield rows
        stream.flush()
        stream.detach().truncate(rows.kept)


def _rounded(value: object) -> object:
    return round(value, DIGITS) if isinstance(value, float) else value
