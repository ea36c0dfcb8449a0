from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from blobprep.cli.output import (
    StdoutClosed,
    flush,
    note,
    print_error,
    print_json,
    readable,
    write,
)
from blobprep.errors import BlobNotFound

KEY = "c4n4ry" + "A" * 80 + "=="


def test_an_error_says_what_happened_and_then_what_to_do(capsys):
    code = print_error(BlobNotFound("there is no az://raw/x", remedy="look elsewhere"))

    assert code == 3
    assert capsys.readouterr() == ("", "blobprep: there is no az://raw/x\n  look elsewhere\n")


def test_an_error_is_one_document_on_stdout_when_asked_for(capsys):
    print_error(BlobNotFound("there is no az://raw/x", remedy="look elsewhere"), as_json=True)

    shown = capsys.readouterr()
    assert shown.err == ""
    assert json.loads(shown.out) == {
        "error": {"type": "BlobNotFound", "message": "there is no az://raw/x", "remedy": "look elsewhere"},
        "exit": 3,
    }


def test_json_means_the_same_and_holds_nothing_that_a_terminal_obeys(capsys):
    value = {"\u202ea": ["\x9b2J", "\x7f", "\x1b", "é😀", "a\nb", "\U000e0001"]}

    print_json(value)

    shown = capsys.readouterr().out
    assert json.loads(shown) == value
    assert shown.replace("\n", "").isprintable()
    assert "é😀" in shown


@pytest.mark.parametrize(
    "text",
    [
        f"https://h/raw/x?sv=1&sig=c4n4ry%2B{KEY}&se=2",
        f"AccountName=contoso;AccountKey={KEY};EndpointSuffix=x",
        f"key {KEY}",
        "SharedAccessSignature=c4n4ry",
        "Authorization: Bearer c4n4ry",
        "eyJhbGciOi.eyJhdWQiOi.c4n4ry-x_y",
    ],
)
def test_an_error_of_another_library_is_a_defect_and_shows_no_secret(capsys, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the text is the parameter
        raise ValueError(text)

    assert print_error(caught.value) == 70
    quiet = capsys.readouterr()
    print_error(caught.value, trace=True)
    loud = capsys.readouterr()

    assert "ValueError" in quiet.err
    assert "Traceback" not in quiet.err
    assert "Traceback" in loud.err
    assert "c4n4ry" not in quiet.err + loud.err


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_character_that_stdout_does_not_take_is_escaped(monkeypatch, encoding):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True))
    write("\udcff.csv →\n")
    shown = sys.stdout.buffer.getvalue().decode(encoding)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True))
    print_json({"name": "\udcff😀"})

    assert shown.startswith("\\udcff.csv ")
    assert json.loads(sys.stdout.buffer.getvalue()) == {"name": "\udcff😀"}


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (1023, "1023 B"), (2**20, "1.0 MiB"), (2**50, "1024.0 TiB")])
def test_a_size_is_readable(size, text):
    assert readable(size) == text


def test_a_reader_that_has_gone_ends_the_output_quietly(monkeypatch, tmp_path):
    class Closed(io.TextIOWrapper):
        def write(self, text):
            raise BrokenPipeError

        def flush(self):
            raise BrokenPipeError

        def close(self):
            """Keep quiet at the end of the test, as the interpreter would not."""

    with (tmp_path / "out").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Closed(file))
        with pytest.raises(StdoutClosed):
            write("text")
        with pytest.raises(StdoutClosed):
            write(b"bytes")
        assert flush(3) == 3


def test_what_a_terminal_would_act_on_is_escaped_and_lines_stay_lines(capsys):
    note("one\r\n\ttwo \x1b[2J \u202e \u2028 \x00 é")

    assert capsys.readouterr().err == "one\n  | \ttwo \\x1b[2J \\u202e \\u2028 \\x00 é\n"


def test_a_terminal_that_has_gone_does_not_change_how_a_command_ends():
    program = (
        "import os, sys\n"
        "from blobprep.cli.output import flush\n"
        "reading, writing = os.pipe()\n"
        "os.dup2(writing, 2)\n"
        "os.close(reading)\n"
        "sys.stderr.write('begun and not ended by a newline')\n"
        "sys.exit(flush(0))\n"
    )

    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run([sys.executable, "-c", program], env=buffered, check=False)

    assert done.returncode == 0
