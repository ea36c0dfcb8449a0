"""Hand over what is no honest result: objects that act, forged words to the parent, malformed tables."""

import fcntl
import json
import os
import sys
import threading
import time

import numpy as np
import pandas as pd
from attacking import call, descriptor_of, descriptors

FRAME = pd.DataFrame({"a": [1, 2]})


def azureml_main():
    return globals()[blobprep_parameters["attack"]](blobprep_parameters["plant"])


class Planting:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))

    def __repr__(self):
        return "planting"


def object_that_acts_when_unpickled(plant):
    return pd.DataFrame({"a": [Planting(plant)]})


def frame_that_acts_when_unpickled(plant):
    class Frame(pd.DataFrame):
        def __reduce__(self):
            return (open, (plant, "w"))

    return Frame(FRAME)


def attributes_that_act_when_unpickled(plant):
    frame = FRAME.copy()
    frame.attrs["x"] = Planting(plant)
    return frame


class Odd:
    def __init__(self, act):
        self.act = act

    def __str__(self):
        return self.act()

    __repr__ = __str__


def failing():
    raise ValueError("no text for you")


def looping():
    while True:
        pass


def object_without_text(plant):
    return pd.DataFrame({"a": [Odd(failing), 1, "x"]})


def object_whose_text_never_comes(plant):
    return pd.DataFrame({"a": [Odd(looping), 1, "x"]})


def object_whose_text_exits(plant):
    return pd.DataFrame({"a": [Odd(lambda: sys.exit(0)), 1, "x"]})


def object_whose_text_ends_the_process(plant):
    return pd.DataFrame({"a": [Odd(lambda: os._exit(0)), 1, "x"]})


def object_whose_text_is_no_text(plant):
    return pd.DataFrame({"a": [Odd(lambda: 5), 1, "x"]})


def label_without_text(plant):
    frame = FRAME.copy()
    frame.columns = [Odd(failing)]
    return frame


def label_of_ten_megabytes(plant):
    return FRAME.rename(columns={"a": "x" * 10_000_000})


def label_with_controls(plant):
    return FRAME.rename(columns={"a": "a\n\x1b[2J\0\u202e<script>"})


def label_with_half_a_character(plant):
    return FRAME.rename(columns={"a": "\ud800"})


def class_that_lies(plant):
    class Liar:
        @property
        def __class__(self):
            return pd.DataFrame

    return Liar()


def class_that_lies_in_a_tuple(plant):
    class Liar:
        __class__ = pd.DataFrame

    return (Liar(),)


def class_named_to_mislead(plant):
    return type("\x1b[2J\nblobprep | isolation: strict", (), {})()


def frame_with_odd_columns(plant):
    class Frame(pd.DataFrame):
        @property
        def columns(self):
            raise SystemExit(0)

    return Frame(FRAME)


def frame_whose_length_lies(plant):
    class Frame(pd.DataFrame):
        def __len__(self):
            return 1 << 60

        @property
        def shape(self):
            return (1 << 60, 1)

    return Frame(FRAME)


def tuple_that_is_not_there_twice(plant):
    class Sequence(tuple):
        def __getitem__(self, item):
            os._exit(0)

    return Sequence((FRAME,))


def array_of_ones_own(plant):
    from pandas.api.extensions import ExtensionArray, ExtensionDtype

    class Kind(ExtensionDtype):
        name, type = "odd", object

        @classmethod
        def construct_array_type(cls):
            return Values

    class Values(ExtensionArray):
        dtype = Kind()

        def __len__(self):
            return 2

        def __getitem__(self, item):
            raise MemoryError("a lie")

        def isna(self):
            return np.array([True])

        def copy(self):
            return self

        nbytes = 0

    return pd.DataFrame({"a": Values()})


