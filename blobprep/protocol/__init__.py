"""What parent and child say to each other: JSON shapes and frames. Pure.

The two processes share six descriptors from the start, numbered the same at every isolation level:

    0   /dev/null
    1   the child's raw standard output      2   its raw standard error
    3   the control socket: one JSON object a line, both ways
    4   the log: records of Python's own streams, in order (see `LogRecord`)
    5   the broker's socket, the way to the network (see `blobprep.dialing`)

The child confines itself, says `confined` and by what measures, imports its libraries, says `prepared` and waits; where
it cannot confine itself, or can still do what it must not, it says `unconfined` and why, and ends. The parent answers
`confined` with one `ask` frame, which carries the descriptors of inputs and outputs in the order of `Ask.descriptors`.
While inputs arrive the parent says `filled`, and the child may say `need`. A limit of time runs from `prepared` on.
Before any code of the user's the child says `script`: what it claims afterwards is the script's word, and it needs no
more ranges. At the end the
child writes its `Facts` to the descriptor of that name and says `ended`. Frames are claims: the parent believes no more
of them than it can check.
"""

from __future__ import annotations

from blobprep.protocol.frames import (
    decode_ask,
    decode_facts,
    decode_frame,
    encode_ask,
    encode_facts,
    encode_frame,
    excess,
    pack_record,
    unpack_records,
)
from blobprep.protocol.shapes import (
    BROKER_FD,
    CONTROL_FD,
    EXAMPLE_LIMIT,
    FACTS_LIMIT,
    FRAME_LIMIT,
    LOG_FD,
    NOTE_STREAM,
    OUTPUTS,
    PORTS,
    STAGES,
    STDERR_STREAM,
    STDOUT_STREAM,
    TRACEBACK_LIMIT,
    VALUES_LIMIT,
    Ask,
    AskedDataset,
    AskedPart,
    AskedResults,
    Cell,
    Facts,
    Failure,
    FailureKind,
    Figure,
    FrameError,
    LogRecord,
    Operation,
    TableFacts,
    Translation,
    cut_traceback,
)

__all__ = [
    "BROKER_FD",
    "CONTROL_FD",
    "EXAMPLE_LIMIT",
    "FACTS_LIMIT",
    "FRAME_LIMIT",
    "LOG_FD",
    "NOTE_STREAM",
    "OUTPUTS",
    "PORTS",
    "STAGES",
    "STDERR_STREAM",
    "STDOUT_STREAM",
    "TRACEBACK_LIMIT",
    "VALUES_LIMIT",
    "Ask",
    "AskedDataset",
    "AskedPart",
    "AskedResults",
    "Cell",
    "Facts",
    "Failure",
    "FailureKind",
    "Figure",
    "FrameError",
    "LogRecord",
    "Operation",
    "TableFacts",
    "Translation",
    "cut_traceback",
    "decode_ask",
    "decode_facts",
    "decode_frame",
    "encode_ask",
    "encode_facts",
    "encode_frame",
    "excess",
    "pack_record",
    "unpack_records",
]
