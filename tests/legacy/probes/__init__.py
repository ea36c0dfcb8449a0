"""The same small scripts, played against the real azure-storage-blob 2.1.0 and against the overlay.

    python -m tests.legacy.probes            plays the overlay and compares it with what was recorded
    python -m tests.legacy.probes --real P   plays the real package of the interpreter P beside it, and compares live
    python -m tests.legacy.probes --record P records anew what the real package of the interpreter P does

A probe is a function of a theme that takes an `Environment` and returns values. What is compared: the values, errors
included, with their types; every request as it went over the wire, its signature verified; the pauses before retries.
What differs from run to run is named instead: times, ETags, identifiers.

    themes        the probes
    inventory     the public methods, each with arguments that make a valid call
    environment   what a probe is given: services, a container of its own, answers it sets
    recorder      the server between the services and Azurite, which notes each request, or gives set answers
    signing       shared keys: signs what prepares a probe, verifies what the services sent
    describing    values as JSON           normalising   what differs from run to run, named
    playing       the child: plays themes in the interpreter at hand, prints JSON
    comparing     the parent: starts the children, finds the differences
"""
