"""Anonymous memory maps of a confined script, made private: see `blobprep.child.confined.anonymous_maps`."""

from __future__ import absolute_import

import mmap

__all__ = ["use_private_maps"]


def use_private_maps():
    """Make `mmap.mmap` create anonymous maps as private ones, since the filter refuses shared memory."""
    original = mmap.mmap

    class PrivateMap(original):
        def __new__(cls, fileno, length, *arguments, **named):
            if fileno == -1:
                if arguments:
                    arguments = (_make_private(arguments[0]),) + arguments[1:]
                elif not named.get("access"):
                    named["flags"] = _make_private(named.get("flags", mmap.MAP_SHARED))
                else:
                    named.update(_access_flags(named.pop("access")))
            return original.__new__(cls, fileno, length, *arguments, **named)

    PrivateMap.__name__ = "mmap"
    PrivateMap.__module__ = "mmap"
    mmap.mmap = PrivateMap


def _make_private(flags):
    return flags & ~mmap.MAP_SHARED | mmap.MAP_PRIVATE if flags & mmap.MAP_SHARED else flags


def _access_flags(access):
    protection = mmap.PROT_READ if access == mmap.ACCESS_READ else mmap.PROT_READ | mmap.PROT_WRITE
    return {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, "prot": protection}