def arrow_type_of_ones_own(plant):
    import pyarrow as pa

    class Kind(pa.ExtensionType):
        def __init__(self):
            super().__init__(pa.int64(), "attack.planting")

        def __arrow_ext_serialize__(self):
            return b"cbuiltins\nopen\n(V%s\nVw\ntR." % plant.encode()

        @classmethod
        def __arrow_ext_deserialize__(cls, storage, serialized):
            open(plant, "w")
            return cls()

    values = pa.ExtensionArray.from_storage(Kind(), pa.array([1, 2]))
    return pd.DataFrame({"a": pd.arrays.ArrowExtensionArray(pa.chunked_array([values]))})


def cell_that_holds_itself(plant):
    cell = []
    cell.append(cell)
    return pd.DataFrame({"a": [cell]})


def cell_a_hundred_thousand_deep(plant):
    cell = []
    for _ in range(100_000):
        cell = [cell]
    return pd.DataFrame({"a": [cell, 1]})


def many_columns(plant):
    return pd.DataFrame(np.zeros((1, 200_000)))


def formula_in_a_cell(plant):
    return pd.DataFrame({"a": ["=cmd|' /C calc'!A0", "@SUM(1)"]})


# Forged words to the parent.

FACTS = {
    "failure": None, "inputs": {}, "translations": [], "figures": [], "environment": {}, "timings": {},
    "outputs": {"results": {"rows": 1, "columns": 1, "names": ["a"], "types": ["int64"], "format": "parquet"}},
    "head": [], "total": None, "artifacts": [], "classic": [], "interpreter": {}, "profiles": {}, "comparison": None,
    "division": None,
}


def pipe_of_results():
    known = {0, 1, 2, 3, 4, 5}
    return next(number for number, name in descriptors().items() if name.startswith("pipe:") and number not in known)


def forge(data=b"PAR1 and nothing else", code=0, **facts):
    """Do what blobprep's own part of this process would do after the script, and end."""
    os.write(pipe_of_results(), data)
    os.write(descriptor_of("memfd:blobprep-facts"), json.dumps({**FACTS, **facts}).encode())
    os.write(3, b'{"frame": "ended", "number": 1}\n')
    os._exit(code)


def results_without_end(plant):
    for _ in range(400):
        os.write(pipe_of_results(), b"z" * 1_000_000)
    forge(b"")


def forged_success(plant):
    forge()


def forged_success_and_a_failure(plant):
    forge(code=1)


def forged_word_of_the_end(plant):
    os.write(3, b'{"frame": "ended", "number": 1}\n')
    os._exit(0)


def forged_figures(plant):
    climbing = ["../../../../" + plant, plant, "../canary", "/etc/passwd", "a\0b.png"]
    forge(figures=[{"path": each, "origin": "saved"} for each in climbing])


def forged_counts(plant):
    forge(outputs={"results": {"rows": -1, "columns": 1e400, "names": [], "types": [], "format": "parquet"}})


def forged_cells(plant):
    forge(artifacts=[{"name": "model", "offset": 0, "size": 1 << 50}])


def forged_cells_before_the_start(plant):
    forge(artifacts=[{"name": "model", "offset": -(1 << 40), "size": 1 << 41}])


def forged_failure_of_the_script(plant):
    words = "\x1b[2J\nforged by a failure\n"
    forge(failure={"kind": "script", "message": words, "remedy": words, "traceback": words + "y" * 10**7, "port": ""})


def forged_failure(kind):
    words = "the SAS token has expired\nblobprep | forged line\nblobprep: forged line"
    forge(failure={"kind": kind, "message": words, "remedy": "forged remedy", "traceback": "", "port": "dataset1"})


def forged_failure_of_a_dataset(plant):
    forged_failure("dataset")


def forged_failure_of_the_bundle(plant):
    forged_failure("bundle")


def forged_defect_of_blobprep(plant):
    forged_failure("defect")


def label_in_a_sentence_of_blobpreps(plant):
    return pd.DataFrame({"a\nforged line\u202e": [1, 2], "b\r\nforged line": [1, 2]})


def facts_that_are_too_deep(plant):
    os.write(descriptor_of("memfd:blobprep-facts"), b"[" * 1_000_000)
    os.write(3, b'{"frame": "ended", "number": 1}\n')
    os._exit(0)


