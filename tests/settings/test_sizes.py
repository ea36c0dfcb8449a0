from __future__ import annotations

import pytest

from blobprep.errors import InvalidOption
from blobprep.settings.sizes import machine_memory, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (4096, 4096),
        ("4096", 4096),
        ("500MB", 500_000_000),
        ("500 mb", 500_000_000),
        ("1.5GiB", 1_610_612_736),
        ("2G", 2_147_483_648),
        ("64KiB", 65_536),
        ("75%", 750),
        ("12.5%", 125),
    ],
)
def test_a_size_is_read_with_its_unit(text, size):
    assert parse_size(text, total=1000) == size


@pytest.mark.parametrize("text", ["", "much", "-1", "0", "0%", "2XB", "GiB", "1e9", "1,5GB"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(InvalidOption):
        parse_size(text, total=1000)


def test_this_machine_has_memory():
    assert machine_memory() > 2**26
