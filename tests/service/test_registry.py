"""Services found by the addresses that clients have."""

from __future__ import annotations

import pytest

from blobprep.service.definitions import Column, ServiceDefinition, ServiceInput
from blobprep.service.failures import ServiceFailure
from blobprep.service.registry import Services, stable_id


def _definition(name: str, workspace: str = "w" * 32) -> ServiceDefinition:
    return ServiceDefinition(
        name, workspace, stable_id("endpoint", name), {"script": "prep.py"}, (ServiceInput("input1", "dataset1"),)
    )


def test_a_service_is_found_by_workspace_and_endpoint_in_any_case() -> None:
    services = Services([_definition("iris"), _definition("pima")])
    values = {"workspace": "W" * 32, "service": stable_id("endpoint", "pima").upper()}

    assert services.find(values).name == "pima"


def test_a_service_is_found_by_its_name() -> None:
    assert Services([_definition("iris")]).find({"service": "iris"}).name == "iris"


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ({"service": "nothing"}, "WebServiceNotFound"),
        ({"service": "iris", "workspace": "f" * 32}, "WorkspaceNotFound"),
        ({"service": "iris", "workspace": "v" * 32}, "WebServiceIdNotFoundInWorkspace"),
    ],
)
def test_what_is_not_there_is_told_apart(values: dict[str, str], detail: str) -> None:
    services = Services([_definition("iris"), _definition("other", "v" * 32)])

    with pytest.raises(ServiceFailure) as caught:
        services.find(values)

    assert (caught.value.status, caught.value.details[0].code) == (404, detail)


def test_columns_are_learned_once() -> None:
    told: list[ServiceDefinition] = []
    services = Services([_definition("iris")], told.append)
    first, second = (Column("a", "Double"),), (Column("b", "String"),)

    services.learn("iris", {"input1": first}, {"output1": first})
    services.learn("iris", {"input1": second}, {"output1": second})

    assert services.named("iris").inputs[0].columns == first
    assert services.named("iris").outputs == {"output1": first}
    assert len(told) == 1


def test_ids_are_hexadecimal_and_stay_the_same() -> None:
    assert stable_id("endpoint", "iris") == "dc0332a13c51aef9821630dc5778ee19"
