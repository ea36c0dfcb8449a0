from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.service.definitions import ServiceDefinition, ServiceInput
from blobprep.service.failures import ServiceFailure
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.registration import plan_job
from blobprep.service.jobs.states import STATUS_CODES, State
from blobprep.service.jobs.wire import blob_result, read_request, status_body
from tests.service.jobs.queues import SPEC

STRING = "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=" + "A" * 86 + "=="
IN = {"ConnectionString": STRING, "RelativeLocation": "raw/in.csv"}
OUT = {"ConnectionString": STRING, "RelativeLocation": "out/out.csv"}
ONE = ServiceDefinition(
    "churn",
    "a" * 32,
    "b" * 32,
    {"script": "prep.py", "isolation": "strict"},
    (ServiceInput("input1", "dataset1"),),
    parameters={"day": "monday", "key": ""},
)
TWO = dataclasses.replace(
    ONE,
    inputs=(*ONE.inputs, ServiceInput("input2", "dataset2")),
    outputs={"output1": (), "output3": ()},
    parameters={"needed": None},
)
NONE = dataclasses.replace(ONE, inputs=())


def refusal(service: ServiceDefinition, document: object) -> tuple[str, str]:
    with pytest.raises(ServiceFailure) as caught:
        plan_job(service, read_request(service, document))
    assert caught.value.status == 400
    return caught.value.code, caught.value.details[0].code


@pytest.mark.parametrize("outputs", [{}, None, "absent"])
@pytest.mark.parametrize("parameters", [{}, None, "absent"])
@pytest.mark.parametrize("form", ["Inputs", "inputs", "Input"])
def test_what_clients_leave_out_or_set_to_null_is_understood(form: str, outputs: Any, parameters: Any) -> None:
    body = {form: IN if form == "Input" else {"input1": IN}, "Outputs": outputs, "GlobalParameters": parameters}
    request = read_request(ONE, {name: value for name, value in body.items() if value != "absent"})
    assert request.inputs == {"input1": IN}
    assert request.outputs == {}
    assert request.parameters == {"day": "monday", "key": ""}


def test_both_forms_may_be_there_if_one_is_null() -> None:
    assert read_request(ONE, {"Input": None, "Inputs": {"input1": IN}}).inputs == {"input1": IN}
    assert read_request(ONE, {"Input": IN, "Inputs": None}).inputs == {"input1": IN}


def test_a_pool_of_azure_batch_and_unknown_fields_are_let_pass() -> None:
    assert read_request(ONE, {"Inputs": {"input1": IN}, "AzureBatchPoolId": "pool", "More": 1}).pool == "pool"


@pytest.mark.parametrize("document", [{}, {"Inputs": {}}, {"Outputs": {"output1": OUT}}])
def test_a_service_without_inputs_needs_none(document: dict[str, Any]) -> None:
    assert read_request(NONE, document).inputs == {}


@pytest.mark.parametrize(
    ("service", "document", "code"),
    [
        (ONE, None, "RequestIsEmpty"),
        (ONE, {}, "RequestIsEmpty"),
        (ONE, [], "RequestBodyInvalid"),
        (ONE, {"Inputs": []}, "RequestBodyInvalid"),
        (ONE, {"Inputs": {"input1": IN}, "Outputs": "x"}, "RequestBodyInvalid"),
        (ONE, {"Input": IN, "Inputs": {"input1": IN}}, "DuplicateInputInBatchCall"),
        (ONE, {"Input": IN, "Inputs": {}}, "DuplicateInputInBatchCall"),
        (ONE, {"Outputs": {}}, "MissingRequestInput"),
        (ONE, {"Inputs": {"input1": IN, "input2": IN}}, "BatchJobInputsTooManySpecified"),
        (NONE, {"Input": IN}, "BatchJobInputsTooManySpecified"),
        (ONE, {"Inputs": {"Input1": IN}}, "InvalidInputNames"),
        (TWO, {"Inputs": {"input2": IN}, "GlobalParameters": {"needed": 1}}, "BatchJobInputsNotSpecified"),
        (TWO, {"Input": IN}, "BatchJobInputsNotSpecified"),
        (ONE, {"Inputs": {"input1": None}}, "MissingInputBlobInformation"),
        (ONE, {"Inputs": {"input1": {"RelativeLocation": None}}}, "MissingInputBlobInformation"),
        (ONE, {"Inputs": {"input1": IN}, "Outputs": {"output9": OUT}}, "InvalidOutputOverrideName"),
        (ONE, {"Inputs": {"input1": IN}, "Outputs": {"Output1": OUT}}, "InvalidOutputOverrideName"),
        (ONE, {"Inputs": {"input1": IN}, "Outputs": {"output1": None}}, "MissingOutputOverrideSpecification"),
        (ONE, {"Inputs": {"input1": {**IN, "RelativeLocation": "raw/a.txt"}}}, "InvalidBlobExtension"),
        (
            ONE,
            {"Inputs": {"input1": IN}, "Outputs": {"output1": {**OUT, "RelativeLocation": "out/m.ilearner"}}},
            "InvalidBlobExtension",
        ),
    ],
)
def test_what_does_not_fit_gets_the_classic_code(service: ServiceDefinition, document: object, code: str) -> None:
    assert refusal(service, document) == ("BadArgument", code)


@pytest.mark.parametrize(
    ("service", "parameters", "code"),
    [
        (ONE, {"nights": "1"}, "UnexpectedParameter"),
        (TWO, {}, "MissingRequiredGlobalParameters"),
        (ONE, {"day": []}, "UserParameterInvalid"),
    ],
)
def test_wrong_parameters_get_the_codes_that_they_have_everywhere(
    service: ServiceDefinition, parameters: object, code: str
) -> None:
    inputs = {given.name: IN for given in service.inputs}
    assert refusal(service, {"Inputs": inputs, "GlobalParameters": parameters}) == ("BadUserArgument", code)


