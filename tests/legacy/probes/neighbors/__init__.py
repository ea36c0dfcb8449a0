"""Probes of packages that stood beside azure-storage-blob, and import `azure.storage.common`.

They are played by `tests/legacy/test_neighbors.py` with the real packages, beside the real one and beside the overlay;
nothing of them is recorded, since what `make test` has is not them.

    sources     what their sources import, and how they call it
    methods     every public method of queues, files and tables, with set answers
    accounts    constructors, connection strings and tokens
    queues      queues of an emulator
    tables      tables of an emulator
    transfers   blobxfer
    mocks       tests of scripts with requests_mock and responses
"""
