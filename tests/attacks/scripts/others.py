"""Act on other processes and the machine: signals, limits, processes of its own, namespaces, keys, the kernel."""

import ctypes
import fcntl
import os
import resource
import signal
import struct
import subprocess
import sys
import threading

from attacking import LIBRARY, NUMBERS, Refused, attempt_all, call


def azureml_main():
    return attempt_all(globals(), blobprep_parameters)


def end_another(aim):
    os.kill(aim["victim"], signal.SIGKILL)


def stop_another(aim):
    os.kill(aim["victim"], signal.SIGSTOP)


def end_another_by_thread(aim):
    call("tkill", aim["victim"], signal.SIGKILL)


def end_another_by_group_and_thread(aim):
    call("tgkill", aim["victim"], aim["victim"], signal.SIGKILL)


def end_the_group_of_another(aim):
    os.killpg(aim["victim"], signal.SIGKILL)


def signal_the_parent(aim):
    os.kill(aim["parent"], aim["signal"])


def signal_the_parent_with_a_value(aim):
    info = struct.pack("iiiiII", aim["signal"], 0, -1, 0, os.getpid(), os.getuid()).ljust(128, b"\0")
    call("rt_sigqueueinfo", aim["parent"], aim["signal"], info)


def signal_the_parent_by_descriptor(aim):
    held = call("pidfd_open", aim["parent"], 0)
    call("pidfd_send_signal", held, aim["signal"], None, 0)


def signal_when_readable(aim, own=lambda held, pid: fcntl.fcntl(held, fcntl.F_SETOWN, pid)):
    """Have the kernel signal the parent when bytes arrive."""
    ours, theirs = os.pipe()
    own(ours, aim["parent"])
    fcntl.fcntl(ours, fcntl.F_SETSIG, aim["signal"])
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(theirs, b"x")


def signal_when_readable_by_ioctl(aim):
    import socket

    def own(held, pid):
        fcntl.ioctl(held, 0x8901, struct.pack("i", pid))  # FIOSETOWN

    ours, theirs = socket.socketpair()
    own(ours.fileno(), aim["parent"])
    fcntl.fcntl(ours, fcntl.F_SETSIG, aim["signal"])
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    theirs.send(b"x")


def signal_when_readable_by_owner(aim):
    def own(held, pid):
        fcntl.fcntl(held, 15, struct.pack("ii", 1, pid))  # F_SETOWN_EX, F_OWNER_PID

    signal_when_readable(aim, own)


def priority_of_another(aim):
    os.setpriority(os.PRIO_PROCESS, aim["victim"], 19)


def processors_of_another(aim):
    os.sched_setaffinity(aim["victim"], {0})


def scheduler_of_another(aim):
    os.sched_setscheduler(aim["victim"], os.SCHED_IDLE, os.sched_param(0))


def disk_priority_of_another(aim):
    call("ioprio_set", 1, aim["victim"], 3 << 13)


def group_of_another(aim):
    return bool(os.getpgid(aim["victim"]))


def session_of_another(aim):
    return bool(os.getsid(aim["victim"]))


def priority_seen_of_another(aim):
    os.getpriority(os.PRIO_PROCESS, aim["victim"])
    return True


def processors_seen_of_another(aim):
    return bool(os.sched_getaffinity(aim["victim"]))


def scheduler_seen_of_another(aim):
    os.sched_getscheduler(aim["victim"])
    return True


def attributes_seen_of_another(aim):
    call("sched_getattr", aim["victim"], ctypes.create_string_buffer(56), 56, 0)
    return True


def time_slice_of_another(aim):
    call("sched_rr_get_interval", aim["victim"], ctypes.create_string_buffer(16))
    return True


def capabilities_of_another(aim):
    call("capget", struct.pack("Ii", 0x20080522, aim["victim"]), ctypes.create_string_buffer(24))
    return True


def disk_priority_seen_of_another(aim):
    call("ioprio_get", 1, aim["victim"])
    return True


def locks_of_another(aim):
    call("get_robust_list", aim["victim"], ctypes.create_string_buffer(8), ctypes.create_string_buffer(8))
    return True


def limits_of_another(aim):
    resource.prlimit(aim["victim"], resource.RLIMIT_NOFILE, (1, 1))


def trace_another(aim):
    call("ptrace", 16, aim["victim"], None, None)
    return True


def seize_another(aim):
    call("ptrace", 0x4206, aim["victim"], None, None)
    return True


