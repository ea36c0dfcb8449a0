"""The kernel's machine for filters, small: it runs a program on a system call and returns the action."""

from __future__ import annotations

import struct

from blobprep.confinement.bpf import Instruction


def run(program: list[Instruction], audit: int, number: int, *arguments: int) -> int:
    """Return what a program decides; arguments are taken as registers of 64 bits."""
    padded = [value & (1 << 64) - 1 for value in (*arguments, *(0,) * (6 - len(arguments)))]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, audit, 0, *padded)
    position, value = 0, 0
    while True:
        code, if_true, if_false, operand = program[position]
        position += 1
        match code:
            case 0x20:
                assert operand % 4 == 0
                (value,) = struct.unpack_from("<I", data, operand)
            case 0x54:
                value &= operand
            case 0x05:
                position += operand
            case 0x15:
                position += if_true if value == operand else if_false
            case 0x35:
                position += if_true if value >= operand else if_false
            case 0x06:
                return operand
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")
