"""What classic scripts did in the libraries of their time, and do with `blobprep.classic` today.

    python -m tests.classic             plays the probes today, and compares with what was recorded
    python -m tests.classic --live      plays them in the environments of the time too; the recordings must be current
    python -m tests.classic --record    records anew what the environments of the time do

`make test-classic` builds the environments and compares live; the tests of `make test` compare with the recordings.

    environments  the interpreters and libraries of the time, built from locked wheels
    tables        the probes: a line is a small script, played on each sample that its section names
    player        what runs in each interpreter: samples in, outcomes as JSON out
    probes        plays tables in an interpreter, finds the differences
    deviations    (text) where the outcome differs on purpose, one by one, and why
    scripts       fifty whole `azureml_main` scripts, with datasets and module zips
    whole         plays them as Studio did, and runs them through blobprep
    python2       probes of the language, with what Python 2.7 printed
    golden        what the old libraries did, recorded
"""