def write_to_the_memory_of_another(aim):
    with open("/proc/%d/mem" % aim["victim"], "r+b"):
        return True


def process_vm_writev(aim):
    buffer = ctypes.create_string_buffer(8)
    with open("/proc/%d/stat" % aim["victim"]) as stat:
        start = int(stat.read().rpartition(")")[2].split()[25])
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    theirs = (ctypes.c_size_t * 2)(start - 4096, 8)
    return call("process_vm_writev", aim["victim"], ours, 1, theirs, 1, 0) > 0


def what_ends_first(aim):
    with open("/proc/%d/oom_score_adj" % aim["victim"], "w") as file:
        file.write("1000")
    return True


def fork(aim):
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def fork_twice(aim):
    pid = os.fork()
    if not pid:
        os.setsid()
        os.fork()
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def clone(aim):
    pid = call("clone", signal.SIGCHLD, 0, 0, 0, 0)
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def clone_sharing_memory(aim):
    """As `posix_spawn` does: a process that is no thread, on a stack of its own."""
    return subprocess.run(["/bin/true"], close_fds=False, check=True).returncode == 0


def clone3(aim):
    arguments = struct.pack("11Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0)
    pid = call("clone3", arguments, len(arguments))
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def spawn(aim):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    return True


def pool(aim):
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(1) as made:
        return made.apply(abs, (-1,)) == 1


def shell(aim):
    if os.system("true"):
        raise Refused(11, "no shell")
    return True


def execute(aim):
    """Become another program; it says what the attack would have said."""
    os.execv("/bin/echo", ["echo", 'attack ["execute", "did it"]'])


def execute_what_was_planted(aim):
    with open("planted", "w") as file:
        file.write('#!/bin/sh\necho \'attack ["execute_what_was_planted", "did it"]\'\n')
    os.chmod("planted", 0o755)
    os.execv("./planted", ["planted"])


def execute_by_descriptor(aim):
    held = os.open("/bin/echo", os.O_RDONLY)
    os.execve(held, ["echo", 'attack ["execute_by_descriptor", "did it"]'], {})


def execute_from_memory(aim):
    held = os.memfd_create("program", 0)
    with open("/bin/echo", "rb") as program:
        os.write(held, program.read())
    os.execve(held, ["echo", 'attack ["execute_from_memory", "did it"]'], {})


def memory_file(aim):
    return os.memfd_create("x") >= 0


def secret_memory(aim):
    return call("memfd_secret", 0) >= 0


def shared_memory(aim):
    held = call("shmget", 0, 4096, 0o1600)
    call("shmctl", held, 0, None)
    return True


def semaphores(aim):
    held = call("semget", 0, 1, 0o1600)
    call("semctl", held, 0, 0)
    return True


def queue_of_messages(aim):
    held = call("msgget", 0, 0o1600)
    call("msgctl", held, 0, None)
    return True


def queue_by_name(aim):
    attributes = struct.pack("8l", 0, 1, 8, 0, 0, 0, 0, 0)
    name = b"blobprep-attack"
    os.close(call("mq_open", name, os.O_CREAT | os.O_RDWR, 0o600, attributes))
    call("mq_unlink", name)
    return True


def named_memory(aim):
    from multiprocessing.shared_memory import SharedMemory

    made = SharedMemory(create=True, size=4096)
    made.close()
    made.unlink()
    return True


def users_of_its_own(aim):
    call("unshare", 0x10000000)
    return True


def files_of_its_own(aim):
    call("unshare", 0x00020000)
    return True


def network_of_its_own(aim):
    call("unshare", 0x40000000)
    return True


def clone_into_a_namespace(aim):
    pid = call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def namespace_of_another(aim):
    with open("/proc/%d/ns/mnt" % aim["victim"]) as held:
        call("setns", held.fileno(), 0)
    return True


def mount(aim):
    call("mount", b"none", b".", b"tmpfs", 0, None)
    call("umount2", b".", 2)
    return True


def mount_by_descriptor(aim):
    return call("fsopen", b"tmpfs", 0) >= 0


def tree_of_mounts(aim):
    return call("open_tree", -100, b"/", 1) >= 0


def change_root(aim):
    os.chroot("/")
    return True


def key_ring(aim):
    return call("keyctl", 1, None, 0, 0, 0) >= 0


def key(aim):
    return call("add_key", b"user", b"attack", b"x", 1, -2) >= 0


def another_user(aim):
    os.setresuid(12345, 12345, 12345)
    return True


def another_group(aim):
    os.setgroups([0, 4, 27])
    return True


def capabilities(aim):
    header = struct.pack("Ii", 0x20080522, 0)
    call("capset", header, struct.pack("6I", 1 << 7, 1 << 7, 1 << 7, 0, 0, 0))
    return True


def survive_the_guard(aim):
    if LIBRARY.prctl(1, 0, 0, 0, 0):
        raise Refused(1, "refused")
    return True


def let_others_trace(aim):
    if LIBRARY.prctl(0x59616D61, -1, 0, 0, 0) and LIBRARY.prctl(4, 0, 0, 0, 0):
        raise Refused(1, "refused")
    return True


def adopt_orphans(aim):
    if LIBRARY.prctl(36, 1, 0, 0, 0):
        raise Refused(1, "refused")
    return True


def another_personality(aim):
    return call("personality", 0x0040000) >= 0


def filter_with_a_listener(aim):
    code = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
    held = ctypes.create_string_buffer(code)
    LIBRARY.prctl(38, 1, 0, 0, 0)
    return call("seccomp", 1, 8, struct.pack("HxxxxxxQ", 1, ctypes.addressof(held))) >= 0


def another_ruleset(aim):
    return call("landlock_create_ruleset", struct.pack("Q", 1), 8, 0) >= 0


def programs_in_the_kernel(aim):
    return call("bpf", 0, struct.pack("IIII", 2, 4, 4, 1).ljust(64, b"\0"), 64) >= 0


def performance_of_others(aim):
    attributes = struct.pack("IIQ", 1, 112, 0).ljust(112, b"\0")
    return call("perf_event_open", attributes, aim["victim"], -1, -1, 0) >= 0


def faults_handled_here(aim):
    return call("userfaultfd", 1) >= 0


def ports_of_the_machine(aim):
    call("iopl", 3)
    return True


def name_of_the_machine(aim):
    name = os.uname().nodename.encode()
    call("sethostname", name, len(name))
    return True


def clock_of_the_machine(aim):
    call("settimeofday", None, None)  # sets nothing, where it may
    return True


def swap(aim):
    try:
        call("swapoff", b"/nonexistent")
    except OSError as error:
        if error.errno == 2:  # it may, and looks for it
            return True
        raise


def accounting(aim):
    call("acct", None)
    return True


def modules(aim):
    try:
        call("delete_module", b"nonexistent", 0)
    except OSError as error:
        if error.errno == 2:
            return True
        raise


def quota(aim):
    try:
        call("quotactl", 0x800002 << 8, b"/nonexistent", 0, None)
    except OSError as error:
        if error.errno == 2:
            return True
        raise


def hang_up_the_terminal(aim):
    call("vhangup")
    return True


def limits_of_its_own_raised(aim):
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
    return True


def faster_than_others(aim):
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return True


def nicer_to_itself(aim):
    os.setpriority(os.PRIO_PROCESS, 0, -5)
    return True


def pages_of_another(aim):
    return call("move_pages", aim["victim"], 0, None, None, None, 0) >= 0


def advice_about_another(aim):
    held = call("pidfd_open", aim["victim"], 0)
    vector = struct.pack("QQ", 0, 0)
    return call("process_madvise", held, vector, 1, 20, 0) >= 0


def a_thread_less_confined(aim):
    """Have threads that libraries started, before this script came, open the file for us by a handler of signals."""
    import time

    import numpy

    numpy.ones((600, 600)) @ numpy.ones((600, 600))
    path, found = aim["file"].encode(), ctypes.create_string_buffer(4000)
    library = ctypes.PyDLL(None)

    def handler(number):
        held = library.open(path, 0)
        if held >= 0:
            library.read(held, found, 4000)

    kept = ctypes.CFUNCTYPE(None, ctypes.c_int)(handler)
    LIBRARY.signal(signal.SIGUSR2, kept)
    for thread in range(os.getpid() + 1, os.getpid() + 100):  # threads are numbered as processes are
        LIBRARY.syscall(ctypes.c_long(NUMBERS["tgkill"]), os.getpid(), thread, int(signal.SIGUSR2))
    threading.Thread(target=lambda: None).start()
    signal.raise_signal(signal.SIGUSR2)
    for _ in range(50):
        if found.value:
            break
        time.sleep(0.01)
    LIBRARY.signal(signal.SIGUSR2, 1)
    aim["keep"] = kept
    return found.value


def what_is_left_of_tracing(aim):
    sys.settrace(None)
    return call("ptrace", 0, 0, None, None) == 0  # PTRACE_TRACEME
