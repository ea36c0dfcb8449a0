"""Which protocol a terminal has, and pictures in it."""

from __future__ import annotations

import base64
import re
import struct

import pytest

from blobprep.cli.picture_protocols import as_iterm, as_kitty, known_protocol, picture_size, shows_sixels


def png(width: int, height: int, rest: bytes = b"") -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + rest


@pytest.mark.parametrize(
    ("variables", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230400"}, "kitty"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "210800"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "iterm"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "iterm"),
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "mlterm"}, "sixel"),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux", "LC_TERMINAL": "iTerm2"}, None),
        ({"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, None),
    ],
)
def test_a_terminal_is_known_by_its_variables_but_not_behind_a_multiplexer(
    variables: dict[str, str], protocol: str | None
) -> None:
    assert known_protocol(variables) == protocol


@pytest.mark.parametrize(
    ("answer", "shows"),
    [
        (b"\x1b[?62;4;22c", True),
        (b"\x1b[?65;1;4c", True),
        (b"\x1b[?4c", False),  # the first number is the class of the terminal
        (b"\x1b[?64;14;44c", False),
        (b"\x1b[?62;4", False),
        (b"", False),
    ],
)
def test_sixels_are_number_four_of_the_attributes(answer: bytes, shows: bool) -> None:
    assert shows_sixels(answer) == shows


def test_the_size_of_a_picture_is_read_from_its_first_bytes() -> None:
    assert picture_size(png(640, 480)) == (640, 480)
    assert picture_size(b"\x89PNG") == (0, 0)
    assert picture_size(b"GIF89a" + b"\0" * 40) == (0, 0)


def test_kitty_gets_a_picture_in_pieces_that_it_takes() -> None:
    data = png(640, 480, bytes(range(256)) * 40)
    sent = as_kitty(data, 100)
    pieces = re.findall(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", sent)

    assert "".join(f"\x1b_G{keys};{text}\x1b\\" for keys, text in pieces) == sent
    assert base64.b64decode("".join(text for _, text in pieces)) == data
    assert pieces[0][0] == "a=T,f=100,q=2,c=64,m=1"
    assert {keys for keys, _ in pieces[1:-1]} == {"m=1"}
    assert pieces[-1][0] == "m=0"
    assert all(len(text) <= 4096 for _, text in pieces)


def test_iterm_gets_a_picture_that_is_no_wider_than_the_terminal() -> None:
    data = png(6400, 480, b"\x07\x1b\\")
    found = re.fullmatch(
        r"\x1b\]1337;File=inline=1;size=(\d+);width=(\d+);preserveAspectRatio=1:([\w+/=]*)\x07", as_iterm(data, 80)
    )

    assert found is not None
    assert (int(found[1]), int(found[2])) == (len(data), 80)
    assert base64.b64decode(found[3]) == data
