"""Read what is not the script's: files, other processes, what was inherited, what the kernel tells of the machine."""

import ctypes
import glob
import mmap
import os
import threading

from attacking import Refused, attempt_all, call


def azureml_main():
    return attempt_all(globals(), blobprep_parameters)


def read(path):
    with open(path, errors="replace") as file:
        return file.read(4000)


def file(aim):
    return read(aim["file"])


def in_a_thread(aim):
    found = []
    thread = threading.Thread(target=lambda: found.append(attempted(read, aim["file"])))
    thread.start()
    thread.join()
    return found[0]


def attempted(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return str(error)


def by_root_of_self(aim):
    return read("/proc/self/root" + aim["file"])


def by_climbing(aim):
    return read("../" * 40 + aim["file"])


def after_changing_folder(aim):
    back = os.getcwd()
    os.chdir(aim["folder"])
    try:
        return read("secret.txt")
    finally:
        os.chdir(back)


def by_path_descriptor(aim):
    held = os.open(aim["file"], os.O_PATH)
    return read("/proc/self/fd/%d" % held)


def by_folder_descriptor(aim):
    folder = os.open(aim["folder"], os.O_PATH)
    return os.read(os.open("secret.txt", os.O_RDONLY, dir_fd=folder), 4000)


def by_openat2(aim):
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    held = call("openat2", -100, aim["file"].encode(), how, ctypes.sizeof(how))
    return os.read(held, 4000)


def by_old_open(aim):
    name = "open" if os.uname().machine == "x86_64" else "openat"
    before = () if name == "open" else (-100,)
    return os.read(call(name, *before, aim["file"].encode(), os.O_RDONLY), 4000)


def by_mapping(aim):
    with open(aim["file"], "r+b") as held, mmap.mmap(held.fileno(), 0) as view:
        return view[:]


def by_sendfile(aim):
    ours, theirs = os.pipe()
    os.sendfile(theirs, os.open(aim["file"], os.O_RDONLY), 0, 4000)
    return os.read(ours, 4000)


def by_handle(aim):
    handle = (ctypes.c_ubyte * 136)()
    ctypes.cast(handle, ctypes.POINTER(ctypes.c_uint))[0] = 128
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, aim["file"].encode(), handle, ctypes.byref(mount), 0)
    root = os.open("/", os.O_RDONLY)
    return os.read(call("open_by_handle_at", root, handle, os.O_RDONLY), 4000)


def after_a_hard_link(aim):
    os.link(aim["file"], "linked")
    return read("linked")


def after_a_symbolic_link(aim):
    os.symlink(aim["file"], "symbolic")
    return read("symbolic")


def after_moving_it_here(aim):
    os.rename(aim["file"], "moved")
    return read("moved")


def names_in_a_folder(aim):
    return os.listdir(aim["listed"])


def names_by_getdents(aim):
    folder = os.open(aim["listed"], os.O_RDONLY | os.O_DIRECTORY)
    found = ctypes.create_string_buffer(4000)
    size = call("getdents64", folder, found, 4000)
    return found.raw[:size].replace(b"\0", b"")


def names_by_glob(aim):
    return glob.glob(aim["listed"] + "/*")


def profile_of_the_cloud(aim):
    return read(aim["folder"] + "/.azure/msal_token_cache.json")


def another_run(aim):
    return [read(path) for path in glob.glob(os.path.dirname(aim["folder"]) + "/../blobprep-*/work/dataset.csv")] or [
        read(aim["other_run"])
    ]


def users(aim):
    return bool(read("/etc/passwd"))


def passwords(aim):
    return bool(read("/etc/shadow"))


def where_names_are_resolved(aim):
    return bool(read("/etc/hosts"))


def temporary_folder(aim):
    return bool(os.listdir("/tmp"))


def home(aim):
    return os.listdir("/root" if os.getuid() == 0 else "/home") is not None


def folder_of_the_parent(aim):
    return bool(os.listdir(aim["cwd"]))


def folder_of_the_run(aim):
    return bool(os.listdir(os.path.dirname(aim["folder"])))


def environment(aim):
    return dict(os.environ)