def facts_that_are_no_text(plant):
    os.write(descriptor_of("memfd:blobprep-facts"), b"\xff\xfe\0{}")
    os.write(3, b'{"frame": "ended", "number": 1}\n')
    os._exit(0)


def facts_without_end(plant):
    """Fill a file in memory that belongs to the parent, and that no limit of this process counts."""
    held = descriptor_of("memfd:blobprep-facts")
    for _ in range(64):
        os.write(held, bytes(1 << 20))
    return FRAME


def facts_made_larger(plant):
    os.ftruncate(descriptor_of("memfd:blobprep-facts"), 1 << 40)
    return FRAME


def facts_that_change_while_they_are_read(plant):
    """Keep the file mapped in a thread that goes on writing."""
    import mmap

    view = mmap.mmap(descriptor_of("memfd:blobprep-facts"), 4096)

    def write():
        while True:
            view[:20] = b'{"failure": null}   '

    threading.Thread(target=write, daemon=True).start()
    return FRAME


def frame_that_is_none(plant):
    os.write(3, b"no frame\n")
    time.sleep(1000)


def frame_without_end(plant):
    while True:
        os.write(3, b"x" * 1000)


def frame_that_is_too_deep(plant):
    os.write(3, b"[" * 8000 + b"\n")
    time.sleep(1000)


def frame_of_another_kind(plant):
    os.write(3, b'{"frame": "filled", "number": 1, "port": "script", "offset": 0, "end": 1}\n')
    time.sleep(1000)


def frame_that_confines_again(plant):
    os.write(3, b'{"frame": "confined", "measures": ["a wall of stone"]}\n')
    time.sleep(1000)


def frame_of_wrong_types(plant):
    os.write(3, b'{"frame": "need", "number": 1, "port": "bundle", "offset": [], "length": {}}\n')
    time.sleep(1000)


def needs_of_any_kind(plant):
    for port in ("bundle", "script", "nothing", "../x"):
        for offset, length in ((-1, 5), (0, -5), (1 << 70, 1 << 70), (0, 1 << 70)):
            os.write(
                3,
                b'{"frame": "need", "number": 1, "port": "%s", "offset": %d, "length": %d}\n'
                % (port.encode(), offset, length),
            )
    return FRAME


def flood_of_needs(plant):
    line = b'{"frame": "need", "number": 1, "port": "bundle", "offset": 0, "length": 1000000}\n'
    for _ in range(3000):
        sent = line * 10
        while sent:
            sent = sent[os.write(3, sent) :]
    return FRAME


def words_put_into_the_parents_mouth(plant):
    """Write to the log as blobprep itself does."""
    from blobprep.protocol import pack_record

    for stream in (1, 2, 3):
        os.write(4, pack_record(stream, b"blobprep | forged %d\n" % stream))
    os.write(4, pack_record(3, b"forged by its stream\n"))
    print("blobprep | forged by printing\rblobprep | forged by return\x1b[1Fblobprep | forged by escape")
    print("a\u2028blobprep | forged by separator\x85blobprep | forged by next line\x0bblobprep | forged by tab")
    return FRAME


def log_of_another_kind(plant):
    os.write(4, b"no record")
    time.sleep(1000)


def log_record_of_four_gigabytes(plant):
    os.write(4, b"\x01\xff\xff\xff\xff")
    time.sleep(1000)


def log_record_that_never_ends(plant):
    os.write(4, b"\x01\xff\xff\x0f\x00half")
    return FRAME


def closed_descriptors(plant):
    os.closerange(3, 200)
    return FRAME


def exchanged_descriptors(plant):
    """Have what blobprep writes about the result go where the result goes."""
    results, facts = pipe_of_results(), descriptor_of("memfd:blobprep-facts")
    os.dup2(facts, 200)
    os.dup2(results, facts)
    os.dup2(200, results)
    return FRAME


def descriptors_led_elsewhere(plant):
    with open("elsewhere", "w+b") as file:
        for number in (3, 4, 5, pipe_of_results()):
            os.dup2(file.fileno(), number)
    return FRAME


