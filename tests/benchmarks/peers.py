"""What people write instead, tool by tool: fetch a table, call azureml_main, write Parquet. Run as a script.

python peers.py PEER ENDPOINT SOURCE SCRIPT OUTPUT

SOURCE is CONTAINER/BLOB, or CONTAINER/PREFIX/*.parquet; for the peer `local` a path. Each peer is written as its own
documentation suggests, and tuned where it offers something to tune.
"""

import glob
import importlib.util
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor

ACCOUNT = "bench"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # the emulators'
RANGE = 8 * 1024 * 1024


def sdk_pandas(endpoint, container, name, script):
    """The fifty lines that everybody writes."""
    import pandas as pd

    service = _service(endpoint)
    frames = []
    for blob in _names(service, container, name):
        data = io.BytesIO(service.get_blob_client(container, blob).download_blob().readall())
        frames.append(pd.read_csv(data) if blob.endswith(".csv") else pd.read_parquet(data))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def sdk_tuned(endpoint, container, name, script):
    """The same by someone who has measured: ranges in parallel, and pyarrow's readers."""
    import pyarrow as pa

    service = _service(endpoint, max_chunk_get_size=RANGE, max_single_get_size=RANGE)

    def read(blob):
        client = service.get_blob_client(container, blob)
        return _table(client.download_blob(max_concurrency=6).readall(), blob)

    with ThreadPoolExecutor(6) as threads:
        tables = list(threads.map(read, _names(service, container, name)))
    return pa.concat_tables(tables).to_pandas()


def adlfs(endpoint, container, name, script):
    """fsspec's file system, as pandas takes it."""
    import pandas as pd
    from adlfs import AzureBlobFileSystem

    options = {"connection_string": _connection(endpoint)}
    files = AzureBlobFileSystem(**options)
    paths = files.glob(f"{container}/{name}") if "*" in name else [f"{container}/{name}"]
    read = pd.read_csv if name.endswith(".csv") else pd.read_parquet
    frames = [read(f"az://{path}", storage_options=options) for path in paths]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def obstore(endpoint, container, name, script):
    """The Rust object store, ranges in parallel, and pyarrow's readers."""
    import obstore
    import pyarrow as pa

    store = _obstore(endpoint, container)
    if "*" in name:
        names = [each["path"] for batch in obstore.list(store, name.partition("*")[0]) for each in batch]
    else:
        names = [name]

    def read(blob):
        size = obstore.head(store, blob)["size"]
        starts = range(0, size, RANGE)
        ends = [min(start + RANGE, size) for start in starts]
        return _table(b"".join(obstore.get_ranges(store, blob, starts=list(starts), ends=ends)), blob)

    with ThreadPoolExecutor(6) as threads:
        tables = list(threads.map(read, sorted(names)))
    return pa.concat_tables(tables).to_pandas()


def polars(endpoint, container, name, script):
    """polars reads from the account by itself."""
    import polars as pl

    options = {"account_name": ACCOUNT, "account_key": KEY, "endpoint": endpoint, "allow_http": "true"}
    read = pl.scan_csv if name.endswith(".csv") else pl.scan_parquet
    return read(f"az://{container}/{name}", storage_options=options).collect().to_pandas()


def pyarrow_azure(endpoint, container, name, script):
    """pyarrow's own file system."""
    import pyarrow.csv
    import pyarrow.dataset
    from pyarrow import fs

    authority = endpoint.partition("://")[2].partition("/")[0]
    files = fs.AzureFileSystem(
        account_name=ACCOUNT,
        account_key=KEY,
        blob_storage_authority=authority,
        dfs_storage_authority=authority,
        blob_storage_scheme="http",
        dfs_storage_scheme="http",
    )
    if name.endswith(".csv"):
        with files.open_input_stream(f"{container}/{name}", buffer_size=RANGE) as file:
            return pyarrow.csv.read_csv(file).to_pandas()
    paths = f"{container}/{name}"
    if "*" in name:
        folder = fs.FileSelector(f"{container}/{name.rpartition('/')[0]}")
        paths = sorted(info.path for info in files.get_file_info(folder))
    return pyarrow.dataset.dataset(paths, filesystem=files, format="parquet").to_table().to_pandas()


def local(endpoint, folder, name, script):
    """The limit: the same work without any storage."""
    import pyarrow as pa

    tables = []
    for path in sorted(glob.glob(f"{folder}/{name}")):
        if path.endswith(".csv"):
            import pyarrow.csv

            tables.append(pyarrow.csv.read_csv(path))
        else:
            import pyarrow.parquet

            tables.append(pyarrow.parquet.read_table(path))
    return pa.concat_tables(tables).to_pandas()


def upload_sdk(endpoint, container, script):
    """Write a result to memory and upload it."""
    data = io.BytesIO()
    _run(script, None).to_parquet(data, index=False)
    data.seek(0)
    _service(endpoint).get_blob_client(container, "peers/results.parquet").upload_blob(data, overwrite=True)