_TEXTS = st.one_of(
    st.sampled_from([STRING, "raw/in.csv", "out.csv", "https://contoso.blob.core.windows.net/", "?sv=1&sig=x", ""]),
    st.text(max_size=20),
)
_BLOBS = st.dictionaries(
    st.sampled_from(["ConnectionString", "RelativeLocation", "BaseLocation", "SasBlobToken", "x"]),
    st.one_of(_TEXTS, st.none(), st.integers()),
)
_ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=8,
)
_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "Input": st.one_of(_BLOBS, _ANYTHING),
        "Inputs": st.one_of(st.dictionaries(st.sampled_from(["input1", "input2"]), _BLOBS), _ANYTHING),
        "Outputs": st.one_of(st.dictionaries(st.sampled_from(["output1", "output2"]), _BLOBS), _ANYTHING),
        "GlobalParameters": st.one_of(st.dictionaries(st.sampled_from(["day", "key", "needed"]), _ANYTHING), _ANYTHING),
    },
)


@given(st.sampled_from([ONE, TWO, NONE]), st.one_of(_BODIES, _ANYTHING))
def test_whatever_is_sent_is_a_job_or_a_failure_that_is_a_clients(service: ServiceDefinition, document: object) -> None:
    refused = None
    try:
        spec, hidden = plan_job(service, read_request(service, document))
    except ServiceFailure as failure:
        refused = failure
    if refused is not None:
        assert (refused.status, len(refused.details)) == (400, 1)
    else:
        assert type(spec).decode(spec.encode()) == spec
        assert type(hidden).decode(hidden.encode()) == hidden


def test_the_record_of_a_run_is_beside_the_output_that_the_request_names() -> None:
    spec, hidden = plan_job(ONE, read_request(ONE, {"Inputs": {"input1": IN}, "Outputs": {"output1": OUT}}))
    place = "https://contoso.blob.core.windows.net/out/out.csv"
    assert [(output.output, output.blob, output.is_given) for output in spec.outputs] == [("output1", place, True)]
    assert (spec.record, spec.record_output) == (f"{place}.run/", "output1")
    assert spec.inputs == {"dataset1": "input1"}
    assert spec.fixed["create_container"] is False
    assert "AccountKey" not in spec.encode()
    assert hidden.inputs["input1"]["ConnectionString"] == STRING


def test_results_go_to_a_place_of_their_own_where_the_request_names_none() -> None:
    one, other = (plan_job(ONE, read_request(ONE, {"Inputs": {"input1": IN}}))[0] for _ in range(2))
    blob = one.outputs[0].blob
    assert one.record == f"{blob}.run/"
    assert one.record_output == ""
    assert one.fixed["create_container"] is True
    folder, name = blob.removeprefix("az://experimentoutput/").split("/")
    assert (len(folder), len(name), name[-4:]) == (36, 40, ".csv")
    assert one.outputs != other.outputs


def test_results_go_below_the_prefix_of_the_service() -> None:
    service = dataclasses.replace(ONE, output="az://contoso@scores/daily")
    spec, _ = plan_job(service, read_request(service, {"Inputs": {"input1": IN}}))
    assert spec.outputs[0].blob.startswith("az://contoso@scores/daily/")


def test_a_token_for_one_blob_leaves_the_record_to_the_service() -> None:
    token = "?sv=2024-11-04&sr={}&sig=x%3D&sp=rcw"
    base = {"BaseLocation": "https://contoso.blob.core.windows.net/", "RelativeLocation": "out/out.csv"}
    for kind, is_beside in (("b", False), ("c", True)):
        output = {**base, "SasBlobToken": token.format(kind)}
        spec, _ = plan_job(ONE, read_request(ONE, {"Inputs": {"input1": IN}, "Outputs": {"output1": output}}))
        assert (spec.record_output == "output1") == is_beside
        assert spec.record.startswith("https://contoso" if is_beside else "az://experimentoutput/")
        assert "sig=" not in spec.encode()


def test_outputs_of_a_job_have_one_format() -> None:
    outputs = {
        "output1": {**OUT, "RelativeLocation": "out/a.tsv"},
        "output3": {**OUT, "RelativeLocation": "out/b.arff"},
    }
    body = {"Inputs": {"input1": IN, "input2": IN}, "Outputs": outputs, "GlobalParameters": {"needed": "x"}}
    assert refusal(TWO, body) == ("BadArgument", "InvalidBlobExtension")
    del outputs["output3"]
    spec, _ = plan_job(TWO, read_request(TWO, body))
    assert spec.fixed["format"] == "tsv"
    assert spec.fixed["second_output"] is True
    assert spec.outputs[1].blob.endswith(".tsv")
    assert spec.inputs == {"dataset1": "input1", "dataset2": "input2"}


@pytest.mark.parametrize("state", STATUS_CODES)
def test_the_answer_about_a_job_has_a_text_for_its_state(state: State) -> None:
    job = Job("0" * 32, "churn", state, SPEC, datetime.now(UTC), details="why")
    assert status_body(job, None) == {"StatusCode": STATUS_CODES[state], "Results": None, "Details": "why"}


def test_parts_of_a_result_can_be_joined_by_any_client() -> None:
    for token in ("", "?sig=x"):
        result = blob_result("https://a/", "c/b.csv", token)
        assert result["ConnectionString"] is None
        assert (
            f"{result['BaseLocation']}{result['RelativeLocation']}{result['SasBlobToken']}"
            == f"https://a/c/b.csv{token}"
        )
