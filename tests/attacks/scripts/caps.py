"""Take more than is good for the machine: time, memory, threads, disk, descriptors, log."""

import mmap
import os
import socket
import sys
import threading
import time

import numpy as np
import pandas as pd

DONE = pd.DataFrame({"done": [1]})
SIZE = 600 << 20


def azureml_main():
    print("did it", flush=True)
    return globals()[blobprep_parameters["attack"]](), None


def spin():
    while True:
        pass


def spin_in_threads():
    for _ in range(20):
        threading.Thread(target=spin, daemon=True).start()
    spin()


def sleep():
    time.sleep(1000)


def private_memory():
    return pd.DataFrame({"held": [np.ones(SIZE // 8).sum()]})


def shared_memory():
    held = mmap.mmap(-1, SIZE)
    for start in range(0, SIZE, mmap.PAGESIZE):
        held[start] = 1
    time.sleep(1000)


def memory_of_a_file():
    with open("held", "w+b") as file:
        file.truncate(SIZE)
        held = mmap.mmap(file.fileno(), SIZE)
        for start in range(0, SIZE, mmap.PAGESIZE):
            held[start] = 1
    return DONE


def memory_of_zeros():
    held = mmap.mmap(os.open("/dev/zero", os.O_RDWR), SIZE)
    for start in range(0, SIZE, mmap.PAGESIZE):
        held[start] = 1
    time.sleep(1000)


def memory_by_small_pieces():
    held = []
    for _ in range(20_000):
        held.append(bytearray(100_000))


def memory_in_the_stack_of_threads():
    threading.stack_size(512 << 20)
    for _ in range(50):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    print("took", 50 * threading.stack_size())
    return DONE


def many_threads():
    for number in range(3000):
        try:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except (RuntimeError, MemoryError):
            break
    print("took", number)
    return DONE


def many_descriptors():
    held = []
    try:
        while len(held) < 100_000:
            held.append(os.open(".", os.O_RDONLY))
    except OSError:
        pass
    print("took", len(held))
    for number in held[-100:]:
        os.close(number)
    return DONE


def many_sockets_full_of_bytes():
    held = []
    try:
        while len(held) < 2000:
            pair = socket.socketpair()
            held.append(pair)
            pair[0].setblocking(False)
            pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            pair[0].send(bytes(1 << 17))
    except OSError:
        pass
    print("took", len(held))
    for pair in held[-100:]:
        for each in pair:
            each.close()
    return DONE


def large_file():
    with open("large", "wb") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
    return DONE


def large_and_nameless_file():
    held = os.open(".", os.O_TMPFILE | os.O_RDWR)
    for _ in range(200):
        os.write(held, bytes(1 << 20))
    print("took", os.fstat(held).st_size)
    return DONE


def large_and_sparse_file():
    with open("sparse", "wb") as file:
        file.truncate(1 << 33)
    return DONE


def allocated_file():
    with open("allocated", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 300 << 20)
    return DONE


def flood_of_lines():
    line = "x" * 100 + "\n"
    for _ in range(600_000):
        sys.stdout.write(line)
    return DONE


def flood_without_lines():
    for _ in range(500):
        os.write(1, b"x" * 100_000)
    return DONE


def flood_of_empty_lines():
    for _ in range(500):
        os.write(2, b"\n" * 100_000)
    return DONE


def flood_of_controls():
    for _ in range(100):
        os.write(1, b"\x1b[31m\x00\x07\xff\xfe" * 10_000 + b"\n")
    return DONE
