"""Plays probes in Python 2.7, each in a process of its own; see `probing`. Written for that Python."""

import json
import os
import sys
import tempfile


def play(code):
    output = tempfile.TemporaryFile()
    child = os.fork()
    if child == 0:
        os.dup2(output.fileno(), 1)
        sys.stdout = os.fdopen(1, "w", 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            code = code + "exec 'pass'\n"
            exec(compile(code.encode("utf-8"), "probe.py", "exec", 0, True), {"__name__": "__main__"})
        except Exception as error:
            sys.stdout.write("raised %s\n" % type(error).__name__)
        sys.stdout.flush()
        sys.__stdout__.flush()
        os._exit(0)
    os.waitpid(child, 0)
    output.seek(0)
    return output.read().decode("utf-8", "backslashreplace" if sys.version_info > (3,) else "replace")


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(dict((name, play(code)) for name, code in given.items()), sys.stdout)
