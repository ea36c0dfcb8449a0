"""What people write for many blobs, way by way: fetch a table, call azureml_main, upload Parquet. Run as a script.

python batches.py WAY ENDPOINT CONTAINER PREFIX SCRIPT

WAY is a loop in one warm process, joblib, concurrent.futures by hand, or Dask's bag with fsspec. Those with several
processes take one for each core. Nothing is recorded, and a blob that fails ends them all.
"""

import importlib.util
import io
import os
import sys

ACCOUNT = "bench"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # the emulators'

_ready = {}


def loop(endpoint, container, names, script):
    """One after another."""
    for name in names:
        prepare(endpoint, container, name, script)


def joblib(endpoint, container, names, script):
    """Loky's processes."""
    from joblib import Parallel, delayed

    Parallel(n_jobs=_cores())(delayed(prepare)(endpoint, container, name, script) for name in names)


def processes(endpoint, container, names, script):
    """A pool of processes, some names at a time."""
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial
    from itertools import repeat

    with ProcessPoolExecutor(_cores()) as pool:
        work = partial(pool.map, prepare, chunksize=8)
        list(work(repeat(endpoint), repeat(container), names, repeat(script)))


def dask_bag(endpoint, container, names, script):
    """A bag of names; pandas and adlfs read and write."""
    import dask.bag

    def through_files(name):
        import pandas as pd

        options = {"connection_string": _connection(endpoint)}
        frame = pd.read_csv(f"az://{container}/{name}", storage_options=options)
        result = _function(script)(frame)[0]
        result.to_parquet(f"az://{container}/{_target(name)}", index=False, storage_options=options)

    bag = dask.bag.from_sequence(names, npartitions=_cores() * 8)
    bag.map(through_files).compute(scheduler="processes", num_workers=_cores())


def prepare(endpoint, container, name, script):
    """Prepare one blob; the client and the script stay for the next one."""
    import pandas as pd

    service = _service(endpoint)
    data = io.BytesIO(service.get_blob_client(container, name).download_blob().readall())
    (result,) = _function(script)(pd.read_csv(data))
    sink = io.BytesIO()
    result.to_parquet(sink, index=False)
    sink.seek(0)
    service.get_blob_client(container, _target(name)).upload_blob(sink, overwrite=True)


def _target(name):
    return f"peers/{name.rpartition('/')[2].removesuffix('.csv')}/results.parquet"


def _function(script):
    if script not in _ready:
        spec = importlib.util.spec_from_file_location("prep", script)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        _ready[script] = module.azureml_main
    return _ready[script]


def _service(endpoint):
    if endpoint not in _ready:
        from azure.storage.blob import BlobServiceClient

        _ready[endpoint] = BlobServiceClient.from_connection_string(_connection(endpoint))
    return _ready[endpoint]


def _connection(endpoint):
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"


def _cores():
    return len(os.sched_getaffinity(0))


WAYS = {"loop": loop, "joblib": joblib, "processes": processes, "dask_bag": dask_bag}


def main(way, endpoint, container, prefix, script):
    names = list(_service(endpoint).get_container_client(container).list_blob_names(name_starts_with=prefix))
    _ready.clear()  # processes that are forked must not share a connection
    WAYS[way](endpoint, container, names, script)


if __name__ == "__main__":
    main(*sys.argv[1:])
