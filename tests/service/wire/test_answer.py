"""The JSON of an answer."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from blobprep.service.definitions import Score, ServiceDefinition, ServiceInput, ServiceTable
from blobprep.service.failures import ServiceFailure
from blobprep.service.wire.answer import results, vector

DEFINITION = ServiceDefinition("iris", "0" * 32, "1" * 32, {}, (ServiceInput("input1", "dataset1"),), device="")
TABLE = ServiceTable(("a", "b"), ("Double", "String"), (("0.1", "x"), ("1E+15", None)))
SCORE = Score(
    "succeeded",
    {"output1": TABLE},
    (b"\x89PNG one", b"\x89PNG two"),
    "out | said\nerr | warned\nblobprep | a note\nout | more\n",
)


def test_a_table_has_names_types_and_texts() -> None:
    assert json.loads(json.dumps(results(DEFINITION, SCORE, swagger=False))) == {
        "Results": {
            "output1": {
                "type": "table",
                "value": {
                    "ColumnNames": ["a", "b"],
                    "ColumnTypes": ["Double", "String"],
                    "Values": [["0.1", "x"], ["1E+15", None]],
                },
            }
        }
    }


def test_the_swagger_form_is_a_list_of_rows() -> None:
    assert results(DEFINITION, SCORE, swagger=True) == {
        "Results": {"output1": [{"a": "0.1", "b": "x"}, {"a": "1E+15", "b": None}]}
    }


@pytest.mark.parametrize("swagger", [False, True])
def test_the_second_output_has_log_and_figures_as_the_r_client_reads_them(swagger: bool) -> None:
    answer = results(replace(DEFINITION, device="output2"), SCORE, swagger=swagger)["Results"]["output2"]
    cell = next(iter(answer[0].values())) if swagger else answer["value"]["Values"][0][0]

    device = json.loads(cell)

    assert device["Standard Output"] == "said\nmore\n"
    assert device["Standard Error"] == "warned\n"
    assert [base64.b64decode(figure) for figure in device["Graphics Device"]] == [b"\x89PNG one", b"\x89PNG two"]


def test_a_vector_is_answered_by_the_cells_of_one_row() -> None:
    one = replace(SCORE, tables={"output1": replace(TABLE, rows=TABLE.rows[1:])})

    assert vector(DEFINITION, one) == ["1E+15", None]


def test_a_vector_that_became_two_rows_has_no_answer() -> None:
    with pytest.raises(ServiceFailure) as caught:
        vector(DEFINITION, SCORE)

    assert caught.value.details[0].code == "IncompatibleModel"