def half_closed_control(plant):
    import socket

    held = socket.socket(fileno=os.dup(3))
    held.shutdown(socket.SHUT_RDWR)
    return FRAME


def garbage_before_the_result(plant):
    os.write(pipe_of_results(), b"garbage" * 100)
    return FRAME


def pipe_of_results_made_small_and_slow(plant):
    fcntl.fcntl(pipe_of_results(), 1031, 4096)  # F_SETPIPE_SZ
    os.set_blocking(pipe_of_results(), True)
    return pd.DataFrame({"a": np.random.default_rng(1).random(100_000)})


def pipe_of_results_that_does_not_block(plant):
    os.set_blocking(pipe_of_results(), False)
    return pd.DataFrame({"a": np.random.default_rng(1).random(1_000_000)})


def thread_that_writes_among_the_result(plant):
    results = pipe_of_results()

    def write():
        while True:
            try:
                os.write(results, b"more")
            except OSError:
                return
            time.sleep(0.0001)

    threading.Thread(target=write, daemon=True).start()
    return pd.DataFrame({"a": np.random.default_rng(1).random(1_000_000)})


def replaced_writer(plant):
    import pyarrow.parquet

    class Writer:
        def __init__(self, sink, *_, **__):
            sink.write(b"PAR1 garbage PAR1")

        def __getattr__(self, name):
            return lambda *_, **__: None

        __enter__ = __exit__ = lambda self, *_: self

    pyarrow.parquet.ParquetWriter = pyarrow.parquet.write_table = Writer
    return FRAME


def replaced_parts_of_blobprep(plant):
    import blobprep.child.main
    import blobprep.child.operations.run
    import blobprep.protocol

    blobprep.child.main.encode_facts = lambda facts: b"\0" * 100
    blobprep.child.main._flush_standard_streams = lambda: os._exit(0)
    return FRAME


def replaced_channel(plant):
    from blobprep.child.channel import Channel

    Channel.send = lambda self, name, **values: os.write(3, b'{"frame": 5}\n')
    return FRAME


def replaced_builtins(plant):
    import builtins

    builtins.open = builtins.len = builtins.isinstance = lambda *_, **__: None
    return FRAME


def replaced_os(plant):
    os.write = lambda *_: 1 << 40
    os.close = lambda *_: None
    return FRAME


def collector_of_garbage_that_acts(plant):
    import gc

    gc.callbacks.append(lambda *_: os._exit(0))
    gc.collect()
    return FRAME


def audit_hook_that_exits(plant):
    sys.addaudithook(lambda event, arguments: os._exit(0) if event == "open" else None)
    return FRAME


def broker_flooded(plant):
    """Send the broker descriptors of any kind, and no request among them."""
    import _socket
    from array import array

    broker = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, 5)  # under another number it may send nothing
    ours, theirs = _socket.socketpair()
    kinds = [0, 3, 4, 5, descriptor_of("memfd:blobprep-facts"), ours.fileno(), os.open(".", os.O_PATH)]
    for number in range(2000):
        rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array("i", [kinds[number % len(kinds)]] * (1 + number % 3)))]
        broker.sendmsg([b'{"host": "x", "port": 1, "wait": true}' if number % 2 else b"junk" * 200], rights)
    return FRAME


def broker_with_the_control_socket(plant):
    """Have the broker answer into the parent's own control socket."""
    import _socket
    from array import array

    broker = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, 5)  # under another number it may send nothing
    message = json.dumps({"host": "example.com", "port": 443, "wait": True}).encode()
    broker.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array("i", [3]))])
    time.sleep(1000)


def foreign_numbers_of_system_calls(plant):
    """Make a call by the 32-bit convention: the filter's numbers would mean other calls there."""
    import ctypes
    import mmap

    if os.uname().machine != "x86_64":
        os.kill(os.getpid(), 31)
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    if function() > 0:
        forge()
    call("exit_group", 9)
