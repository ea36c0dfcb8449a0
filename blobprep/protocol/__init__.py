"""What parent and child say to each other: JSON shapes and frames. Pure.

shapes              the shapes as plain data, and their limits
frames              shapes as frames, log records as bytes, and the checks on both
classic_cells       how a web service spells a cell of its answer
profiles            the shapes of what is known of a table
profile_checks      the checks on these; both are loaded where a profile is asked for
comparisons         the shapes of how two tables differ
comparison_checks   the checks on these; loaded likewise
preparation         the first frame: what a child prepares for
divisions           the shapes of dividing one blob among several runs
combinations        the shape of combining many datasets into one
value_checks        the checks on single values that these two have in common

A child's processes have six descriptors from the start, numbered the same at the levels `process` and `strict`; at
`off` the harness in the caller's process uses 3 and 4 under other numbers, and has no broker:

    0   /dev/null (under a debugger: the terminal, also for 1 and 2)
    1   the child's raw standard output      2   its raw standard error
    3   the control socket: one JSON object a line, both ways
    4   the log: records of Python's own streams, in order (see `LogRecord`)
    5   the broker's socket, the way to the network (see `blobprep.dialing`)

A session is one child's life. It begins once:

    parent  `prepare`     the operation to prepare for, the plan of confinement, the way to the network, and the other
                          interpreter that runs the script, if any
    child   `confined`    it has confined itself, and by which measures; or
            `unconfined`  it could not, or can still do what it must not, and why; then it ends
    child   `prepared`    it has imported its libraries; CPU time counts from here

The child reads exactly `prepare` before it confines itself, and the parent sends nothing more before it has heard
`confined`. At level `off` there is nothing to prepare: the host itself says `confined` and `prepared`.

Then the parent makes one request after the other. Each has a number, 1 for the first, which every frame about it
carries:

    parent  `request`     a `ChildRequest`; with its first bytes come the descriptors of inputs and outputs, in the
                          order of `ChildRequest.descriptors`
    parent  `filled`      bytes `offset` to `end` of the input `port` are there; any number of times
    child   `need`        it waits for `length` bytes from `offset` of the input `port`; any number of times
    child   `release`     for now it reads no byte of the input `port` before `end`; any number of times
    child   `script`      code of the user's begins to run; at most once, and no `need` or `release` follows it
    child   `ended`       it has written its `Facts` to the descriptor `facts` and closed all it was given; whether it
                          `goes_on`; once

A run may be asked to keep its results; then the next request is their `profile`, which brings the inputs' descriptors
once more. The child lets go of the tables with that request, or with the next run. A script has run by then: the
profile is numbers and texts that it may have made up, and changes nothing that is known of the run.

After `ended` the child ends itself where the request was the `last`, or where it cannot make sure that nothing of the
request stays; else it goes on and waits for the next one, and ends when the control socket does. The parent makes no
request before the one before has `ended`. Either side ignores frames about a request that is over: a thread of a
library may still read ahead. The parent ignores a bounded number only.

A limit of time belongs to a request, and runs from `prepared` on, or from when all of its inputs have arrived,
whichever is later. Frames are claims: the parent believes no more of them than it can check. From the first `script`
on, all that the child says, for this request and all later ones, is the script's word.
"""

from __future__ import annotations

from blobprep.protocol.frames import (
    cut_traceback,
    decode_facts,
    decode_frame,
    decode_preparation,
    decode_request,
    encode_facts,
    encode_frame,
    encode_part,
    encode_preparation,
    encode_request,
    excess,
    pack_record,
    unpack_records,
)
from blobprep.protocol.preparation import Network, Operation, OtherInterpreter, Preparation
from blobprep.protocol.shapes import (
    BROKER_FD,
    CONTROL_FD,
    EXAMPLE_LIMIT,
    FACTS_LIMIT,
    FRAME_LIMIT,
    LOG_FD,
    NO_VALUE,
    NOTE_STREAM,
    OUTPUTS,
    PORTS,
    STAGES,
    STDERR_STREAM,
    STDOUT_STREAM,
    TRACEBACK_LIMIT,
    VALUES_LIMIT,
    AskedDataset,
    AskedPart,
    AskedResults,
    Cell,
    ChildRequest,
    Facts,
    Failure,
    FailureKind,
    Figure,
    FrameError,
    LogRecord,
    Restored,
    TableFacts,
    Translation,
)

__all__ = [
    "BROKER_FD",
    "CONTROL_FD",
    "EXAMPLE_LIMIT",
    "FACTS_LIMIT",
    "FRAME_LIMIT",
    "LOG_FD",
    "NOTE_STREAM",
    "NO_VALUE",
    "OUTPUTS",
    "PORTS",
    "STAGES",
    "STDERR_STREAM",
    "STDOUT_STREAM",
    "TRACEBACK_LIMIT",
    "VALUES_LIMIT",
    "AskedDataset",
    "AskedPart",
    "AskedResults",
    "Cell",
    "ChildRequest",
    "Facts",
    "Failure",
    "FailureKind",
    "Figure",
    "FrameError",
    "LogRecord",
    "Network",
    "Operation",
    "OtherInterpreter",
    "Preparation",
    "Restored",
    "TableFacts",
    "Translation",
    "cut_traceback",
    "decode_facts",
    "decode_frame",
    "decode_preparation",
    "decode_request",
    "encode_facts",
    "encode_frame",
    "encode_part",
    "encode_preparation",
    "encode_request",
    "excess",
    "pack_record",
    "unpack_records",
]
