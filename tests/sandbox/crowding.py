"""Start more threads than a child may have, and print what became of it; run as root by `test_limits`."""

from __future__ import annotations

import json

from blobprep.limits import Limits
from blobprep.sandbox.kernel_support import choose_here
from tests.sandbox.running import run_script


def main() -> None:
    means = choose_here("off")
    outcome = run_script(
        "limits.py", level="strict", means=means, parameters={"how": "pool=300"}, limits=Limits(processes=200)
    )
    error = outcome.verdict.error
    told = {"code": error and error.code, "message": outcome.message, "cause": outcome.ending.cause, "uid": means.uid}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
