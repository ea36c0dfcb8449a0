"""The servers of `rrs` that run in blobprep's own environment: its own, and a function behind Starlette."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SCRIPT = "def azureml_main(frame):\n    frame['sum'] = frame['a'] + frame['b']\n    return frame,\n"


def azureml_main(frame: pd.DataFrame) -> tuple[pd.DataFrame]:
    frame["sum"] = frame["a"] + frame["b"]
    return (frame,)


async def execute(request: Request) -> Response:
    """Call the function in this process, as most who write such a server by hand do."""
    table = json.loads(await request.body())["Inputs"]["input1"]
    (frame,) = azureml_main(pd.DataFrame(table["Values"], columns=table["ColumnNames"]))
    value = {
        "ColumnNames": list(frame.columns),
        "ColumnTypes": [str(kind) for kind in frame.dtypes],
        "Values": frame.astype(str).to_numpy().tolist(),
    }
    return JSONResponse({"Results": {"output1": {"type": "table", "value": value}}})


def starlette_app() -> Starlette:
    return Starlette(routes=[Route("/execute", execute, methods=["POST"])])


def blobprep_app(folder: Path) -> Starlette:
    """Return the application of `blobprep serve`, with keys and all but the log on a disk; strict isolation."""
    from blobprep.service import health
    from blobprep.service.app import create_app
    from blobprep.service.definitions import Column, ServiceDefinition, ServiceInput
    from blobprep.service.metrics import Metrics
    from blobprep.service.observation import AccessLog, Observation
    from blobprep.service.registry import Services
    from blobprep.service.scoring import PoolScorer
    from blobprep.service.unread import ClosesUnread

    (folder / "sum.py").write_text(SCRIPT)
    columns = (Column("a", "Double"), Column("b", "Int64"), Column("t", "String"))
    output = (*columns, Column("sum", "Double"))
    options = {"script": str(folder / "sum.py"), "isolation": "strict"}
    service = ServiceDefinition(
        "sum", "0" * 32, "1" * 32, options, (ServiceInput("input1", "dataset1", columns),), {"output1": output}
    )
    scorer, metrics = PoolScorer(), Metrics()

    @asynccontextmanager
    async def lifespan(app: Starlette):  # type: ignore[no-untyped-def]
        yield
        scorer.close()

    return create_app(
        Services([service]),
        scorer,
        lambda request, service: None,
        more=health.routes(metrics, {}),
        middleware=[
            Middleware(ClosesUnread),
            Middleware(Observation, log=AccessLog(Path("/dev/null").open("w")), metrics=metrics),
        ],
        lifespan=lifespan,
    )


def main() -> None:
    kind, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if kind == "starlette":
        uvicorn.run(starlette_app(), host="127.0.0.1", port=port, log_level="warning")
        return
    from blobprep.service.server import Listening, make_server

    listening = socket.create_server(("127.0.0.1", port), backlog=1024)
    asyncio.run(make_server(blobprep_app(folder), Listening()).serve([listening]))


if __name__ == "__main__":
    main()
