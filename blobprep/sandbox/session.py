"""A session with a child, as the parent sees it: ask, announce, hear, end.

A host starts the child (`blobprep.sandbox.process_host`); this module speaks the protocol with it, see
`blobprep.protocol`. Three threads meet here. The caller's thread makes calls, one after the other, and waits. The pump
listens to all channels (`blobprep.sandbox.listener`), so that the log is drained and requests for ranges are answered
whatever the caller does; it never waits for anything else. The announcer alone writes to the control socket.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Final

from blobprep.errors import IsolationUnavailable
from blobprep.protocol import FACTS_LIMIT, ChildRequest, encode_frame, encode_request
from blobprep.sandbox.announcer import Announcer
from blobprep.sandbox.call import Call, CallResult, Ending, Inputs, OpenOutputs
from blobprep.sandbox.guard.process_usage import Usage
from blobprep.sandbox.host import Host, Report
from blobprep.sandbox.listener import Listener
from blobprep.sandbox.network.broker import Broker
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.pump import is_hung_up
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session_log import SessionLog
from blobprep.unnamed_files import bounded_file, read_bounded

__all__ = ["ChildSession"]

_START: Final = 60.0  # seconds a child has to confine itself
_PREPARATION: Final = 60.0  # seconds; a child that takes longer has its clock started all the same
_GRACE: Final = 10.0  # seconds a killed child has to be reported dead
_CHECK: Final = 10.0  # seconds that a check of all limits may take; one of a large folder takes five
_FAILING: Final = 1.0  # seconds in which sending to a child that is gone fails


class ChildSession:
    """A child that is asked for one thing after the other; a context manager that leaves no process and no folder.

    Limits of time and of the log hold for each call, all other limits for the child's whole life.

    Args:
        host: has started the child.
        log: takes what it writes; each call says to which log that goes.
        broker: the child's way to the network; None where it has its own.
        most_log: bytes it may write to its streams during a call and until the next one, None for any number.
        start: seconds it has to confine itself.
    """

    def __init__(
        self,
        host: Host,
        log: SessionLog,
        broker: Broker | None = None,
        *,
        most_log: int | None = None,
        start: float = _START,
    ) -> None:
        self._host, self._log, self._broker, self._start = host, log, broker, start
        self._cause = ""  # the first limit that was exceeded, from any thread
        self._was_asked = False  # the caller's thread alone, and so the next one
        self._continues = False
        self._announcer = Announcer(host.channels.control)
        if host.preparation:
            self._announcer.announce(host.preparation)
        self._child = Listener(host, log, most_log, self.exceed)
        self._child.start()

    def __enter__(self) -> ChildSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def folder(self) -> str:
        """Return the path of the child's working folder; empty until it has started.

        What is in it is a script's to change as long as the child's processes live: take files after the last call.
        """
        return self._host.folder

    @property
    def lives(self) -> bool:
        """Return whether the child has not ended, as far as is known.

        Its end of the control channel is closed with it, before its guard says how it ended. To be asked by who may
        close this session.
        """
        return not self._child.gone.is_set() and not is_hung_up(self._host.channels.control)

    def usage(self) -> Usage:
        """Return what the child's process uses; of one that is not known, or has ended, that is nothing."""
        return Usage(self._host.pid)

    def require_confined(self) -> tuple[str, ...]:
        """Wait until the child has confined itself, or needed not; return what is in force, in words.

        A child that does not start at all returns nothing here; the first call says why.

        Raises:
            IsolationUnavailable: it could not, or its confinement did not hold; nothing was run.
        """
        self._child.ready.wait(self._start)
        if self._child.unconfined:
            raise IsolationUnavailable(
                f'isolation "strict" does not hold on this machine: {self._child.unconfined}; nothing was run',
                remedy="please report it; to run without confinement, use --isolation process",
            )
        return (*self._child.measures, *self._host.measures)

    def observe(self, observer: Callable[[str], None]) -> None:
        """Have an observer told what the child begins to do, `read` or `script`; it must return at once."""
        self._child.observe(observer)

    def wait_until_prepared(self) -> None:
        """Wait until the child has imported its libraries, or has ended."""
        self._child.prepared.wait(_PREPARATION)

    def call(
        self,
        request: ChildRequest,
        descriptors: Mapping[str, int],
        *,
        log: RunLog,
        inputs: Inputs | None = None,
        outputs: OpenOutputs | None = None,
        seconds: float | None = None,
        last: bool = True,
        more: bool = False,
    ) -> CallResult:
        """Ask the child, feed it, and wait until it has done that, or has ended.

        The child ends after the last call, and by then all of its processes are dead. After another call they live: a
        stream that the script keeps open has not ended, and what it writes later comes to the log of this call. So
        streams and the folder are for the last call. A child that has ended before is not asked; the ending says how.

        A call may be about what the call before it left. Between the two the limits are checked as at a child's end,
        and what the child tried to reach is counted for both together.

        Args:
            request: what to do; the number, `last`, the folder and the descriptors' names are filled in here.
            descriptors: of inputs and of outputs that are files, by name; they stay the caller's.
            log: takes what the child's streams carry from now on.
            inputs: those that arrive meanwhile; closed here.
            outputs: opens the outputs that are streams.
            seconds: of time; then the child is killed, with `time` as the cause. The clock starts when the child has
                imported its libraries and what it did not ask for has arrived, neither of which is the script's work.
            last: whether the child ends after this call; its script is kept for no other one.
            more: whether there is another call, about what this one leaves; only after that one the child ends.

        Raises:
            IsolationUnavailable: it could not confine itself; nothing was run.
        """
        self._log.attach(log)
        if self._was_asked and not self._continues and self._broker is not None:
            self._broker.forget()
        self._continues = more
        facts = bounded_file("facts", FACTS_LIMIT)
        try:
            self.require_confined()
            call = self._child.begin(inputs, last=last and not more)
            with outputs(self) if outputs is not None else nullcontext({}) as streams:
                if not self._may_ask(log):
                    call.note_sent(False)
                else:
                    asked = replace(request, identity="") if last else request
                    self._ask(call, asked, {**descriptors, **streams, "facts": facts})
                    if inputs is not None:
                        inputs.start(partial(self._announce_filled, call.number), self.kill)
            # The streams' ends here are closed: they end with the child's.
            self._wait(call, inputs, seconds)
            if more:
                self._check_limits(call)
            ending = self._ending(call)
            return CallResult(ending, read_bounded(facts), self._attempts())
        except BaseException:
            self.kill()
            raise
        finally:
            if inputs is not None:
                inputs.close()
            os.close(facts)

    def kill(self) -> None:
        """End the child now; from any thread, harmless when it has ended."""
        self._host.kill()

    def exceed(self, limit: str) -> None:
        """End the child now because it went beyond a limit, in the word of its error; the first one is the cause."""
        self._cause = self._cause or limit
        self.kill()

    def close(self) -> None:
        """End what is left of the child, hear the rest of its log, and remove its folder."""
        self.kill()
        self._host.end()
        if self._broker is not None:
            self._broker.close()
        self._announcer.close()
        self._child.join()
        self._host.close()

    def _may_ask(self, log: RunLog) -> bool:
        if self._child.ready.is_set() and not self._child.gone.is_set():
            return True
        log.say("the child has ended, and is asked no more" if self._was_asked else "the child did not start")
        self.kill()
        return False

    def _ask(self, call: Call, request: ChildRequest, descriptors: Mapping[str, int]) -> None:
        if self._was_asked:
            self._host.start_clock()
        complete = replace(
            request,
            number=call.number,
            last=call.last,
            descriptors=tuple(descriptors),
            folder=self._host.folder,
        )
        self._announcer.announce(encode_request(complete), descriptors.values(), call.note_sent)

    def _announce_filled(self, number: int, port: str, offset: int, end: int) -> None:
        self._announcer.announce(encode_frame("filled", number=number, port=port, offset=offset, end=end))

    def _wait(self, call: Call, inputs: Inputs | None, seconds: float | None) -> None:
        self._host.work()
        if inputs is not None:
            inputs.wait_until_there()
        self.wait_until_prepared()
        if not call.done.wait(seconds):
            self.exceed("time")
            if not self._child.gone.wait(_GRACE):  # a script can stop the guard, which is then not able to hear us
                self._host.end()
                self._child.gone.wait()

    def _check_limits(self, call: Call) -> None:
        """Have a child that goes on end now if it has exceeded a limit, which then counts as if it had ended itself."""
        if call.complete and not call.last and self._host.check():
            self._child.checked.wait(_CHECK)
            report = self._child.report
            call.last = self._child.gone.is_set() and report is not None and report.cause != ""  # the pump has ended

    def _ending(self, call: Call) -> Ending:
        if call.complete and not call.last and not self._cause:
            self._was_asked = True
            crowded, scripted = self._child.crowded, self._child.scripted
            return Ending(None, "", asked=True, complete=True, crowded=crowded, scripted=scripted, used=call.suspect)
        if self._child.gone.is_set():
            call.sent.wait(_FAILING)  # sending fails now, if it has not succeeded
        self._was_asked |= call.asked or call.complete
        report = self._child.report or Report(None)
        return Ending(
            report.code,
            self._cause or report.cause,
            self._was_asked,
            call.complete,
            report.crowded,
            self._child.scripted,
            call.suspect,
        )

    def _attempts(self) -> tuple[ConnectionRecord, ...]:
        """Return what the child tried to reach; of one that has ended the connections are ended first."""
        if self._broker is None:
            return ()
        if self._child.gone.is_set():
            self._broker.close()
        return self._broker.connections()
