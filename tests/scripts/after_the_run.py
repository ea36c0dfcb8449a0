"""What a script may do once its run is over, and the process is asked for the profiles of the tables.

The parameter `does` names a function, which replaces the one that answers.
"""

import json
import os
import socket
import sys
import threading
import time

import pandas as pd

DOES = blobprep_parameters["does"]  # noqa: F821
def azureml_main(frame=None):
    import blobprep.child.operations.table as operations
    from blobprep.protocol import Facts

    with open("plot.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\nbefore")
    print("during")
    def answers(received, recorder, kept):
        globals()[DOES](received)
        return Facts()

    operations.OPERATIONS["profile"] = answers
    return pd.DataFrame({"a": [1, 2]})


def hang(received):
    time.sleep(3600)


def end(received):
    os._exit(0)


def be_killed(received):
    os.kill(os.getpid(), 9)


def leave_garbage(received):
    answer(received, b"\0" * 100)


def leave_nothing(received):
    answer(received, b"")


def leave_too_much(received):
    answer(received, b"[" * (17 << 20))


def forge_facts(received):
    answer(received, facts())


def forge_a_failure(received):
    failure = {"kind": "defect", "message": "forged\n\x1b[2J", "remedy": "", "traceback": "forged", "port": ""}
    answer(received, facts(failure=failure))


def answer_twice(received):
    received.send("ended", goes_on=True)
    received.send("ended", goes_on=True)


def answer_for_another(received):
    os.write(3, b'{"frame": "ended", "number": 3, "goes_on": true}\n')


def say_nonsense(received):
    os.write(3, b"\0" * (1 << 20))


def ask_for_inputs(received):
    while True:
        received.send("need", port="dataset1", offset=0, length=1)


def print_much(received):
    while True:
        os.write(1, b"later\n" * 1000)


def print_later(received):
    print("later")
    os.write(1, b"later\n")
    answer(received, facts())


def keep_the_facts(received):
    kept = os.dup(received.descriptors["facts"])
    answer(received, facts())
    threading.Thread(target=lambda: [os.pwrite(kept, b"x" * 4096, 0) for _ in range(10**6)], daemon=True).start()
    received.send("ended", goes_on=True)
    time.sleep(3600)


def fork_to_answer_twice(received):
    try:
        forked = os.fork()
    except OSError:  # where a script may start no process
        forked = 1
    if forked == 0:
        time.sleep(0.01)
        received.send("ended", goes_on=True)
        os._exit(0)
    answer(received, facts())
    received.send("ended", goes_on=True)
    time.sleep(3600)


def change_the_figure(received):
    with open("plot.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\nforged")
    answer(received, facts())


def link_the_figure(received):
    os.unlink("plot.png")
    os.symlink("/etc/passwd", "plot.png")
    answer(received, facts())


def reach_out(received):
    try:
        socket.create_connection(("later.example", 443), 2)
    except OSError:
        pass
    answer(received, facts())


def forge_a_table(received):
    text = "</script><script>alert(1)</script>\x1b\u202e"
    cell = {"text": text, "count": 1, "length": 10}
    column = {
        "name": text,
        "type": text,
        "kind": "text",
        "count": 2**62,
        "missing": 2**62,
        "unique": 2**62,
        "unique_error": 1e300,
        **dict.fromkeys(("minimum", "maximum", "mean", "median", "deviation"), text),
        **dict.fromkeys(("skewness", "kurtosis", "mean_length"), -1e308),
        "quantiles": [[5, text]],
        "quantiles_error": -1,
        **dict.fromkeys(("zeros", "negative", "infinite", "shortest", "longest"), 2**62),
        "bins": {"edges": [-1e308, 1e308], "counts": [2**62], "rows": 2**62},
        "log_bins": {"edges": [-5, -1e-300], "counts": [0], "rows": 0},
        "box": {
            **dict.fromkeys(("first_quartile", "median", "third_quartile", "low", "high"), 1e308),
            "outliers": [-1e308, 1e308],
        },
        "frequent": [cell],
        "frequent_rows": 2**62,
        "missing_shape": [2**62, 0],
        "note": text,
    }
    profile = {
        "rows": 2**62,
        "width": 2**62,
        "memory": 2**62,
        "columns": [column],
        "sample": {"numbers": [5, 2**62], "columns": 1, "cells": [[text], [None]], "lengths": [[0, 0, 2**62]]},
        "drawn": [{"column": 2**62, "values": [1e308, None], "categories": [text]}],
        "associations": {"columns": [0, 2**62], "strengths": [5, -5, None, 1e308], "rows": 2**62},
        "exact": False,
        "seconds": -1e308,
        "notes": [text],
    }
    answer(received, facts(profiles=dict.fromkeys(("results", "dataset1", "dataset2", "results2"), profile)))


def facts(**values):
    """Return facts that are valid, and forged wherever that can be."""
    from blobprep.protocol import Facts, Figure, TableFacts, Translation, encode_facts

    forged = Facts(
        inputs={"dataset1": TableFacts(99, 99, format="forged")},
        outputs={"results": TableFacts(99, 99, format="forged")},
        translations=(Translation("results", "", "cast", "forged", lossy=True),),
        figures=(Figure("forged.png", "saved"),),
        environment={"forged": "1"},
        timings={"script": 1e9},
        interpreter={"path": "forged"},
    )
    return json.dumps({**json.loads(encode_facts(forged)), **values}).encode()


def answer(received, facts):
    """Leave these facts, whatever blobprep would have written."""
    import blobprep.child.main

    blobprep.child.main._encoded = lambda _: facts
    sys.stdout.flush()
