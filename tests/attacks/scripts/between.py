"""Attacks on what comes after: a script that is asked again, in a process that it had to itself before.

The first cell of the dataset says what to do: to attack, or to be honest. Each attack says what it could do about
later requests; the parent must neither hang nor lose its way, and the next run must be its own.
"""

import json
import os
import socket
import threading
import time

PARAMETERS = blobprep_parameters  # noqa: F821
CONTROL, LOG = 3, 4
ASKED = []
KEPT = []


def frame(name, **values):
    return json.dumps({"frame": name, **values}).encode() + b"\n"


def hidden(work):
    """Start a thread that `threading` does not know of."""
    import _thread

    _thread.start_new_thread(work, ())


def forged_end():
    os.write(CONTROL, frame("ended", number=len(ASKED), goes_on=True))


def forged_end_of_the_next():
    os.write(CONTROL, frame("ended", number=len(ASKED) + 1, goes_on=True))


def thread_that_stays():
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


def forged_end_before_the_results():
    forged_end()
    time.sleep(1)


def request_that_is_taken_away():
    KEPT.append(socket.socket(fileno=CONTROL))
    hidden(lambda: [KEPT[0].recvmsg(1 << 16, 4096) for _ in range(10**6)])


def results_that_stay_open():
    KEPT.extend(os.dup(number) for number in range(6, 20) if is_open(number))
    forged_end()
    time.sleep(1)


def log_without_end():
    def pour():
        while True:
            os.write(LOG, b"\2\0\0\0\5later")

    hidden(pour)


def broken_log():
    hidden(lambda: (time.sleep(0.2), os.write(LOG, b"\377" * 1000)))


def late_frames_without_end():
    def pour():
        while True:
            os.write(CONTROL, frame("need", number=len(ASKED), port="dataset1", offset=0, length=1))

    hidden(pour)


def end_between_two():
    hidden(lambda: (time.sleep(0.05), os._exit(0)))


def files_that_change():
    def change():
        for number in range(10**6):
            for name in ("figure.png", "outputs/file.txt"):
                try:
                    os.unlink(name)
                    os.symlink("/etc/passwd", name)
                    os.unlink(name)
                    with open(name, "w") as file:
                        file.write(str(number))
                except OSError:
                    pass

    hidden(change)


def folder_that_is_gone():
    os.chdir("..")
    os.rename("tmp", "work/tmp") if os.access(".", os.W_OK) else None


def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def azureml_main(frame):
    ASKED.append(None)
    what = frame["do"][0]
    if what == "attack":
        globals()[PARAMETERS["attack"]]()
    frame["answer"] = [what]
    return frame
