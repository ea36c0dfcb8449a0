"""Use much of something, in the way the parameter says; `amount` says how much of it."""

import mmap
import os
import resource
import signal
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

MEBIBYTE = 1024 * 1024


def wait():
    time.sleep(1000)


def spend(seconds, threads=2):
    """NumPy lets go of Python's lock, so that both threads compute at once."""
    def compute():
        square = np.ones((300, 300))
        while time.process_time() - began < seconds:
            square = square @ square / 300
    began = time.process_time()
    workers = [threading.Thread(target=compute) for _ in range(threads)]
    [each.start() for each in workers]
    [each.join() for each in workers]


def spend_and_refuse_to_end(seconds):
    signal.signal(signal.SIGXCPU, lambda *_: print("not me"))
    resource.setrlimit(resource.RLIMIT_CPU, (1, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    until = time.process_time() + seconds
    while time.process_time() < until:
        sum(range(10_000))


def fill(path, mebibytes):
    with open(path, "wb") as file:
        for _ in range(mebibytes):
            file.write(bytes(MEBIBYTE))


def one_file(mebibytes):
    fill("large", mebibytes)


def one_file_caught(mebibytes):
    try:
        fill("large", mebibytes)
    except OSError:
        sys.exit("no room, as it seems")


def one_file_deadly(mebibytes):
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    fill("large", mebibytes)


def array(mebibytes):
    np.save("large.npy", np.zeros(mebibytes * MEBIBYTE // 8))


def database(mebibytes):
    with sqlite3.connect("large.db") as connection:
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", ((bytes(MEBIBYTE),) for _ in range(mebibytes)))


def hole(mebibytes):
    with open("sparse", "wb") as file:
        file.truncate(mebibytes * MEBIBYTE)


def many_files(mebibytes):
    for number in range(mebibytes):
        fill(f"file{number}", 1)
    if blobprep_parameters.get("then") == "wait":
        wait()


def deleted_files(mebibytes):
    held = []
    for number in range(mebibytes):
        held.append(open(f"file{number}", "wb"))
        os.unlink(f"file{number}")
        held[-1].write(bytes(MEBIBYTE))
        held[-1].flush()
    wait()


def mapped_files(mebibytes):
    held = []
    for number in range(mebibytes):
        with open(f"file{number}", "w+b") as file:
            file.truncate(MEBIBYTE)
            held.append(mmap.mmap(file.fileno(), MEBIBYTE))
        held[-1][:] = bytes(MEBIBYTE)
        os.unlink(f"file{number}")
    wait()


def temporary_file(mebibytes):
    import tempfile

    fill(os.path.join(tempfile.gettempdir(), "large"), mebibytes)
    wait()


def empty_files(count):
    for number in range(count):
        open(f"empty{number}", "x").close()
    if blobprep_parameters.get("then") == "wait":
        wait()


def deep_folders(count):
    """Each in the one before, so that no path leads to the last."""
    current = os.open(".", os.O_RDONLY)
    for _ in range(count):
        os.mkdir("a" * 200, dir_fd=current)
        following = os.open("a" * 200, os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = following
    wait()


def closed_folder(count):
    """Files can be made in it, and not be listed."""
    os.mkdir("closed", 0o300)
    for number in range(count):
        open(f"closed/empty{number}", "x").close()
    wait()


def pool(count):
    barrier = threading.Barrier(count + 1)
    with ThreadPoolExecutor(count) as executor:
        try:
            futures = [executor.submit(barrier.wait, 60) for _ in range(count)]
            barrier.wait(60)
        except BaseException:
            time.sleep(0.3)  # so many threads there are
            barrier.abort()
            raise
        return [each.result() for each in futures]


def threads(count):
    for _ in range(count):
        threading.Thread(target=wait, daemon=True).start()
    wait()


def processes(count):
    for _ in range(count):
        if not os.fork():
            wait()
    wait()


def write_out(mebibytes):
    for _ in range(mebibytes * 16):
        print("x" * 65535)
    if blobprep_parameters.get("then") == "wait":
        wait()


def write_past_python(mebibytes):
    for _ in range(mebibytes * 16):
        os.write(2, b"x" * 65535 + b"\n")
    wait()


def figures(count):
    for number in range(count):
        with open(f"plot{number}.png", "wb") as file:
            file.write(bytes(1000))


def hold(mebibytes):
    return np.ones(mebibytes * MEBIBYTE // 8).sum()


def hold_caught(mebibytes):
    try:
        hold(mebibytes)
    except MemoryError as error:
        raise RuntimeError("it did not work") from error


def hold_and_leave(mebibytes):
    try:
        hold(mebibytes)
    except MemoryError:
        sys.exit(3)


def hold_less_then(mebibytes):
    try:
        hold(mebibytes)
    except MemoryError:
        hold(1)


def azureml_main():
    for how, amount in (each.split("=") for each in blobprep_parameters["how"].split()):
        globals()[how](float(amount) if "." in amount else int(amount))
    return pd.DataFrame({"done": [1]})
