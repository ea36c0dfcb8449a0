"""End in the way the parameter says."""

import ctypes
import os
import shutil
import signal
import sys
import threading
import time

import pandas as pd


def descriptor_of(name):
    for number in os.listdir("/proc/self/fd"):
        try:
            if name in os.readlink("/proc/self/fd/" + number):
                return int(number)
        except OSError:
            pass


def daemon():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    while True:
        time.sleep(1)


def children_of_its_own():
    for _ in range(20):
        if not os.fork():
            os.setsid()
            while True:
                time.sleep(1)


def odd_files():
    os.symlink("/etc/passwd", "passwd.png")
    os.mkfifo("x.png")
    with open("real.png", "wb") as file:
        file.write(b"image")
    os.link("real.png", "hard.png")
    os.makedirs("closed/inner")
    os.chmod("closed", 0)
    current = os.open(".", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=current)
        following = os.open("d", os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = following


def garbage_facts():
    os.write(descriptor_of("memfd:blobprep-facts"), b"garbage")
    os._exit(0)


def thread_and_hook():
    import atexit

    atexit.register(time.sleep, 1000)
    threading.Thread(target=time.sleep, args=(1000,)).start()


def flood():
    line = b"x" * 1023 + b"\n"
    for _ in range(20_000):
        os.write(1, line)
    print("the end")


def log_flood():
    while True:
        print("x" * 100)


def stop_the_guard():
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(1000)


ENDINGS = {
    "return": lambda: None,
    "exit": lambda: os._exit(0),
    "exit 3": lambda: os._exit(3),
    "segfault": lambda: ctypes.string_at(0),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "abort": os.abort,
    "hang": lambda: time.sleep(1000),
    # A call of this kind keeps Python's global lock.
    "hang in C": lambda: ctypes.PyDLL(None).sleep(1000),
    "close descriptors": lambda: os.closerange(3, 256),
    "close everything": lambda: os.closerange(0, 256),
    "garbage frame": lambda: (os.write(3, b"garbage\n"), time.sleep(1000)),
    "infinite frame": lambda: (os.write(3, b'{"frame":"need","number":1,"port":"x","offset":1e999,"length":1}\n'), time.sleep(1000)),
    "endless frame": lambda: (os.write(3, b"x" * 100_000), time.sleep(1000)),
    "garbage log": lambda: (os.write(4, b"garbage"), time.sleep(1000)),
    "garbage facts": garbage_facts,
    "daemon": daemon,
    "children": children_of_its_own,
    "odd files": odd_files,
    "no folder": lambda: shutil.rmtree(os.getcwd()),
    "closed folder": lambda: os.chmod(os.path.dirname(os.getcwd()), 0),
    "thread": thread_and_hook,
    "flood": flood,
    "endless flood": log_flood,
    "close streams": lambda: (sys.stdout.close(), setattr(sys, "stderr", None)),
    "stop the guard": stop_the_guard,
}


def azureml_main():
    print("started")
    ENDINGS[blobprep_parameters["how"]]()
    return pd.DataFrame({"done": [1]})