def environment_by_proc(aim):
    return read("/proc/self/environ")


def environment_of_another(aim):
    return read("/proc/%d/environ" % aim["victim"])


def environment_of_the_parent(aim):
    return bool(read("/proc/%d/environ" % aim["parent"]))


def environment_of_the_guard(aim):
    return bool(read("/proc/%d/environ" % os.getppid()))


def command_line_of_another(aim):
    return read("/proc/%d/cmdline" % aim["victim"])


def descriptors_of_another(aim):
    return read("/proc/%d/fd/9" % aim["victim"])


def folder_of_another(aim):
    return read("/proc/%d/cwd/secret.txt" % aim["victim"])


def root_of_another(aim):
    return read("/proc/%d/root%s" % (aim["victim"], aim["file"]))


def memory_of_another(aim):
    with open("/proc/%d/maps" % aim["victim"]) as maps:
        (stack,) = (line.split()[0] for line in maps if "[stack]" in line)
    first, last = (int(each, 16) for each in stack.split("-"))
    with open("/proc/%d/mem" % aim["victim"], "rb", 0) as memory:
        memory.seek(first)
        return memory.read(last - first)[-3000:].replace(b"\0", b" ").decode(errors="replace")


def memory_by_process_vm_readv(aim):
    with open("/proc/%d/stat" % aim["victim"]) as stat:
        first, last = map(int, stat.read().rpartition(")")[2].split()[47:49])  # where its environment is
    buffer = ctypes.create_string_buffer(last - first)
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), last - first)
    theirs = (ctypes.c_size_t * 2)(first, last - first)
    call("process_vm_readv", aim["victim"], ours, 1, theirs, 1, 0)
    return buffer.raw


def descriptor_by_pidfd(aim):
    held = call("pidfd_getfd", call("pidfd_open", aim["victim"], 0), 9, 0)
    return os.pread(held, 4000, 0)


def inherited_descriptors(aim):
    found = []
    for number in os.listdir("/proc/self/fd"):
        try:
            found.append(os.pread(int(number), 4000, 0))
        except OSError:
            continue
    return b"".join(found)[-3500:]


def other_processes(aim):
    return any(name.isdigit() and int(name) != os.getpid() for name in os.listdir("/proc"))


def connections_of_the_machine(aim):
    return bool(read("/proc/net/tcp"))


def connections_by_self(aim):
    return bool(read("/proc/self/net/unix"))


def connections_by_task(aim):
    return bool(read("/proc/self/task/%d/net/udp" % os.getpid()))


def mounts(aim):
    return bool(read("/proc/self/mountinfo"))


def mounts_by_task(aim):
    return bool(read("/proc/thread-self/mounts"))


def control_groups(aim):
    return bool(read("/proc/self/cgroup"))


def hardware(aim):
    return bool(os.listdir("/sys/class"))


def disks(aim):
    return bool(read("/proc/partitions"))


def what_the_kernel_is_told_to_do(aim):
    return bool(os.listdir("/proc/sys/net"))


def messages_of_the_kernel(aim):
    buffer = ctypes.create_string_buffer(4000)
    return call("syslog", 3, buffer, 4000) >= 0


def keys_of_the_machine(aim):
    return bool(read("/proc/keys")) or True


def changes_by_inotify(aim):
    watcher = call("inotify_init1", 0)
    return call("inotify_add_watch", watcher, aim["folder"].encode(), 0xFFF) >= 0


def changes_by_fanotify(aim):
    return call("fanotify_init", 0, 0) >= 0


def changes_by_dnotify(aim):
    import fcntl

    folder = os.open("/usr", os.O_RDONLY)
    fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_CREATE)
    return True


def same_files_by_kcmp(aim):
    return call("kcmp", os.getpid(), aim["victim"], 2, 0, 0) >= 0


def logs_of_the_machine(aim):
    return os.listdir("/var/log") is not None


def services_of_the_machine(aim):
    return os.listdir("/run") is not None


def console(aim):
    if not os.path.exists("/dev/console"):
        raise Refused(2, "no console")
    return os.open("/dev/console", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK) >= 0
