"""Play whole scripts in the interpreter at hand, as Studio did.

    python script_player.py OUT REQUESTS

Requests are a JSON list: `name`, `script` (a path), `datasets` (paths of CSV files), `bundle` (a folder, or nothing).
The bundle is unpacked to `Script Bundle` in a fresh working folder and first on `sys.path`. The index of what a script
returns is dropped, labels become text, and every PNG in the working folder is a figure.
"""

from __future__ import absolute_import, division, print_function

import io
import json
import os
import shutil
import sys
import tempfile
import warnings

BUNDLE = "Script Bundle"


def play(request):
    """Run one script; tell its results dataset, its figures and what it printed."""
    import matplotlib
    import matplotlib.pyplot as plt
    import pandas as pd
    from described import outcome

    # A script may ask for a window; Studio showed none, and there is no screen here.
    matplotlib.use = lambda *arguments, **options: None
    frames = [pd.read_csv(path) for path in request["datasets"]]
    folder = os.path.realpath(tempfile.mkdtemp())
    before, loaded, printed = list(sys.path), set(sys.modules), io.BytesIO() if str is bytes else io.StringIO()
    os.chdir(folder)
    if request["bundle"]:
        _unpack(request["bundle"], folder)
    out, sys.stdout = sys.stdout, printed
    try:
        told = {"results": _results(_run(request["script"], frames))}
    except Exception as error:
        told = {"results": outcome(error), "text": str(error)}
    finally:
        sys.stdout, sys.path[:] = out, before
        plt.close("all")
        told["figures"] = sorted(name for name in os.listdir(folder) if name.endswith(".png"))
        os.chdir("/")
        shutil.rmtree(folder)
        for name in set(sys.modules) - loaded:
            if folder in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]
    lines = printed.getvalue()
    told["printed"] = (lines.decode("utf-8") if isinstance(lines, bytes) else lines).splitlines()
    return told


def _unpack(bundle, folder):
    target = os.path.join(folder, BUNDLE)
    shutil.copytree(bundle, target)
    sys.path.insert(0, target)
    # The separator of the machines that Studio ran on; here it is a letter like any other.
    os.symlink(BUNDLE, ".\\" + BUNDLE)
    for name in os.listdir(target):
        os.symlink(os.path.join(target, name), ".\\" + BUNDLE + "\\" + name)


def _run(script, frames):
    with io.open(script, encoding="utf-8") as file:
        text = file.read()
    # Python 2 takes a declared encoding in bytes alone.
    source = text.encode("utf-8") if str is bytes else text
    names = {"__name__": "script", "__file__": script}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, script, "exec", 0, True), names)
        return names["azureml_main"](*frames)


def _results(returned):
    from described import frame

    first = returned if hasattr(returned, "columns") else returned[0]
    first = first.reset_index(drop=True)
    first.columns = [str(label) for label in first.columns]
    return frame(first)


def main(arguments):
    """Play what the command line names."""
    out, requests = arguments
    with io.open(requests, encoding="utf-8") as file:
        told = {request["name"]: play(request) for request in json.load(file)}
    with io.open(out, "w", encoding="utf-8") as written:
        text = json.dumps(told, sort_keys=True)
        written.write(text if isinstance(text, type(b"".decode())) else text.decode("ascii"))


if __name__ == "__main__":
    main(sys.argv[1:])
