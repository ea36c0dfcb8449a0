"""Every format's name over every other content: it is read, or an error says what it is and what then works."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import re
import shlex
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pytest

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, parse_options, read_options
from blobprep.protocol import AskedDataset
from blobprep.tables import codecs
from tests.tables.test_codecs import REFERENCE, encoded, input_file
from tests.tables.test_codecs_compression import zipped

TABLE: Final = pa.table({"Labels": [1.0, 2.0, 1.0, 2.0], "Col1": [0.5, 1.5, 2.5, 3.5], "Col2": [1.0, 2.0, 3.0, 4.0]})
OLD: Final = Path(__file__).parents[1] / "data" / "excel" / "stations.xls"
HTML: Final = "<div>\n<table><tr><td>day</td></tr>\n<tr><td>1</td></tr></table>\n</div>\n"
SPREADSHEET: Final = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
MAIL: Final = "From: a@example.org\nTo: b@example.org\nSubject: the figures\nDate: Thu, 30 May 2024\n\nSee below.\n"
POINTER: Final = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
LOG: Final = (
    '{"commitInfo":{"operation":"WRITE"}}\n{"protocol":{"minReaderVersion":1}}\n{"add":{"path":"part-0.parquet"}}\n'
)


def _document(*names: str, **members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in {**dict.fromkeys(names, b"<x/>"), **members}.items():
            archive.writestr(name, data)
    return file.getvalue()


def _stored(write: Callable[[Any], Any]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def _tar() -> bytes:
    def write(file: Any) -> None:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("a.csv"))

    return _stored(write)


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table a (b)")
        return connection.serialize()


def _stream() -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return sink.getvalue().to_pybytes()


CONTENTS: Final[dict[str, tuple[bytes, str]]] = {
    **{name: (encoded(TABLE, name)[0], name) for name in FORMATS if name not in ("plaintext", "svmlight")},
    "svmlight": (b"1 qid:1 1:0.5 2:1\n2 qid:1 1:1.5\n1 qid:2 2:3 # why\n", "svmlight"),
    "plaintext": (b"It was a bright cold day\nand the clocks\nstruck.\n", "plaintext"),
    "semicolons": (b"a;b\n1,5;x\n2,5;y\n3,5;z\n", "csv"),
    "a hint": (b"sep=;\r\na;b\r\n1;2\r\n3;4\r\n", "csv"),
    "damaged rows": (b"a,b\n1,\0\0\n2,3\n4,5\n", "csv"),
    "tabs of Windows": ("Land\tWert\nÖsterreich\t1,5\nItalien\t2,5\nMalta\t3\n".encode("cp1252"), "tsv"),
    "tabs of UTF-16": ("Land\tWert\nÖsterreich\t1\nItalien\t2\nMalta\t3\n".encode("utf-16"), "tsv"),
    "old workbook": (OLD.read_bytes(), "excel"),
    "arrow stream": (_stream(), "arrow"),
    "feather 1": (_stored(lambda file: file.write(b"FEA1\0\0\0\0" + bytes(40) + b"FEA1")), ""),
    "html": (HTML.encode(), ""),
    "page": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", ""),
    "xml": (b"\xef\xbb\xbf<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>", ""),
    "xml without head": (b"<rows>\n<row a='1'/>\n<row a='2'/>\n</rows>\n", ""),
    "spreadsheet": (SPREADSHEET.encode(), ""),
    "document": (json.dumps([{"a": 1}, {"a": 2}], indent=1).encode(), "json"),
    "columns": (b'{"a": [1, 2], "b": [3, 4]}', "json"),
    "answer": (b'{"detail": "Not found"}', ""),
    "documents": (b'{\n "a": 1\n}\n{\n "a": 2\n}\n', ""),
    "arrays": (b"[1, 2]\n[3, 4]\n", ""),
    "damaged document": (b'[{"a": 1}, {"a": 2},]', ""),
    "delta log": (LOG.encode(), "jsonl"),
    "pointer": (POINTER.encode(), ""),
    "mail": (MAIL.encode(), ""),
    "rtf": (rb"{\rtf1\ansi a table}", ""),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ""),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", ""),
    "sqlite": (_sqlite(), ""),
    "avro": (b"Obj\x01\x04\x14avro.codec\x08null\0", ""),
    "orc": (_stored(lambda file: pyarrow.orc.write_table(TABLE, file)), ""),
    "hdf5": (b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0", ""),
    "pickle": (pickle.dumps({"a": [1, 2]}), ""),
    "numpy": (_stored(lambda file: np.save(file, np.arange(4))), ""),
    "ods": (_document(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content=b"<x/>"), ""),
    "docx": (_document("[Content_Types].xml", "word/document.xml"), ""),
    "bzip2": (bz2.compress(b"a,b\n1,2\n"), ""),
    "xz": (lzma.compress(b"a,b\n1,2\n"), ""),
    "zstd": (pa.compress(b"a,b\n1,2\n", "zstd", asbytes=True), ""),
    "gzip twice": (gzip.compress(gzip.compress(b"a,b\n1,2\n")), ""),
    "tar": (_tar(), ""),
    "zeros": (bytes(1000), ""),
    "noise": (np.random.default_rng(7).bytes(4000), ""),
}
"""What files hold, and the format that reads it, empty for none."""

READ_ANYWAY: Final = {
    **dict.fromkeys([("plaintext", "csv"), ("plaintext", "tsv"), ("mail", "plaintext")], 1),
    **dict.fromkeys([("columns", "jsonl"), ("answer", "jsonl"), ("a hint", "tsv")], 1),
}
PACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "as it is": lambda data: data,
    "in gzip": gzip.compress,
    "in a zip": lambda data: zipped(x=data),
}
WAY: Final = re.compile(r"--read1 (\"[^\"]*\"|'[^']*'|[^\s,]+(?:,[^\s,]+)*)")


def read(data: bytes, asked: AskedDataset) -> str:
    """Return why it is not read, empty where it is."""
    source = input_file(data)
    try:
        codecs.decode(source, replace(asked, size=len(data)))
    except DatasetError as error:
        return f"{error.message}\n{error.remedy}"
    finally:
        os.close(source.descriptor)
    return ""


def by_name(name: str, **options: str) -> AskedDataset:
    return AskedDataset("dataset1", _called(name), 0, name, read_options(FORMATS[name], options), "name")


def _called(name: str) -> str:
    return f"{REFERENCE}{FORMATS[name].extensions[0]}"


def followed(way: str, name: str) -> AskedDataset:
    """Return what is asked when a remedy is typed as it is shown."""
    (typed,) = shlex.split(way)
    options: dict[str, Any] = parse_options(typed)
    format_ = options.pop("format", name)
    found = ("asked" if format_ == name else "asked alone") if "format=" in typed else "name"
    return AskedDataset("dataset1", _called(name), 0, format_, read_options(FORMATS[format_], options), found)


def end_of(way: str, data: bytes, name: str) -> str:
    """Follow a remedy, and the first one of each error it leads to; return the last error, empty for success."""
    gone: list[str] = []
    while True:
        assert way not in gone, f"leads in a circle: {gone}"
        gone.append(way)
        refusal = read(data, followed(way, name))
        further = WAY.findall(refusal.partition("\n")[2])
        if not further:
            return refusal
        way = further[0]


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("content", CONTENTS)
def test_content_under_any_name_is_read_or_told_with_a_way_that_works(content: str, packed: str) -> None:
    data, own = CONTENTS[content]
    data = PACKED[packed](data)
    for name in FORMATS:
        refusal = read(data, by_name(name))
        if not refusal:
            assert name == own or (content, name) in READ_ANYWAY, name
            continue
        assert "something else" not in refusal
        message, remedy = refusal.split("\n")
        assert remedy, message
        ends = [end_of(way, data, name) for way in WAY.findall(remedy)]
        assert not own or name == own or "" in ends, f"{refusal}: {ends}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("csv", "{id},[name]\n1,2\n3,4\n"),
        ("csv", "[id],[name]\n1,2\n3,4\n"),
        ("csv", '{"a": 1},5\n{"a": 2},6\n'),
        ("csv", 'id,data\n1,"{""a"": 1}"\n2,"[1, 2]"\n'),
        ("csv", "<TICKER>,<PER>,<DATE>\nA,1,20240530\nB,1,20240530\n"),
        ("csv", "<b>name</b>,<i>age</i>\nx,1\n"),
        ("csv", "a,b\n<5,x\n>7,</b>\n"),
        ("csv", "a\n1\n2\n"),
        ("csv", "@name,@value\nx,1\n"),
        ("csv", "@relation a,b\n1,2\n"),
        ("csv", "@attribute\nx\n"),
        ("tsv", "@attribute\tb\n1\t2\n"),
        ("csv", "% of a,b\n1,2\n"),
        ("csv", "ORCID,name\n0000-0001,x\n"),
        ("csv", "PAR1,PAR2\n1,2\n"),
        ("csv", "FEA1,FEA2\n1,2\n"),
        ("csv", "BZh,x\n1,2\n"),
        ("csv", "From: x,To: y\n1,2\n"),
        ("csv", "a b\n1 2:3\n2 3:4\n"),
        ("csv", "version https,b\n1,2\n"),
        ("tsv", "a\tb\n{1}\t[2]\n"),
        ("plaintext", "1 12:30\n2 13:45\n3 14:00\n"),
        ("plaintext", "<name> wrote:\nwell\n"),
        ("plaintext", "[2024-05-30] started\n[2024-05-30] ended\n[2024-05-30] left\n"),
        ("plaintext", "{not json\n"),
        ("plaintext", MAIL),
        ("plaintext", "if a < b and c > d:\n    pass\n"),
        ("svmlight", "# a comment\n1 1:0.5\n-1\n"),
        ("arff", "% a preamble\n" * 70 + "@relation r\n@attribute a real\n@data\n1\n"),
        ("json", '\n\n [ {"a" : 1}\n , {"a" : 2} ]\n'),
        ("jsonl", '\n{"a": "<b>,;|"}\n\n{"a": "x\\ty"}'),
        ("jsonl", '{"a": [1]}'),
    ],
)
def test_what_is_merely_odd_is_read(name: str, text: str) -> None:
    assert read(text.encode(), by_name(name)) == ""


def test_who_says_the_format_gets_text_as_it_is() -> None:
    for name in ("csv", "plaintext"):
        assert read(b'{"id": 1, "b": 2}\n{"id": 2, "b": 3}\n', replace(by_name(name), found="asked")) == ""
        assert read(HTML.encode(), replace(by_name(name), found="asked")) == ""
    assert "is an HTML page, not json" in read(HTML.encode(), replace(by_name("json"), found="asked"))


@pytest.mark.parametrize(
    ("data", "name", "options", "remedy"),
    [
        (CONTENTS["tabs of Windows"][0], "excel", {}, "--read1 format=tsv,encoding=cp1252"),
        (CONTENTS["semicolons"][0], "parquet", {}, '--read1 "format=csv,delimiter=;"'),
        ('{"a": "ü"}\n{"a": 1}\n'.encode("utf-16-le"), "csv", {}, "--read1 format=jsonl,encoding=utf-16-le, or"),
        (b"a,b\n1,2\n", "excel", {"header": "false"}, "--read1 format=csv,header=false"),
        (zipped(a=b"a,b\n1,2\n", b=b""), "json", {"member": "a"}, "--read1 format=csv,member=a"),
        ("a,b\nЗемля,ложка\n".encode("cp1251"), "excel", {}, "--read1 format=csv,encoding=cp1252, or give its own"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "csv", {"compression": "none"}, "--read1 compression=auto"),
    ],
)
def test_the_way_out_keeps_what_was_asked_besides(data: bytes, name: str, options: dict[str, str], remedy: str) -> None:
    assert read(data, by_name(name, **options)).partition("\n")[2].startswith(remedy)


@pytest.mark.parametrize(("content", "words"), [("html", "an HTML page"), ("pdf", "a PDF document")])
def test_content_that_nothing_names_and_nothing_reads_is_told(content: str, words: str) -> None:
    unnamed = AskedDataset("dataset1", REFERENCE, 0, "", {}, "")

    message, _, remedy = read(CONTENTS[content][0], unnamed).partition("\n")

    assert message == f"{REFERENCE} is {words}, so its format is unknown"
    assert remedy


def test_text_is_judged_by_its_middle_and_its_end_too() -> None:
    prose = b"".join(b"%d, he said; then %s\n" % (number, b"no, " * (number % 3)) for number in range(20_000))
    rows = b"".join(b"%d,%d\n" % (number, number) for number in range(20_000))
    late = b"id,name\n" + rows + "1,Österreich\n".encode("cp1252")

    assert "is text, not excel" in read(b"a,b\n1,2\n3,4\n5,6\n" * 5000 + prose, by_name("excel"))
    assert "is text with commas, not excel" in read("a,b\n1,2\n".encode("utf-16-le") * 9000, by_name("excel"))
    big = b"\xfe\xff" + ("1,2\n" * 30_000).encode("utf-16-be")
    assert read(big, by_name("excel")).partition("\n")[2] == "--read1 format=csv"
    assert read(late, by_name("excel")).partition("\n")[2] == "--read1 format=csv,encoding=cp1252"
