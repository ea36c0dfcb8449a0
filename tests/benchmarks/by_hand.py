"""The fifty lines people write by hand: fetch, azureml_main, one figure, Parquet, uploads. Run as a script.

python by_hand.py CONNECTION_STRING CONTAINER BLOB OUTPUT_PREFIX SCRIPT
"""

import importlib.util
import io
import os
import sys

import matplotlib

matplotlib.use("Agg")
import pandas as pd
from azure.storage.blob import BlobServiceClient


def main(connection: str, container: str, blob: str, prefix: str, script: str) -> None:
    service = BlobServiceClient.from_connection_string(connection)
    data = service.get_blob_client(container, blob).download_blob().readall()
    frame = pd.read_csv(io.BytesIO(data))
    spec = importlib.util.spec_from_file_location("prep", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (result,) = module.azureml_main(frame)
    buffer = io.BytesIO()
    result.to_parquet(buffer, index=False)
    outputs = {"results.parquet": buffer.getvalue()}
    outputs |= {name: open(name, "rb").read() for name in os.listdir() if name.endswith(".png")}
    for name, content in outputs.items():
        service.get_blob_client(container, prefix + name).upload_blob(content, overwrite=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
