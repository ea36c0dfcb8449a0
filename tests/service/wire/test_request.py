"""The JSON of a request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.service.definitions import Column, ServiceDefinition, ServiceInput
from blobprep.service.failures import ServiceFailure
from blobprep.service.wire.request import read_request, read_vector

TWO = ServiceDefinition(
    "both",
    "0" * 32,
    "1" * 32,
    {},
    (
        ServiceInput("input1", "dataset1", (Column("a", "Int32"),)),
        ServiceInput("input2", "dataset2", (Column("b", "String"),)),
    ),
    parameters={"year": "2024", "region": None},
)
ONE = ServiceDefinition("one", "0" * 32, "1" * 32, {}, TWO.inputs[:1])
NONE = ServiceDefinition("none", "0" * 32, "1" * 32, {}, ())
ROWS = [{"a": 1}]


def test_inputs_and_parameters_are_read() -> None:
    asked = read_request(
        TWO,
        {
            "Inputs": {"input2": {"ColumnNames": ["b"], "Values": [["x"]]}, "input1": ROWS},
            "GlobalParameters": {"region": "west"},
        },
    )

    assert list(asked.tables) == ["input1", "input2"]
    assert asked.tables["input1"].rows == ((1,),)
    assert asked.parameters == {"year": "2024", "region": "west"}


@pytest.mark.parametrize(
    "document",
    [
        {"Inputs": {"input1": ROWS}},
        {"Inputs": {"input1": ROWS}, "GlobalParameters": None},
        {"Inputs": {"input1": ROWS}, "GlobalParameters": {}},
        {"inputs": {"Input1": ROWS}, "globalParameters": {}, "Id": "score00001"},
    ],
)
def test_what_clients_leave_out_or_spell_otherwise_is_read(document: Any) -> None:
    assert read_request(ONE, document).tables["input1"].rows == ((1,),)


def test_a_service_without_inputs_needs_none() -> None:
    assert read_request(NONE, {"Inputs": {}}).tables == {}
    assert read_request(NONE, {}).tables == {}


@pytest.mark.parametrize(("value", "text"), [(5, "5"), (0.5, "0.5"), (True, "True"), ("x", "x"), (None, "2024")])
def test_a_parameter_is_a_text(value: object, text: str) -> None:
    document = {
        "Inputs": {"input1": ROWS, "input2": [{"b": "x"}]},
        "GlobalParameters": {"region": "west", "year": value},
    }

    assert read_request(TWO, document).parameters["year"] == text


@pytest.mark.parametrize(
    ("document", "code", "detail"),
    [
        (None, "BadArgument", "RequestIsEmpty"),
        ([], "BadArgument", "RequestBodyInvalid"),
        ({"Inputs": []}, "BadArgument", "RequestBodyInvalid"),
        ({}, "BadArgument", "MissingRequestInput"),
        ({"Inputs": {"input1": None}}, "BadArgument", "MissingRequestInput"),
        ({"Inputs": {"input1": ROWS, "input3": ROWS}}, "BadArgument", "InvalidInputNames"),
        ({"Inputs": {"input1": ROWS, "Input1": ROWS}}, "BadArgument", "InvalidInputNames"),
        ({"Inputs": {"input1": ROWS}, "GlobalParameters": []}, "BadArgument", "RequestBodyInvalid"),
        ({"Inputs": {"input1": ROWS}, "GlobalParameters": {"x": 1}}, "BadUserArgument", "UnexpectedParameter"),
    ],
)
def test_what_is_wrong_has_its_code(document: Any, code: str, detail: str) -> None:
    with pytest.raises(ServiceFailure) as caught:
        read_request(ONE, document)

    assert (caught.value.code, caught.value.details[0].code) == (code, detail)


@pytest.mark.parametrize(
    ("parameters", "detail"),
    [
        ({}, "MissingRequiredGlobalParameters"),
        ({"region": None}, "MissingRequiredGlobalParameters"),
        ({"region": ["west"]}, "UserParameterInvalid"),
        ({"region": "we\0st"}, "UserParameterInvalid"),
    ],
)
def test_a_parameter_without_a_default_is_required(parameters: Any, detail: str) -> None:
    document = {"Inputs": {"input1": ROWS, "input2": [{"b": "x"}]}, "GlobalParameters": parameters}

    with pytest.raises(ServiceFailure) as caught:
        read_request(TWO, document)

    assert (caught.value.code, caught.value.details[0].code) == ("BadUserArgument", detail)


def test_a_vector_of_before_names_is_one_row() -> None:
    document = {"Id": "score00001", "Instance": {"FeatureVector": {"a": "7"}, "GlobalParameters": {}}}

    assert read_vector(ONE, document).tables["input1"].rows == ((7,),)


def test_a_vector_cannot_feed_two_inputs() -> None:
    with pytest.raises(ServiceFailure) as caught:
        read_vector(TWO, {"Instance": {"FeatureVector": {"a": "7"}}})

    assert caught.value.details[0].code == "MultipleInputsNotAllowed"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Inputs", "input1", "ColumnNames", "Values", "a", "Instance", "FeatureVector"]), inner
        )
    ),
)


@given(_JSON, st.sampled_from([ONE, TWO, NONE]))
def test_any_json_is_read_or_refused(document: object, definition: ServiceDefinition) -> None:
    for read in (read_request, read_vector):
        try:
            names, status = set(read(definition, document).tables), 200
        except ServiceFailure as failure:
            names, status = {given.name for given in definition.inputs}, failure.status

        assert status in (200, 400)
        assert names == {given.name for given in definition.inputs}
