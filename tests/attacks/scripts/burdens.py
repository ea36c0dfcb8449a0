"""Have the parent pay: with memory, or with lines of its own, for what costs a script little."""

import array
import json
import os
import struct
import time

import pandas as pd
from attacking import descriptor_of, descriptors

DONE = pd.DataFrame({"done": [1]})
FACTS = {
    "failure": None,
    "inputs": {},
    "outputs": {"results": {"rows": 1, "columns": 1, "names": ["a"], "types": ["int64"], "format": "parquet"}},
    "translations": [],
    "figures": [],
    "environment": {},
    "timings": {},
    "head": [],
    "total": None,
    "artifacts": [],
    "classic": [],
    "interpreter": {},
    "profiles": {},
    "comparison": None,
    "division": None,
}
ENTRY = {"port": "results", "column": "", "kind": "cast", "detail": "x", "lossy": True, "remedy": ""}


def azureml_main():
    globals()[blobprep_parameters["attack"]]()
    return DONE, None


def said(facts):
    """Say facts as blobprep's own part of this process does, and end."""
    pipe = next(number for number, target in descriptors().items() if target.startswith("pipe:") and number > 5)
    os.write(pipe, b"PAR1")
    sent = facts.encode()[: 16 << 20]
    while sent:
        sent = sent[os.write(descriptor_of("memfd:blobprep-facts"), sent) :]
    os.write(3, b'{"frame": "ended", "number": 1}\n')
    os._exit(0)


def poured(descriptor, data, seconds):
    """Write something over and over for a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sent = data
        while sent:
            sent = sent[os.write(descriptor, sent) :]


def empty_lines_each_in_a_record():
    poured(4, (struct.pack("<BI", 1, 1) + b"\n") * 10_000, 8)


def records_without_a_byte():
    poured(4, struct.pack("<BI", 1, 0) * 10_000, 8)


def facts_of_lists():
    said(json.dumps(FACTS).replace('"head": []', '"head": [' + "[]," * 5_000_000 + "[]]"))


def facts_of_objects():
    said(json.dumps(FACTS).replace('"translations": []', '"translations": [' + "{}," * 5_000_000 + "{}]"))


def facts_of_names():
    said(json.dumps({**FACTS, "environment": {"%x" % number: "" for number in range(1_200_000)}}))


def times_that_are_lines_of_blobpreps():
    said(json.dumps({**FACTS, "timings": {"succeeded  run 1  manifest  az://elsewhere/manifest.json": 1}}))


def entry_that_is_a_line_of_blobpreps():
    said(json.dumps({**FACTS, "translations": [{**ENTRY, "port": "nothing: succeeded", "count": None, "example": ""}]}))


def forged_promise_of_no_loss():
    failure = {"kind": "lossless", "message": "forged\nblobprep: forged", "remedy": "", "traceback": "", "port": ""}
    said(json.dumps({**FACTS, "failure": failure}))


def needs_when_all_is_there():
    poured(3, b'{"frame": "need", "number": 1, "port": "x", "offset": 0, "length": 1}\n' * 4000, 3)


def needs_of_an_earlier_request():
    poured(3, b'{"frame": "need", "number": 0, "port": "x", "offset": 0, "length": 1}\n' * 4000, 3)


def word_that_was_said():
    poured(3, b'{"frame": "script", "number": 1}\n' * 4000, 3)


def end_said_over_and_over():
    poured(3, b'{"frame": "ended", "number": 1}\n' * 4000, 3)


def requests_that_are_refused():
    import _socket

    broker = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, 5)  # under another number it may send nothing
    message = json.dumps({"host": "example.com", "port": 443, "wait": False}).encode()
    until = time.monotonic() + 5
    ours, theirs = _socket.socketpair()
    while time.monotonic() < until:
        rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))]
        broker.sendmsg([message], rights)
        try:
            ours.recv(1 << 16, _socket.MSG_DONTWAIT)
        except OSError:
            pass


def names_that_are_refused():
    open("file", "w").close()
    for number in range(30_000):
        os.link("file", "%05d%s.png" % (number, "x" * 200))
        os.link("file", "outputs/%05d%s" % (number, "x" * 200))


def names_that_are_sentences():
    open("outputs/nothing; blobprep advises: forged", "w").close()
