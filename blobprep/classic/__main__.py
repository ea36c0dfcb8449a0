"""Run a script of then: `python -m blobprep.classic script.py [arguments]`."""

import sys

from blobprep.classic.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
