"""Run a script with the old SDK's names: `python -m blobprep.legacy script.py [arguments]`."""

import sys

from blobprep.legacy.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
