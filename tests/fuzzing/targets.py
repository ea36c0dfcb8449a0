"""What is fuzzed: each target takes bytes and lets nothing out that is not the error promised for them."""

from __future__ import annotations

import io
import os
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from blobprep.child import bundle
from blobprep.errors import BundleError, DatasetError, InvalidOption
from blobprep.formats import FORMATS, parse_options, read_options
from blobprep.protocol import AskedDataset
from blobprep.tables import codecs
from blobprep.tables.streaming_input import InputFile
from tests.fuzzing import tables, words

__all__ = ["SEEDS", "TARGETS"]

_REFERENCE: Final = "az://fuzz/blob"


@contextmanager
def _input(data: bytes) -> Iterator[InputFile]:
    descriptor = os.memfd_create("fuzz")
    try:
        os.write(descriptor, data)
        yield InputFile(descriptor, len(data))
    finally:
        os.close(descriptor)


def _read(name: str, data: bytes, options: Mapping[str, str]) -> None:
    asked = AskedDataset("dataset1", _REFERENCE, len(data), name, read_options(FORMATS[name], options))
    with _input(data) as source:
        refusal = ""
        try:
            table, ledger, _ = codecs.decode(source, asked)
        except DatasetError as error:
            refusal = str(error)
        if refusal:
            assert _REFERENCE in refusal
            return
        table.validate(full=True)
        assert len(set(table.column_names)) == table.num_columns
        assert all(len(entry.example) <= 40 for entry in ledger)
        source.seek(0)
        first, _ = codecs.head(source, asked, 2)
        assert first.num_rows == min(2, table.num_rows)


def arff(data: bytes) -> None:
    """Read an ARFF dataset."""
    _read("arff", data, {"compression": "none"})


def svmlight(data: bytes) -> None:
    """Read an SvmLight dataset, its first index 0 or 1."""
    _read("svmlight", data[1:], {"compression": "none", "base": str(data[0] % 2) if data else "1"})


def csv(data: bytes) -> None:
    """Read the options in the first line, and the CSV dataset below it with them."""
    line, _, rows = data.partition(b"\n")
    try:
        _read("csv", rows, parse_options(line.decode("latin-1")))
    except InvalidOption:
        pass


def parquet(data: bytes) -> None:
    """Read a Parquet dataset; a damaged one may say that it needs more memory than there is."""
    with suppress(MemoryError):
        _read("parquet", data, {})


def arrow(data: bytes) -> None:
    """Read an Arrow dataset; a damaged one may say that it needs more memory than there is."""
    with suppress(MemoryError):
        _read("arrow", data, {})


def zipped(data: bytes) -> None:
    """Unpack a module zip; nothing is written anywhere else."""
    with tempfile.TemporaryDirectory() as outer, _input(data) as source:
        folder = Path(outer) / "work"
        folder.mkdir()
        refusal = _REFERENCE
        try:
            bundle.unpack(source, len(data), _REFERENCE, str(folder))
        except BundleError as error:
            refusal = str(error)
        assert _REFERENCE in refusal
        assert list(Path(outer).iterdir()) == [folder]


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = MappingProxyType(
    {
        "arff": arff,
        "svmlight": svmlight,
        "csv": csv,
        "parquet": parquet,
        "arrow": arrow,
        "zip": zipped,
        **words.TARGETS,
    }
)


def _zip() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("hello.py", "x = 1\n")
        archive.writestr("data/table.csv", "a\n1\n" * 50, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _files(name: str) -> tuple[bytes, ...]:
    """Return the files of that format among some of generated tables."""
    written = (tables.file(rng, tables.table(rng)) for rng in map(random.Random, range(20)))
    return tuple(file[1] for file in written if file is not None and file[0] == name)


SEEDS: Final[Mapping[str, tuple[bytes, ...]]] = MappingProxyType(
    {
        "arff": (
            b"% c\n@relation r\n@attribute 'a b' numeric\n@attribute c {x, 'y z'}\n@attribute i integer\n"
            b'@attribute s string\n@attribute d date "yyyy-MM-dd HH:mm"\n@data\n'
            b"1.5,x,2,'it\\'s \\u001E',\"2001-02-03 04:05\"\n?,?,?,?,?\n{0 1, 1 'y z'}, {0.5}\n2,x,1.5,a,? % c\n",
            b"@RELATION r\r\n@ATTRIBUTE a REAL\r\n@ATTRIBUTE b DATE\r\n@DATA\r\n1, 2001-02-03T04:05:06\r\n",
        ),
        "svmlight": (b"1+1 1:0.5 3:2e3 # c\n-1 qid:3 2:1\n", b"00 0:1 7:nan\n"),
        "csv": (
            b'header=true,delimiter=";",missing=NA,dates=d\na;b;d\n1;"x;y";2001-02-03\n007;NA;\n',
            b"encoding=utf-16,types=text\n\xff\xfea\x00\n\x001\x00\n\x00",
            b"encoding=utf-8,leading_zeros=number,trailing_newline=row\na,b\n+1,0x1\n\n",
        ),
        "parquet": _files("parquet"),
        "arrow": _files("arrow"),
        "zip": (_zip(),),
        **words.SEEDS,
    }
)
"""What the fuzzer begins with."""
