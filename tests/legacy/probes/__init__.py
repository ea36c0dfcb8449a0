"""The same small scripts, played against the real azure-storage-blob 2.1.0 and against the overlay.

    python -m tests.legacy.probes             plays the overlay and compares it with what was recorded
    python -m tests.legacy.probes --live      plays the real package beside it, and compares with that
    python -m tests.legacy.probes --record    records anew what the real package does

`make test-legacy` installs the real package and compares live; the tests of `make test` compare with the recordings in
`tests/legacy/golden`.

A probe is a function of a theme that takes an `Environment` and returns values. What is compared: the values, errors
included, with their types; every request as it went over the wire, its signature verified; the pauses before retries.
What differs from run to run is named instead: times, ETags, identifiers.

    themes        the probes
    inventory     the public methods       samples       arguments for them      answers    what they can read
    environment   what a probe is given: services, a container of its own, answers it sets
    recorder      the server between the services and Azurite, which notes each request, or gives set answers
    signing       shared keys: signs what prepares a probe, verifies what the services sent
    describing    values as JSON           normalising   what differs from run to run, named
    playing       the child: plays themes in the interpreter at hand, writes JSON
    comparing     the parent: starts the children, finds the differences
    deviations    where the overlay differs on purpose, and why

    neighbors     probes of sister packages, beside the real `azure.storage.common` and beside the overlay
    earlier       what versions before 2.0 took and did
"""
