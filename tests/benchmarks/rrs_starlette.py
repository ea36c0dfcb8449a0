"""The function of `rrs` behind Starlette, called in the server's process, as most who write one by hand do."""

from __future__ import annotations

import json
import sys

import pandas as pd
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def azureml_main(frame: pd.DataFrame) -> tuple[pd.DataFrame]:
    frame["sum"] = frame["a"] + frame["b"]
    return (frame,)


async def execute(request: Request) -> Response:
    table = json.loads(await request.body())["Inputs"]["input1"]
    (frame,) = azureml_main(pd.DataFrame(table["Values"], columns=table["ColumnNames"]))
    value = {
        "ColumnNames": list(frame.columns),
        "ColumnTypes": [str(kind) for kind in frame.dtypes],
        "Values": frame.astype(str).to_numpy().tolist(),
    }
    return JSONResponse({"Results": {"output1": {"type": "table", "value": value}}})


app = Starlette(routes=[Route("/execute", execute, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
