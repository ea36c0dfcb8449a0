"""What is taken away and given back, ABI by ABI. The bits are those of the kernel's header `linux/landlock.h`."""

from __future__ import annotations

import struct

import pytest

from blobprep.confinement.landlock import DEVICE, READING, WRITING, known_rights, rule, ruleset

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
MAKE_CHAR, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 6, 1 << 9, 1 << 10, 1 << 11, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15


@pytest.mark.parametrize(
    ("abi", "rights", "size"),
    [
        (1, 0x1FFF, 8),
        (2, 0x3FFF, 8),
        (3, 0x7FFF, 8),
        (4, 0x7FFF, 16),
        (5, 0xFFFF, 16),
        (6, 0xFFFF, 24),
        (7, 0xFFFF, 24),
    ],
)
def test_every_right_an_abi_knows_is_taken_away(abi, rights, size):
    made = ruleset(abi)

    assert known_rights(abi) == rights
    assert len(made) == size
    assert made == struct.pack("<QQQ", rights, 0b11, 0b11)[:size]


@pytest.mark.parametrize("abi", range(1, 8))
def test_nothing_is_executed_and_nothing_but_files_and_folders_is_made(abi):
    for rights in (READING, WRITING, DEVICE):
        given, _ = struct.unpack("<Qi", rule(rights, abi, 3, folder=True))
        assert not given & (EXECUTE | MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM | IOCTL_DEV)
        assert given & ~known_rights(abi) == 0


@pytest.mark.parametrize("abi", range(1, 8))
def test_what_is_read_is_not_written(abi):
    given, descriptor = struct.unpack("<Qi", rule(READING, abi, 7, folder=True))

    assert (given, descriptor) == (READ_FILE | READ_DIR, 7)


@pytest.mark.parametrize("abi", range(1, 8))
def test_a_file_gets_rights_of_files_only(abi):
    given, _ = struct.unpack("<Qi", rule(WRITING, abi, 3, folder=False))

    assert given == READ_FILE | WRITE_FILE | (TRUNCATE if abi >= 3 else 0)


def test_the_runs_folders_get_newer_rights_from_their_abi_on():
    rights = [struct.unpack("<Qi", rule(WRITING, abi, 3, folder=True))[0] for abi in (1, 2, 3)]

    assert [bool(each & REFER) for each in rights] == [False, True, True]
    assert [bool(each & TRUNCATE) for each in rights] == [False, False, True]
