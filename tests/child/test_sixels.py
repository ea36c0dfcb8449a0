"""Images as sixels, read back by a decoder of their own."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from blobprep.child.sixels import encode_sixels
from blobprep.errors import DatasetError
from blobprep.runs.picture import checked_sixels


def png(pixels: Any, mode: str | None = None) -> io.BytesIO:
    file = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(file, "PNG")
    file.seek(0)
    return file


def decoded(data: bytes) -> np.ndarray[Any, Any]:
    """Draw sixels as a terminal does."""
    found = re.fullmatch(rb'\x1bPq"1;1;(\d+);(\d+)(.*)\x1b\\', data, re.DOTALL)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    drawn = np.zeros((height + 6, width, 3), np.uint8)
    colors: dict[int, tuple[int, ...]] = {}
    color = column = top = 0
    for token in re.finditer(rb"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|(\$)|(-)|([?-~])", found[3], re.DOTALL):
        if token[1] is not None:
            color = int(token[1])
            if token[2] is not None:
                colors[color] = tuple(round(int(value) * 2.55) for value in token.groups()[1:4])
        elif token[7] is not None:
            column = 0
        elif token[8] is not None:
            column, top = 0, top + 6
        else:
            count, character = (int(token[5]), token[6]) if token[5] is not None else (1, token[9])
            bits = character[0] - 63
            for row in range(6):
                if bits >> row & 1:
                    drawn[top + row, column : column + count] = colors[color]
            column += count
    return drawn[:height]


@given(arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.sampled_from([0, 85, 170, 255])))
@settings(deadline=None)
def test_every_pixel_is_drawn_where_it_is_in_its_color(gray: Any) -> None:
    pixels = np.stack([gray, 255 - gray, np.full_like(gray, 85)], axis=-1)

    drawn = decoded(encode_sixels(png(pixels), 100))

    assert drawn.shape == pixels.shape
    assert np.abs(drawn.astype(int) - pixels).max() <= 3  # a terminal's colors are percentages


def test_a_large_picture_is_scaled_and_keeps_its_shape() -> None:
    drawn = decoded(encode_sixels(png(np.zeros((300, 600, 3), np.uint8)), 200))

    assert drawn.shape == (100, 200, 3)


def test_what_is_transparent_is_white() -> None:
    clear = np.zeros((4, 4, 4), np.uint8)

    assert (decoded(encode_sixels(png(clear), 10)) >= 250).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_of_an_image_can_be_drawn(mode: str) -> None:
    drawn = decoded(encode_sixels(png(np.full((7, 5, 3), 255, np.uint8), mode), 100))

    assert drawn.shape == (7, 5, 3)
    assert (drawn >= 250).all()


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + b"\0" * 50, b"<svg/>"])
def test_what_is_no_png_is_an_error(data: bytes) -> None:
    with pytest.raises(DatasetError, match="not a PNG image"):
        encode_sixels(io.BytesIO(data), 100)


def test_a_png_that_breaks_off_or_is_too_large_is_an_error() -> None:
    whole = png(np.random.default_rng(1).integers(0, 255, (50, 50, 3), np.uint8)).getvalue()
    with pytest.raises(DatasetError):
        encode_sixels(io.BytesIO(whole[: len(whole) // 2]), 100)

    huge = bytearray(whole)
    huge[16:24] = (100_000).to_bytes(4, "big") * 2
    with pytest.raises(DatasetError):
        encode_sixels(io.BytesIO(bytes(huge)), 100)


@given(st.binary(max_size=60))
def test_only_a_picture_and_nothing_else_passes_for_one(data: bytes) -> None:
    inside = rb"[0-9;\"#!$?-~-]*"

    assert checked_sixels(b"\x1bPq" + data + b"\x1b\\") == "" or re.fullmatch(inside, data) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1bPq#0~",
        b"\x1bPq~\x1b\\\x1b]0;title\x07",
        b"\x1b]0;title\x07\x1bPq~\x1b\\",
        b"\x1bPq\x1b[2J\x1b\\",
        b"\x1bPq~\n\x1b\\",
        b"\x1bP$q~\x1b\\",
        b"\x1bPq~\x9c\x1b\\",
        b"\x1bPq \x1b\\",
    ],
)
def test_what_would_act_on_a_terminal_otherwise_is_refused(data: bytes) -> None:
    assert checked_sixels(data) == ""


def test_a_picture_is_drawn_by_a_child_and_one_that_cannot_be_is_left_out() -> None:
    from blobprep.runs.picture import encode_sixels as drawn_by_child
    from blobprep.settings import Workspace

    image = png(np.full((12, 30, 3), 200, np.uint8)).getvalue()
    drawn = drawn_by_child([image, b"\x89PNG\r\n\x1a\nbroken", image], 100, Workspace(environment={}))

    assert decoded(drawn[0].encode()).shape == (12, 30, 3)
    assert drawn[1] == ""
    assert drawn[2] == drawn[0]
