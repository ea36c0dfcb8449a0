"""Change what is not the script's: bytes, names, permissions, times, libraries, the caller's input."""

import ctypes
import fcntl
import mmap
import os
import struct

from attacking import attempt_all, call, descriptors

AT_FDCWD = -100


def azureml_main():
    return attempt_all(globals(), blobprep_parameters)


def append(aim):
    with open(aim["file"], "a") as file:
        file.write("changed")


def overwrite(aim):
    os.pwrite(os.open(aim["file"], os.O_RDWR), b"changed", 0)


def overwrite_by_mapping(aim):
    with open(aim["file"], "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        view[:7] = b"changed"


def overwrite_by_path_descriptor(aim):
    held = os.open(aim["file"], os.O_PATH)
    os.pwrite(os.open("/proc/self/fd/%d" % held, os.O_RDWR), b"changed", 0)


def overwrite_by_copy(aim):
    with open("source", "wb") as source:
        source.write(b"changed")
    os.copy_file_range(os.open("source", os.O_RDONLY), os.open(aim["file"], os.O_WRONLY), 7)


def overwrite_by_symbolic_link(aim):
    os.symlink(aim["file"], "to-write")
    with open("to-write", "a") as file:
        file.write("changed")


def overwrite_by_hard_link(aim):
    os.link(aim["file"], "hard-to-write")
    with open("hard-to-write", "a") as file:
        file.write("changed")


def create(aim):
    with open(aim["folder"] + "/planted", "x"):
        pass


def create_a_folder(aim):
    os.mkdir(aim["folder"] + "/planted")


def create_from_nameless(aim):
    held = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o644)
    call("linkat", AT_FDCWD, b"/proc/self/fd/%d" % held, AT_FDCWD, aim["folder"].encode() + b"/planted", 0x400)


def create_a_symbolic_link(aim):
    os.symlink("/etc/passwd", aim["folder"] + "/planted")


def create_a_hard_link(aim):
    with open("own", "w"):
        pass
    os.link("own", aim["folder"] + "/planted")


def create_a_pipe(aim):
    os.mkfifo(aim["folder"] + "/planted")


def create_a_device(aim):
    os.mknod("device", 0o600 | 0o020000, os.makedev(1, 3))
    return True


def create_in_shared_memory(aim):
    os.close(os.open("/dev/shm/blobprep-attack", os.O_CREAT | os.O_RDWR))
    os.unlink("/dev/shm/blobprep-attack")
    return True


def create_beside_the_working_folder(aim):
    path = os.path.join(os.path.dirname(os.path.dirname(os.getcwd())), "planted-by-attack")
    os.close(os.open(path, os.O_CREAT | os.O_RDWR))
    os.unlink(path)
    return True


def move_out(aim):
    with open("mine", "w"):
        pass
    os.rename("mine", aim["folder"] + "/planted")


def move_over(aim):
    with open("over", "w") as file:
        file.write("changed")
    os.rename("over", aim["file"])


def move_in(aim):
    os.rename(aim["file"], "taken")


def rename_there(aim):
    os.rename(aim["file"], aim["file"] + ".renamed")


def exchange(aim):
    with open("exchanged", "w"):
        pass
    call("renameat2", AT_FDCWD, aim["file"].encode(), AT_FDCWD, b"exchanged", 2)


def unlink(aim):
    os.unlink(aim["file"])


def remove_a_folder(aim):
    os.rmdir(aim["empty"])


def truncate(aim):
    os.truncate(aim["file"], 0)


def open_to_empty(aim):
    os.close(os.open(aim["file"], os.O_RDONLY | os.O_TRUNC))


def open_to_empty_and_read(aim):
    os.close(os.open(aim["file"], os.O_WRONLY | os.O_TRUNC))


def allocate(aim):
    os.posix_fallocate(os.open(aim["file"], os.O_RDWR), 0, 1 << 20)


def permissions(aim):
    os.chmod(aim["file"], 0o777)


def permissions_by_descriptor(aim):
    held = os.open(aim["file"], os.O_PATH)
    os.chmod("/proc/self/fd/%d" % held, 0o777)


def permissions_by_fchmodat2(aim):
    call("fchmodat2", AT_FDCWD, aim["file"].encode(), 0o777, 0)


def setuid(aim):
    os.chmod(aim["file"], 0o4755)


def owner(aim):
    os.chown(aim["file"], 12345, 12345)


def owner_of_a_link(aim):
    os.lchown(aim["file"], 12345, 12345)


def times(aim):
    os.utime(aim["file"], (1, 1))


def times_by_utimensat(aim):
    then = (ctypes.c_long * 4)(1, 0, 1, 0)
    call("utimensat", AT_FDCWD, aim["file"].encode(), then, 0)


def attributes(aim):
    os.setxattr(aim["file"], "user.attack", b"x")


def attributes_by_setxattrat(aim):
    value = ctypes.create_string_buffer(b"x")
    arguments = struct.pack("QII", ctypes.addressof(value), 1, 0)
    call("setxattrat", AT_FDCWD, aim["file"].encode(), 0, b"user.attack", arguments, 16)


def flags(aim):
    held = os.open(aim["file"], os.O_RDONLY)
    fcntl.ioctl(held, 0x40086602, struct.pack("l", 0x40))  # FS_IOC_SETFLAGS, no dump
    return True


def flags_of_an_own_file(aim):
    held = os.open("flagged", os.O_CREAT | os.O_RDWR)
    fcntl.ioctl(held, 0x40086602, struct.pack("l", 0x40))
    return True


def a_library(aim):
    os.close(os.open(os.__file__, os.O_RDWR))
    return True


def beside_a_library(aim):
    path = os.path.join(os.path.dirname(os.__file__), "planted_by_attack.py")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    os.unlink(path)
    return True


def beside_the_package(aim):
    import blobprep

    path = os.path.join(os.path.dirname(blobprep.__file__), "planted_by_attack.py")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    os.unlink(path)
    return True


def compiled_code_of_a_library(aim):
    path = os.path.join(os.path.dirname(os.__file__), "__pycache__", "planted_by_attack.pyc")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    os.unlink(path)
    return True


def inputs():
    return [number for number, target in descriptors().items() if "memfd:blobprep-bundle" in target]


def the_callers_input(aim):
    held = inputs()[0]
    os.pwrite(held, b"changed", 0)
    return True


def the_callers_input_opened_again(aim):
    held = inputs()[0]
    os.pwrite(os.open("/proc/self/fd/%d" % held, os.O_RDWR), b"changed", 0)
    return True


def the_callers_input_by_mapping(aim):
    held = inputs()[0]
    with mmap.mmap(held, 0, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ | mmap.PROT_WRITE) as view:
        view[:7] = b"changed"
    return True


def the_callers_input_made_longer(aim):
    held = inputs()[0]
    os.ftruncate(os.open("/proc/self/fd/%d" % held, os.O_RDWR), 1 << 40)
    return True


def what_the_kernel_does_with_dumps(aim):
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    return True


def terminal(aim):
    held = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(held, 0x5412, b"x")  # TIOCSTI
    return True


def a_socket(aim):
    import _socket

    _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM).bind(aim["folder"] + "/planted")
