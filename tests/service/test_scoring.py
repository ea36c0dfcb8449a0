"""Requests to a script in warm children, at strict isolation: what comes back, what fails, and what does not stay."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blobprep.service.definitions import Cell, Column, Score, ServiceDefinition, ServiceInput, ServiceTable
from blobprep.service.failures import ServiceFailure
from blobprep.service.scoring import PoolScorer

pytestmark = pytest.mark.landlock
_names = itertools.count()
TYPES = (Column("a", "Double"), Column("b", "Int32"), Column("t", "String"))
ONE = ServiceTable(("a",), ("",), ((1.5,),))


@pytest.fixture(scope="module")
def scorer() -> Iterator[PoolScorer]:
    with PoolScorer(workers=2, refresh=0) as shared:
        yield shared


class Served:
    """A script as a service, and requests to it."""

    def __init__(self, scorer: PoolScorer, folder: Path, script: str, **changes: Any) -> None:
        self.scorer, self.path = scorer, folder / "prep.py"
        self.path.write_text(script)
        options = {"script": str(self.path), **changes.pop("options", {})}
        inputs = (ServiceInput("input1", "dataset1", changes.pop("columns", ())),)
        self.definition = replace(
            ServiceDefinition(f"service{next(_names)}", "0" * 32, "1" * 32, options, inputs), **changes
        )

    def score(self, table: ServiceTable = ONE, **parameters: str) -> Score:
        return self.scorer.score(self.definition, {"input1": table}, parameters, request_id="1")

    def cell(self, column: str, table: ServiceTable = ONE) -> Cell:
        score = self.score(table)
        assert score.error is None, score.error
        output = score.tables["output1"]
        return output.rows[0][output.names.index(column)]


def test_cells_go_in_and_come_back_as_the_classic_service_spelled_them(scorer: PoolScorer, tmp_path: Path) -> None:
    script = (
        "import pandas as pd\n"
        "def azureml_main(frame):\n"
        "    frame['third'] = frame['a'] / 3\n"
        "    frame['when'] = pd.Timestamp('2010-05-30T18:07:00')\n"
        "    frame['known'] = frame['a'] > 1\n"
        "    return frame,\n"
    )
    served = Served(scorer, tmp_path, script, columns=TYPES)
    table = ServiceTable(("a", "b", "t"), ("", "", ""), ((1, 7, "ä"), (2.5, 8, None)))

    output = served.score(table).tables["output1"]

    assert output.names == ("a", "b", "t", "third", "when", "known")
    assert output.types == ("Double", "Int32", "String", "Double", "DateTime", "Boolean")
    assert output.rows == (
        ("1", "7", "ä", "0.33333333333333331", "5/30/2010 6:07:00 PM", "False"),
        ("2.5", "8", None, "0.83333333333333337", "5/30/2010 6:07:00 PM", "True"),
    )


def test_a_script_that_raises_is_error_0085_with_its_traceback(scorer: PoolScorer, tmp_path: Path) -> None:
    served = Served(
        scorer, tmp_path, "def azureml_main(frame):\n    print('before')\n    raise ValueError('no such day')\n"
    )

    score = served.score()

    assert score.status == "failed"
    assert score.error is not None
    assert score.error.code == "0085"
    assert "no such day" in score.error.message
    assert "line 3, in azureml_main" in score.error.traceback
    assert "out | before\n" in score.log


def test_a_cell_of_the_wrong_type_is_told_with_its_row_and_column(scorer: PoolScorer, tmp_path: Path) -> None:
    served = Served(scorer, tmp_path, "def azureml_main(frame):\n    return frame,\n", columns=TYPES[:1])

    with pytest.raises(ServiceFailure) as raised:
        served.score(ServiceTable(("a",), ("",), ((1,), ("x",))))

    assert (raised.value.status, raised.value.code) == (400, "BadUserArgument")
    assert raised.value.details[0].code == "InputParseError"
    assert "a cell in row 2 of column 'a' that is no Double" in raised.value.details[0].message


def test_the_next_request_sees_nothing_of_the_one_before(scorer: PoolScorer, tmp_path: Path) -> None:
    script = (
        "import os, sys, warnings\n"
        "def azureml_main(frame):\n"
        "    found = sorted(os.listdir('.')) + [os.environ.get('LEFT', ''), os.path.basename(sys.argv[0])]\n"
        "    open('left.txt', 'w').write('secret')\n"
        "    os.environ['LEFT'] = 'secret'\n"
        "    sys.argv[0] = 'secret'\n"
        "    frame['found'] = repr(found)\n"
        "    frame['pid'] = os.getpid()\n"
        "    return frame,\n"
    )
    served = Served(scorer, tmp_path, script)

    rows = [served.score().tables["output1"].rows[0] for _ in range(3)]

    assert len({row[-1] for row in rows}) == 1
    assert not any("secret" in str(row) or "left.txt" in str(row) for row in rows)


def test_fresh_gives_each_request_a_process_of_its_own(scorer: PoolScorer, tmp_path: Path) -> None:
    script = "import os\ndef azureml_main(frame):\n    frame['pid'] = os.getpid()\n    return frame,\n"
    served = Served(scorer, tmp_path, script, fresh=True)

    assert len({served.cell("pid") for _ in range(3)}) == 3


def test_a_child_that_dies_fails_its_own_request_and_no_other(scorer: PoolScorer, tmp_path: Path) -> None:
    script = (
        "import os, signal, time\n"
        "def azureml_main(frame):\n"
        "    time.sleep(0.05)\n"
        "    if frame['a'][0] < 0:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return frame,\n"
    )
    served = Served(scorer, tmp_path, script)
    values = [-1 if at % 4 == 0 else at for at in range(16)]

    with ThreadPoolExecutor(4) as threads:
        scores = list(threads.map(lambda value: served.score(ServiceTable(("a",), ("",), ((value,),))), values))

    for value, score in zip(values, scores, strict=True):
        if value < 0:
            assert score.error is not None
            assert "was ended by SIGKILL" in score.error.message
        else:
            assert score.tables["output1"].rows == ((str(value),),)


def test_a_request_that_takes_too_long_is_told_so_and_its_child_ends(scorer: PoolScorer, tmp_path: Path) -> None:
    served = Served(scorer, tmp_path, "def azureml_main(frame):\n    while True: pass\n", seconds=3.0)

    with pytest.raises(ServiceFailure) as raised:
        served.score()

    assert (raised.value.status, raised.value.details[0].code) == (408, "ScoreRequestTimeout")


def test_more_requests_than_a_service_allows_are_throttled(scorer: PoolScorer, tmp_path: Path) -> None:
    script = "import time\ndef azureml_main(frame):\n    time.sleep(1.5)\n    return frame,\n"
    served = Served(scorer, tmp_path, script, concurrency=1)
    entered = threading.Event()

    def first() -> Score:
        entered.set()
        return served.score()

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(first)
        entered.wait()
        raised: list[ServiceFailure] = []
        while not running.done() and not raised:
            try:
                served.score()
            except ServiceFailure as failure:
                raised.append(failure)
        assert running.result().error is None

    assert [(failure.status, failure.code, failure.details[0].code) for failure in raised] == [
        (503, "ServiceUnavailable", "RequestThrottled")
    ]


def test_a_changed_script_takes_the_place_of_the_old_one(scorer: PoolScorer, tmp_path: Path) -> None:
    text = "def azureml_main(frame):\n    frame['version'] = {}\n    return frame,\n"
    served = Served(scorer, tmp_path, text.format(1))
    assert served.cell("version") == "1"

    served.path.write_text(text.format(2))

    seen = []
    while not seen or seen[-1] != "2":
        seen.append(served.cell("version"))
    assert set(seen) <= {"1", "2"}


def test_the_process_of_a_script_that_was_replaced_ends(scorer: PoolScorer, tmp_path: Path) -> None:
    text = (
        "import os\ndef azureml_main(frame):\n    frame['pid'], frame['version'] = os.getpid(), {}\n    return frame,\n"
    )
    served = Served(scorer, tmp_path, text.format(1))
    pid = int(str(served.cell("pid")))

    served.path.write_text(text.format(2))
    while served.cell("version") != "2":
        pass

    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    served.path.write_text(text.format(1))
    while served.cell("version") != "1":
        pass
    assert served.cell("pid") == served.cell("pid")  # what is asked for again is kept again


def test_a_fixed_dataset_is_the_same_for_every_request(scorer: PoolScorer, tmp_path: Path) -> None:
    (tmp_path / "fixed.csv").write_text("key,name\n1,one\n")
    script = (
        "def azureml_main(frame, fixed):\n"
        "    frame['name'] = fixed['name'][0]\n"
        "    fixed.loc[0, 'name'] = 'changed'\n"
        "    return frame,\n"
    )
    served = Served(scorer, tmp_path, script, options={"dataset2": str(tmp_path / "fixed.csv")})

    assert [served.cell("name") for _ in range(3)] == ["one"] * 3


def test_parameters_reach_the_script_and_stand_in_for_names_in_options(scorer: PoolScorer, tmp_path: Path) -> None:
    for day in ("monday", "tuesday"):
        (tmp_path / f"{day}.csv").write_text(f"day\n{day}\n")
    script = (
        "def azureml_main(frame, fixed):\n"
        "    frame['day'] = fixed['day'][0] + ' ' + blobprep_parameters['day']\n"
        "    return frame,\n"
    )
    served = Served(scorer, tmp_path, script, options={"dataset2": str(tmp_path / "{day}.csv")})

    days = [served.score(day=day).tables["output1"].rows[0][1] for day in ("monday", "tuesday")]

    assert days == ["monday monday", "tuesday tuesday"]


def test_figures_come_back_as_images(scorer: PoolScorer, tmp_path: Path) -> None:
    script = (
        "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\n"
        "def azureml_main(frame):\n"
        "    plt.plot([1, 2])\n"
        "    plt.savefig('plot.png')\n"
        "    return frame,\n"
    )
    served = Served(scorer, tmp_path, script)

    figures = [served.score().figures for _ in range(2)]

    assert [len(images) for images in figures] == [1, 1]
    assert all(image.startswith(b"\x89PNG") for images in figures for image in images)
