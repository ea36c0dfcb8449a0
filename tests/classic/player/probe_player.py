"""Play the probes of tables in the interpreter at hand.

    python probe_player.py [--classic] OUT TABLE...

A table is text. `== plain steps` begins a section: each of its probes is played on each of these samples, as `f`.
`==` alone begins one without. A line that begins with `:` is played before each probe of its section. Every other
line is a probe, with the lines below it that begin with `|`; it is an expression, or assigns `result`. `#` begins a
comment.
"""

from __future__ import absolute_import, division, print_function

import io
import json
import os
import shutil
import sys
import tempfile
import warnings


def read(table):
    """Return the probes of a table: sample (or nothing), what is played before, and text, in order."""
    samples, before, probes = [""], [], []
    with io.open(table, encoding="utf-8") as lines:
        for line in [one.rstrip() for one in lines]:
            if not line or line.startswith("#"):
                continue
            if line.startswith("=="):
                samples, before = line[2:].split() or [""], []
            elif line.startswith(":"):
                before = list(before)
                before.append(line[1:].strip())
            elif line.startswith("| "):
                probes[-1][2].append(line[2:])
            else:
                probes.append((samples, before, [line]))
    return [(sample, "\n".join(before), "\n".join(lines)) for samples, before, lines in probes for sample in samples]


def play(probe):
    """Play one probe, and tell what came of it."""
    import samples
    from described import described, outcome

    sample, before, text = probe
    names = dict(_names())
    try:
        if sample:
            names["f"] = getattr(samples, sample)()
        exec(_compiled(before, "exec"), names)
        try:
            code = _compiled(text, "eval")
        except SyntaxError:
            exec(_compiled(text, "exec"), names)
            value = names["result"]
        else:
            value = eval(code, names)
    except Exception as error:
        return outcome(error)
    finally:
        if "option" in text or "rc" in text:
            _forget_options()
    return described(value)


def name(table, probe):
    """Return the name of a probe: table, sample and text."""
    sample, _, text = probe
    theme = os.path.splitext(os.path.basename(table))[0]
    return theme + (" " + sample if sample else "") + ": " + text.replace("\n", " | ")


def _compiled(text, mode):
    # Without what this file imports from the future.
    return compile(text, "<probe>", mode, 0, True)


def _names():
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    import samples

    sampled = {name: value for name, value in vars(samples).items() if callable(value) and not name.startswith("_")}
    return dict(sampled, np=np, pd=pd, plt=plt, io=io, DataFrame=pd.DataFrame, Series=pd.Series)


def _forget_options():
    import matplotlib
    import numpy as np
    import pandas as pd

    # pandas 0.18 says on stdout which of its options it no longer likes.
    out, sys.stdout = sys.stdout, io.BytesIO() if sys.version_info < (3,) else io.StringIO()
    pd.reset_option("^display|^mode")
    sys.stdout = out
    np.set_printoptions(precision=8, threshold=1000)
    matplotlib.rcdefaults()


def _play_all(tables):
    import matplotlib.pyplot as plt
    import numpy as np

    outcomes = {}
    for table in tables:
        for probe in read(table):
            np.random.seed(0)
            outcomes[name(table, probe)] = play(probe)
            plt.close("all")
    return outcomes


def main(arguments):
    """Play what the command line names."""
    if arguments[0] == "--classic":
        arguments = arguments[1:]
        import blobprep.classic

        # Scripts of the time relied on what changed without an error too.
        blobprep.classic.install(silent_changes=True)
    out, tables = os.path.abspath(arguments[0]), [os.path.abspath(table) for table in arguments[1:]]
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcomes = _play_all(tables)
    finally:
        os.chdir(os.path.dirname(out))
        shutil.rmtree(folder)
    with io.open(out, "w", encoding="utf-8") as written:
        told = json.dumps(outcomes, sort_keys=True)
        written.write(told if isinstance(told, type(b"".decode())) else told.decode("ascii"))


if __name__ == "__main__":
    main(sys.argv[1:])
