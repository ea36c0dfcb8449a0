"""Scripts of a service that attack the requests of others: what they leave, forge, or end is theirs alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from blobprep.service.definitions import Score, ServiceDefinition, ServiceInput, ServiceTable
from blobprep.service.scoring import PoolScorer

pytestmark = pytest.mark.landlock

_names = itertools.count()

FIND = """
import json, os, socket, threading, time
def find(name):
    for number in os.listdir('/proc/self/fd'):
        try:
            if name in os.readlink('/proc/self/fd/' + number):
                return int(number)
        except OSError:
            pass
"""

ATTACKS = {
    # A thread that waits for the next request and writes into whatever answer is open then.
    "writes later": """
def attack():
    def later():
        while True:
            number = find('blobprep-results')
            if number is not None:
                os.pwrite(number, b'{"names":["forged"],"types":["String"],"columns":[["forged"]],"rows":1}', 0)
            time.sleep(0.001)
    threading.Thread(target=later, daemon=True).start()
""",
    "keeps the answer open": """
kept = []
def attack():
    kept.append(os.dup(find('blobprep-results')))
""",
    "says that the next request is done": """
def attack():
    os.write(3, b'{"frame": "ended", "number": 2, "goes_on": true}\\n')
    os.write(3, b'{"frame": "ended", "number": 3, "goes_on": true}\\n')
""",
    "says that it is done": """
def attack():
    os.write(3, b'{"frame": "ended", "number": 1, "goes_on": true}\\n')
    time.sleep(1)
""",
    "answers for its own request and stays": """
def attack():
    os.pwrite(find('blobprep-results'), b'{"names":["x"],"types":["String"],"columns":[["\\\\ud800"]],"rows":1}', 0)
    os.pwrite(find('blobprep-facts'), b'{"failure": null}', 0)
    os.write(3, b'{"frame": "ended", "number": 1, "goes_on": true}\\n')
    while True:
        time.sleep(1)
""",
    "leaves a process that ends it": """
def attack():
    own = os.getpid()
    if os.fork() == 0:
        time.sleep(0.3)
        os.kill(own, 9)
        os._exit(0)
""",
    "takes the next request from the socket": """
def attack():
    def take():
        while True:
            try:
                socket.socket(fileno=os.dup(3)).recv(65536)
            except OSError:
                return
    threading.Thread(target=take, daemon=True).start()
""",
    "ends": """
def attack():
    os._exit(0)
""",
    "replaces what reads and writes cells": """
def attack():
    import blobprep.tables.codecs.cells.write as write
    write.json.dumps = lambda *given, **named: '{"names":["forged"],"types":["String"],"columns":[["forged"]],"rows":1}'
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
""",
}

SCRIPT = """
def azureml_main(frame):
    if frame['a'][0] == 'attack':
        attack()
    frame['pid'] = os.getpid()
    return frame,
"""


@pytest.fixture(scope="module")
def scorer() -> Iterator[PoolScorer]:
    with PoolScorer(workers=1) as shared:
        yield shared


def _service(folder: Path, script: str) -> ServiceDefinition:
    path = folder / "attacking.py"
    path.write_text(script)
    inputs = (ServiceInput("input1", "dataset1"),)
    return ServiceDefinition(f"attacked{next(_names)}", "0" * 32, "1" * 32, {"script": str(path)}, inputs, seconds=10)


def _score(scorer: PoolScorer, service: ServiceDefinition, cell: str) -> Score:
    return scorer.score(service, {"input1": ServiceTable(("a",), ("",), ((cell,),))}, {}, request_id="1")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_reaches_no_request_but_its_own(scorer: PoolScorer, tmp_path: Path, name: str) -> None:
    service = _service(tmp_path, FIND + ATTACKS[name] + SCRIPT)
    try:
        attacked = _score(scorer, service, "attack")
        pid = attacked.tables["output1"].rows[0][-1] if attacked.error is None else None
    except Exception as error:
        assert type(error).__name__ == "ServiceFailure", error  # noqa: PT017
        pid = None

    after = [_score(scorer, service, f"cell {at}") for at in range(4)]

    rows = [score.tables["output1"].rows[0] for score in after]
    assert [row[0] for row in rows] == [f"cell {at}" for at in range(4)]
    assert pid not in {row[1] for row in rows}


def test_an_answer_that_is_too_long_is_the_scripts_failure(tmp_path: Path) -> None:
    script = "import pandas as pd\ndef azureml_main(frame):\n    return pd.DataFrame({'a': ['x' * 1000] * 2000}),\n"
    service = _service(tmp_path, script)
    with PoolScorer(workers=1, most=1_000_000) as scorer:
        score = _score(scorer, service, "a")
        assert score.error is not None
        assert "an answer may have 1000000" in score.error.message
        assert score.tables == {}
        other = replace(service, name="other", options={"script": str(tmp_path / "other.py")})
        (tmp_path / "other.py").write_text("def azureml_main(frame):\n    return frame,\n")
        assert _score(scorer, other, "a").error is None


def test_services_with_the_same_script_have_no_process_in_common(scorer: PoolScorer, tmp_path: Path) -> None:
    service = _service(
        tmp_path, "import os\ndef azureml_main(frame):\n    frame['pid'] = os.getpid()\n    return frame,\n"
    )
    other = replace(service, name="a service of someone else")

    pids = [_score(scorer, each, "a").tables["output1"].rows[0][1] for each in (service, other, service, other)]

    assert pids[0] == pids[2]
    assert pids[1] == pids[3]
    assert pids[0] != pids[1]
