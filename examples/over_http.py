"""Read and write blobs over http, as the classic recipe did: protocol="http" and the account key, against Azurite.

npx azurite-blob --skipApiVersionCheck --inMemoryPersistence &
python examples/over_http.py [ENDPOINT]
"""

import sys
from pathlib import Path

import blobprep
from blobprep.account import EMULATOR_ACCOUNT, EMULATOR_KEY

EXAMPLES = Path(__file__).parent


def main(endpoint: str = f"http://127.0.0.1:10000/{EMULATOR_ACCOUNT}") -> None:
    account = blobprep.Account(
        EMULATOR_ACCOUNT,
        protocol="http",
        endpoint=endpoint,
        credential=blobprep.Credential("key", EMULATOR_KEY),
    )
    workspace = blobprep.Workspace(accounts={EMULATOR_ACCOUNT: account}, account=EMULATOR_ACCOUNT)
    blobprep.cp(
        str(EXAMPLES / "planets.csv"),
        "az://raw/planets.csv",
        overwrite=True,
        create_container=True,
        workspace=workspace,
    )
    run = blobprep.run(
        str(EXAMPLES / "correlation.py"),
        "az://raw/planets.csv",
        output="az://prepared/planets/",
        overwrite=True,
        create_container=True,
        workspace=workspace,
    )
    run.raise_for_failure()
    (read,) = run.manifest.inputs["dataset1"].blobs
    print(f"read {read.reference} over {read.protocol}: {read.size} bytes, ETag {read.etag}")
    for written in run.manifest.outputs:
        print(f"wrote {written.reference}: {written.size} bytes")
    print(run.dataframe.head(3).to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
