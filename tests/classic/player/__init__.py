"""What runs in the interpreters of the time, and in today's, and tells what came of it as JSON.

Each file is valid in Python 2.7 and in Python 3, and imports the standard library, numpy, pandas and matplotlib alone.
The folder is on `sys.path` of the process that plays; nothing here is imported as part of a package.

    probe_player   plays the probes of the tables
    script_player  plays whole scripts, as Studio did
    samples        the frames and series that probes are played on
    described      values, frames and errors as JSON
    drawn          figures as JSON
"""
