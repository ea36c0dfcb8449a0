"""Call services with PyPI's `azmlclient` 2.6, as its documentation says; runs in Python 3.7."""

import json
import sys

import numpy as np
import pandas as pd
from azmlclient import execute_rr

URLS, KEYS = json.loads(sys.argv[1]), json.loads(sys.argv[2])
frame = pd.DataFrame({"a": [0.1, np.nan], "b": [1, 2], "flag": [True, False], "name": ["x", "Zoë"]})


def call(name, inputs, **options):
    tables = execute_rr(api_key=KEYS[name], base_url=URLS[name], inputs=inputs, **options)
    return {name: json.loads(table.to_json(orient="split")) for name, table in tables.items()}


def failure():
    try:
        execute_rr(api_key=KEYS["failing"], base_url=URLS["failing"], inputs={"input1": frame[["b"]]})
    except Exception as error:
        return [type(error).__name__, str(error)]


print(
    json.dumps(
        {
            "table": call("typed", {"input1": frame}, output_names=["output1"]),
            "swagger": call("typed", {"input1": frame}, use_swagger_format=True),
            "parameters": call("typed", {"input1": frame}, params={"factor": "10"}),
            "failure": failure(),
        }
    )
)
