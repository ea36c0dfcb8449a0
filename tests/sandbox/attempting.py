"""A process that confines a child and tells what the child could do; started as another user by `test_users`."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from tempfile import mkdtemp

from blobprep.sandbox.kernel_support import choose_here
from tests.sandbox.test_confinement import World


def main(abi: int) -> None:
    folder = Path(mkdtemp(prefix="blobprep-tests-"))
    folder.chmod(0o755)
    world = World(folder)
    means = dataclasses.replace(choose_here("off"), landlock=abi)
    came, told, outcome = world.attempts(level="strict", means=means)
    untouched = world.is_untouched()
    world.close()
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    done = [name for name, what in came.items() if what != "refused"]
    error = outcome.verdict.error and outcome.message
    gone = not Path(outcome.folder).parent.exists()
    print(
        json.dumps(
            {
                "done": done,
                "untouched": untouched,
                "error": error,
                "gone": gone,
                "uid": means.uid,
                "status": told["status"],
                "limit": told["limit"],
                "measures": outcome.measures,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
