"""Try what a confined script must not be able to do, and a few things it must; print what came of each."""

import ctypes
import fcntl
import json
import multiprocessing
import os
import signal
import _socket
import socket
import subprocess
import threading

import pandas as pd


def emptied(path):
    os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))


def owned_signal():
    ours, theirs = socket.socketpair()
    fcntl.fcntl(ours, fcntl.F_SETOWN, os.getppid())


def datagram():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.sendto(b"x", blobprep_parameters["socket"])


def metadata(path):
    before = os.stat(path)
    os.chmod(path, 0o777)
    os.utime(path, (1, 1))
    after = os.stat(path)
    if (before.st_mode, before.st_mtime) == (after.st_mode, after.st_mtime):
        raise OSError("pretended")


def thread_reads(path):
    found = []

    def read():
        try:
            found.append(open(path).read())
        except OSError:
            pass

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if not found:
        raise OSError("refused")


def death_signal():
    if ctypes.CDLL(None).prctl(1, 0, 0, 0, 0):
        raise OSError("refused")


def azureml_main():
    outside, target = blobprep_parameters["outside"], blobprep_parameters["target"]
    attempts = {
        "read": lambda: open(outside).read(),
        "read in a thread": lambda: thread_reads(outside),
        "write": lambda: open(outside, "a"),
        "create": lambda: open(target, "x"),
        "list": lambda: os.listdir(os.path.dirname(outside)),
        "truncate": lambda: os.truncate(outside, 0),
        "open to empty": lambda: emptied(outside),
        "empty a library": lambda: emptied(pd.__file__),
        "write to a library": lambda: open(pd.__file__, "a"),
        "metadata": lambda: metadata(outside),
        "metadata of a library": lambda: metadata(pd.__file__),
        "rename": lambda: os.rename(outside, target),
        "unlink": lambda: os.unlink(outside),
        "hard link": lambda: os.link(outside, "linked"),
        "symbolic link": lambda: os.symlink(outside, "symbolic"),
        "pipe by name": lambda: os.mkfifo("fifo"),
        "environment of the guard": lambda: open("/proc/%d/environ" % os.getppid()).read(),
        "environment of the parent": lambda: open("/proc/%s/environ" % blobprep_parameters["parent"]).read(),
        "users": lambda: open("/etc/passwd").read(),
        "processes": lambda: os.listdir("/proc"),
        "signal": lambda: os.kill(os.getppid(), signal.SIGCONT),
        "signal by descriptor": owned_signal,
        "limits of others": lambda: __import__("resource").prlimit(os.getppid(), 7),
        "priority of others": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
        "TCP": lambda: socket.create_connection(("127.0.0.1", int(blobprep_parameters["port"]))),
        "TCP past the broker": lambda: _socket.socket().connect(("127.0.0.1", int(blobprep_parameters["port"]))),
        "UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        "UDP past the broker": lambda: _socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "local socket": lambda: socket.socket(socket.AF_UNIX),
        "datagram to a local socket": datagram,
        "fork": os.fork,
        "sub-process": lambda: subprocess.run(["true"]),
        "pool": lambda: multiprocessing.Pool(2),
        "execute": lambda: os.execv("/bin/true", ["true"]),
        "memory file": lambda: os.memfd_create("x"),
        "death signal": death_signal,
    }
    came = {}
    for name, attempt in attempts.items():
        try:
            attempt()
            came[name] = "done"
        except OSError as error:
            came[name] = "refused"
    status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
    facts = {name: status[name].split()[0] for name in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp", "Uid")}
    dies_by = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(dies_by), 0, 0, 0)
    facts["dies by"] = dies_by.value
    print("attempts", json.dumps({"came": came, "status": facts, "limit": __import__("resource").getrlimit(6)[0]}))
    return pd.DataFrame({"done": [1]}),
