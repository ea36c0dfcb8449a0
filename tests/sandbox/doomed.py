"""A process that runs a script, to be killed meanwhile or to be debugged; started by `test_processes`."""

from __future__ import annotations

import os
import sys
import time

from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.protocol import AskedResults, ChildRequest
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level
from blobprep.sandbox.launch import start
from blobprep.sandbox.run_log import RunLog
from tests.sandbox.running import SCRIPTS, csv_write_options, run_script


def main(how: str) -> None:
    if how == "debug":
        outcome = run_script("debugged.py", debug=True, timeout=None)
        print(outcome.message or "succeeded", flush=True)
        return
    script = (SCRIPTS / "waiting.py").read_bytes()
    level: Level = "process" if "daemon" in how else DEFAULT_LEVEL
    with start("run", level, Limits()) as session, InputSpool("script", len(script)) as file:
        file.write(0, script)
        descriptors = {
            "script": file.readable,
            "results": os.open(os.devnull, os.O_WRONLY),
        }
        results = AskedResults("csv", csv_write_options())
        request = ChildRequest("run", script_size=len(script), parameters={"how": how}, results=results)
        session.call(request, descriptors, log=RunLog())
        print("ended", flush=True)
        time.sleep(1000)


if __name__ == "__main__":
    main(sys.argv[1])
