"""An image as sixels, the characters by which many terminals draw pictures.

Source:
    DEC, "VT330/VT340 Programmer Reference Manual", volume 2, chapter 14: six rows of pixels at a time, for each color a
    character for each column, whose low six bits, above 63, say which of the six pixels have the color.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from blobprep.errors import DatasetError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["encode_sixels"]

_COLORS: Final = 255
_BAND: Final = 6
_HEIGHT: Final = 1200
"""Pixels that a picture is high, at most."""
_PIXELS: Final = 100_000_000
"""Of an image that is decoded, at most."""
_REPEATED: Final = re.compile(rb"(.)\1{3,254}", re.DOTALL)


def encode_sixels(image: BinaryIO, width: int) -> bytes:
    """Return a PNG as sixels, scaled down where it is wider.

    Args:
        image: the file.
        width: pixels, at most.

    Raises:
        DatasetError: it is not a PNG, or too large.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the next lines ask for less than it would allow
    try:
        opened = Image.open(image, formats=("PNG",))
        if opened.width * opened.height > _PIXELS:
            raise DatasetError(f"a picture of {opened.width} × {opened.height} pixels is too large to be drawn")
        opened.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:  # Pillow's for broken files
        raise DatasetError(f"not a PNG image: {type(error).__name__}") from error
    return _encoded(_scaled(opened, max(1, width)))


def _scaled(opened: Any, width: int) -> Any:
    """Return the image on white, no larger than it may be."""
    from PIL import Image

    pixels = opened.convert("RGBA")
    pixels.thumbnail((min(width, pixels.width), _HEIGHT), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", pixels.size, "white")
    paper.paste(pixels, mask=pixels.getchannel("A"))
    return paper


def _encoded(pixels: Any) -> bytes:
    import numpy as np

    palette = pixels.quantize(_COLORS)
    colors = (palette.getpalette() or [])[: 3 * _COLORS]
    places = np.asarray(palette, dtype=np.uint8)
    height, width = places.shape
    parts = [b"\x1bPq", b'"1;1;%d;%d' % (width, height)]  # square pixels
    used = np.unique(places)
    for color in used.tolist():
        red, green, blue = (round(value * 100 / 255) for value in colors[3 * color : 3 * color + 3])
        parts.append(b"#%d;2;%d;%d;%d" % (color, red, green, blue))
    for top in range(0, height, _BAND):
        parts.append(b"$".join(_band(places[top : top + _BAND])))
        parts.append(b"-")
    parts.append(b"\x1b\\")
    return b"".join(parts)


def _band(rows: np.ndarray[Any, Any]) -> list[bytes]:
    """Return six rows of pixels, or fewer, once for each color in them."""
    import numpy as np

    bits = (1 << np.arange(len(rows), dtype=np.uint8))[:, None]
    drawn = []
    for color in np.unique(rows).tolist():
        characters = (((rows == color) * bits).sum(axis=0, dtype=np.uint8) + 63).astype(np.uint8)
        line = characters.tobytes().rstrip(b"?")  # nothing of this color follows
        drawn.append(b"#%d" % color + _REPEATED.sub(lambda run: b"!%d%s" % (len(run[0]), run[1]), line))
    return drawn
