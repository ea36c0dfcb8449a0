"""Fuzz a target for some time: `python -m tests.fuzzing TARGET --seconds N`.

Ends with 0 where nothing was found; else with the fuzzer's own code, and the input that did it lies in the folder
that --findings names, by default the working folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["blobprep", "zipfile", "tests.fuzzing.words"]):
    from tests.fuzzing.targets import SEEDS, TARGETS


def main() -> None:
    """Read the command line and fuzz; does not return, since libFuzzer ends the process."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--findings", type=Path, default=Path())
    given = parser.parse_args()
    corpus = Path(tempfile.mkdtemp(prefix="blobprep-fuzz-"))
    for number, seed in enumerate(SEEDS[given.target]):
        (corpus / str(number)).write_bytes(seed)
    options = (
        f"-max_total_time={given.seconds}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-max_len=4096",
        "-print_final_stats=1",
        f"-artifact_prefix={given.findings}/",
    )
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[given.target])
    atheris.Fuzz()


main()