def upload_sdk_tuned(endpoint, container, script):
    """The same with pyarrow's writer and blocks in parallel."""
    import pyarrow as pa

    data = pa.BufferReader(_encoded(_run(script, None)))
    client = _service(endpoint, max_block_size=RANGE).get_blob_client(container, "peers/results.parquet")
    client.upload_blob(data, overwrite=True, max_concurrency=6)


def upload_obstore(endpoint, container, script):
    """The same with the Rust object store."""
    import obstore
    import pyarrow as pa

    data = pa.BufferReader(_encoded(_run(script, None)))
    obstore.put(_obstore(endpoint, container), "peers/results.parquet", data, chunk_size=RANGE)


def list_obstore(endpoint, container, script):
    """Print the names and sizes of all blobs."""
    import obstore

    for batch in obstore.list(_obstore(endpoint, container), chunk_size=1000):
        sys.stdout.write("".join(f"{each['size']}  {each['last_modified']}  {each['path']}\n" for each in batch))


def copy_obstore(endpoint, source, target):
    """Copy a blob, all blobs of a prefix, or a local file, as many at once as pay."""
    import obstore

    if target.startswith("az://"):
        container, _, name = target.removeprefix("az://").partition("/")
        _service(endpoint).get_container_client(container).exists() or _service(endpoint).create_container(container)
        with open(source, "rb") as file:
            obstore.put(_obstore(endpoint, container), name, file, chunk_size=RANGE, max_concurrency=8)
        return
    container, _, name = source.removeprefix("az://").partition("/")
    store = _obstore(endpoint, container)
    if not name.endswith("/"):
        _write(store, name, target)
        return
    names = [each["path"] for batch in obstore.list(store, name) for each in batch]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda each: _write(store, each, os.path.join(target, os.path.basename(each))), names))


PEERS = {
    "sdk_pandas": sdk_pandas,
    "sdk_tuned": sdk_tuned,
    "adlfs": adlfs,
    "obstore": obstore,
    "polars": polars,
    "pyarrow_azure": pyarrow_azure,
    "local": local,
}


ACTIONS = {
    "upload_sdk": upload_sdk,
    "upload_sdk_tuned": upload_sdk_tuned,
    "upload_obstore": upload_obstore,
    "list_obstore": list_obstore,
}


def main(peer, endpoint, source, script, output):
    if peer == "copy_obstore":
        copy_obstore(endpoint, source, output)
        return
    if peer in ACTIONS:
        ACTIONS[peer](endpoint, source, script)
        return
    container, _, name = source.rpartition("/") if peer == "local" else source.partition("/")
    result = _run(script, PEERS[peer](endpoint, container, name, script))
    os.makedirs(output, exist_ok=True)
    path = os.path.join(output, "results.parquet")
    if peer in ("sdk_pandas", "adlfs"):
        result.to_parquet(path, index=False)
    else:
        import pyarrow as pa
        import pyarrow.parquet

        pyarrow.parquet.write_table(pa.Table.from_pandas(result, preserve_index=False), path)


def _run(script, frame):
    spec = importlib.util.spec_from_file_location("prep", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (result,) = module.azureml_main(frame)
    return result


def _encoded(frame):
    import pyarrow as pa
    import pyarrow.parquet

    sink = pa.BufferOutputStream()
    pyarrow.parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), sink)
    return sink.getvalue()


def _obstore(endpoint, container):
    from obstore.store import AzureStore

    config = {"account_name": ACCOUNT, "account_key": KEY, "endpoint": endpoint}
    return AzureStore(container, config=config, client_options={"allow_http": True})


def _write(store, name, path):
    import obstore

    size = obstore.head(store, name)["size"]
    with open(path, "wb") as file:
        starts = list(range(0, size, RANGE))
        for first in range(0, len(starts), 8):
            group = starts[first : first + 8]
            for data in obstore.get_ranges(store, name, starts=group, ends=[min(s + RANGE, size) for s in group]):
                file.write(data)


def _table(data, name):
    import pyarrow as pa

    if name.endswith(".csv"):
        import pyarrow.csv

        return pyarrow.csv.read_csv(pa.BufferReader(data))
    import pyarrow.parquet

    return pyarrow.parquet.read_table(pa.BufferReader(data))


def _connection(endpoint):
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"


def _service(endpoint, **options):
    from azure.storage.blob import BlobServiceClient

    return BlobServiceClient.from_connection_string(_connection(endpoint), **options)


def _names(service, container, name):
    if "*" not in name:
        return [name]
    prefix = name.partition("*")[0]
    return [blob.name for blob in service.get_container_client(container).list_blobs(name_starts_with=prefix)]


if __name__ == "__main__":
    main(*sys.argv[1:])
