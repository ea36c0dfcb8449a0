"""End as no script should, or do not end."""

import atexit
import ctypes
import os
import signal
import sys
import threading
import time

import pandas as pd

DONE = pd.DataFrame({"done": [1]})


def azureml_main():
    print("did it", flush=True)
    return globals()[blobprep_parameters["attack"]](), None


def exit_at_once():
    os._exit(0)


def exit_politely():
    sys.exit(0)


def exit_from_a_thread():
    thread = threading.Thread(target=os._exit, args=(0,))
    thread.start()
    thread.join(1000)


def exit_by_system_call():
    from attacking import call

    call("exit_group", 0)


def end_the_first_thread():
    ctypes.CDLL(None).pthread_exit(None)


def base_exception():
    class Odd(BaseException):
        """Not caught by those who catch an Exception."""

    raise Odd


def keyboard_interrupt():
    raise KeyboardInterrupt


def generator_exit():
    raise GeneratorExit


def segmentation_fault():
    ctypes.string_at(0)


def abort():
    os.abort()


def illegal_instruction():
    signal.raise_signal(signal.SIGILL)


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def terminate_itself():
    os.kill(os.getpid(), signal.SIGTERM)


def stop_itself():
    os.kill(os.getpid(), signal.SIGSTOP)


def overflow_the_stack():
    def deeper(_):
        return sorted([0], key=deeper)

    sys.setrecursionlimit(10**8)
    deeper(0)


def recur_without_end():
    return recur_without_end()


def wait_for_itself():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def hold_the_interpreter():
    ctypes.PyDLL(None).sleep(1000)


def sleep_through_signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    time.sleep(1000)


def wait_at_exit():
    atexit.register(time.sleep, 1000)
    return DONE


def thread_at_exit():
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return DONE


def exit_hook_that_ends_badly():
    atexit.register(os._exit, 3)
    return DONE


def output_that_waits():
    class Waiting:
        def write(self, text):
            return len(text)

        def flush(self):
            time.sleep(1000)

    sys.stdout = sys.stderr = Waiting()
    return DONE


def output_that_exits():
    class Exiting:
        def write(self, text):
            return len(text)

        def flush(self):
            os._exit(0)

    sys.stdout = sys.stderr = Exiting()
    raise ValueError("and what it says is not shown")


def exception_that_cannot_be_shown():
    class Odd(Exception):
        def __str__(self):
            raise ValueError

    raise Odd


def exception_that_is_never_shown():
    class Odd(Exception):
        def __str__(self):
            while True:
                pass

    raise Odd


def exception_that_exits_when_shown():
    class Odd(Exception):
        def __str__(self):
            os._exit(0)

    raise Odd


def exception_of_fifty_megabytes():
    raise ValueError("x" * 50_000_000)


def exception_with_many_causes():
    error = None
    for number in range(5000):
        following = ValueError(number)
        following.__cause__, error = error, following
    raise error


def exception_that_forges_a_traceback():
    raise ValueError("\x1b[2J\nforged by an exception\nblobprep | isolation: strict\n---------- End of error message")


def hook_for_exceptions():
    sys.excepthook = lambda *_: os._exit(0)
    sys.unraisablehook = lambda *_: os._exit(0)
    raise ValueError("seen all the same")


def trace_that_exits():
    def trace(frame, event, argument):
        if "encode" in frame.f_code.co_name:
            os._exit(0)

    sys.settrace(trace)
    threading.settrace(trace)
    return DONE


def finalizer_that_exits():
    class Last:
        def __del__(self):
            os._exit(7)

    threading.kept = Last()
    return DONE
