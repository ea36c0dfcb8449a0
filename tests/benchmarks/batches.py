"""What people write instead of a batch: the same script over 500 blobs. Run as a script.

python batches.py PEER CONNECTION

Each fetches a blob, calls azureml_main, and writes Parquet back; what fails ends it, and nothing is recorded.
"""

import io
import os
import sys

BLOBS = [f"batch/{number:04d}.csv" for number in range(500)]
_kept = {}


def loop(connection):
    """A loop in one process, warm after its first blob."""
    for blob in BLOBS:
        one(connection, blob)


def joblib(connection):
    """joblib's processes, one for each core."""
    from joblib import Parallel, delayed

    Parallel(n_jobs=os.cpu_count())(delayed(one)(connection, blob) for blob in BLOBS)


def processes(connection):
    """The standard library's, likewise."""
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial

    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(one, connection), BLOBS))


def dask_bag(connection):
    """dask.bag over adlfs and pandas, on processes of its own."""
    import dask.bag

    bag = dask.bag.from_sequence(BLOBS, npartitions=50)
    bag.map(with_adlfs, connection).compute(scheduler="processes", num_workers=os.cpu_count())


def one(connection, blob):
    """Do one blob by the SDK."""
    import pandas as pd

    service = _kept.get("service")
    if service is None:
        from azure.storage.blob import BlobServiceClient

        service = _kept["service"] = BlobServiceClient.from_connection_string(connection)
    frame = pd.read_csv(io.BytesIO(service.get_blob_client("bench", blob).download_blob().readall()))
    (result,) = _script()(frame)
    data = io.BytesIO()
    result.to_parquet(data)
    service.get_blob_client("bench", f"peers/{blob}.parquet").upload_blob(data.getvalue(), overwrite=True)


def with_adlfs(blob, connection):
    """Do one blob by fsspec, as pandas takes it."""
    import pandas as pd

    options = {"connection_string": connection}
    (result,) = _script()(pd.read_csv(f"az://bench/{blob}", storage_options=options))
    result.to_parquet(f"az://bench/bag/{blob}.parquet", storage_options=options)


def _script():
    if "script" not in _kept:
        sys.path.insert(0, ".")
        from batched import azureml_main

        _kept["script"] = azureml_main
    return _kept["script"]


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
