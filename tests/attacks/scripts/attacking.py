"""What the scripts share; it comes with them as their module zip. Valid for Python 2.7 too."""

from __future__ import print_function

import ctypes
import json
import os
import signal
import sys

import pandas as pd

from blobprep.confinement.syscalls import MACHINES

NUMBERS = MACHINES[os.uname()[4]].numbers
SHOWN = 40000
"""Characters of what an attack brings home; a secret behind many harmless variables is among them."""

LIBRARY = ctypes.CDLL(None, use_errno=True)
LIBRARY.syscall.restype = ctypes.c_long


class Refused(OSError):
    """The kernel, or blobprep, said no."""


def call(name, *arguments):
    """Make a system call by its name; every number is widened to a register."""
    number = NUMBERS[name] if isinstance(name, str) else name
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = LIBRARY.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        raise Refused(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def descriptors():
    """Name what this process has open, by number."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[int(number)] = os.readlink("/proc/self/fd/" + number)
        except OSError:
            pass
    return found


def descriptor_of(name):
    """Return the number of what is open under a name."""
    for number, target in descriptors().items():
        if name in target:
            return number
    raise Refused(9, "there is no " + name)


def attempt(function, aim):
    """Try one attack; whatever it brings home is shown."""
    signal.alarm(20)
    try:
        loot = function(aim)
    except BaseException as error:
        return "refused: %s: %s" % (type(error).__name__, error)
    finally:
        signal.alarm(0)
    return "did it" if loot is True else "brought %s" % (loot,)


def attempt_all(functions, parameters):
    """Try all attacks one after the other, in this process."""
    for name, aim in json.loads(parameters["aims"]).items():
        said = attempt(functions[name], aim) if name in functions else "cannot be said"
        print("attack", json.dumps([name, said[:SHOWN]]))
        sys.stdout.flush()
    return pd.DataFrame({"done": [1]}), None
