"""Hold `infra/main.bicep` to its promises. It is parsed; neither `bicep build` nor a deployment is run."""

from __future__ import annotations

import json
import re

import pytest

from tests.infra.bicep import INFRA, bodies, body, decorators

ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = f"{ACCOUNT}/blobServices/containers"
POLICY = f"{ACCOUNT}/managementPolicies"
ROLE = "Microsoft.Authorization/roleAssignments"

# Azure's built-in roles, as Microsoft's list of them has it.
READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
DELEGATOR = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a"

NOBODY = {"function": {"type": "empty", "parameters": {"item_to_test": "${principalId}"}}}


def negated(value):
    return {"operator": {"type": "not", "operands": {"bool_value": value}}}


def element_of(array, index):
    return {"operator": {"type": "index_accessor", "operands": {"operand_1": array, "operand_2": index}}}


@pytest.fixture
def parameters(bicep):
    return bicep["parameters"]


@pytest.fixture
def account(bicep):
    (found,) = bodies(bicep, ACCOUNT).values()
    return found["properties"]


@pytest.fixture
def roles(bicep):
    return {name: each for name, each in bicep["resources"].items() if each["type"] == ROLE}


def role_id(bicep, role):
    function = body(role)["properties"]["roleDefinitionId"]["function"]
    assert function["type"] == "subscription_resource_id"
    assert function["parameters"]["resource_type"] == "Microsoft.Authorization/roleDefinitions"
    (role_id,) = (
        variable["value"]
        for name, variable in bicep["variables"].items()
        if f"${{{name}}}" == function["parameters"]["resource_name_1"]
    )
    return role_id


def test_whoever_changes_no_parameter_lets_nobody_in(bicep, account, parameters):
    defaults = {name: parameter.get("default") for name, parameter in parameters.items()}

    assert account["supportsHttpsTrafficOnly"] == negated("${allowInsecureHttp}")
    assert account["allowSharedKeyAccess"] == "${allowSharedKeyAccess}"
    assert account["networkAcls"]["defaultAction"] == "${otherAddresses}"
    assert (defaults["allowInsecureHttp"], defaults["allowSharedKeyAccess"]) == (False, False)
    assert (defaults["otherAddresses"], defaults["allowedAddresses"]) == ("Deny", [])
    assert account["allowBlobPublicAccess"] is False
    assert {each["properties"]["publicAccess"] for each in bodies(bicep, CONTAINER).values()} == {"None"}
    assert not set(defaults["inputContainers"]) & set(defaults["outputContainers"])


def test_of_all_blobs_only_earlier_versions_are_deleted_by_a_rule(bicep):
    (policy,) = bodies(bicep, POLICY).values()
    (rule,) = policy["properties"]["policy"]["rules"]

    assert set(rule["definition"]["actions"]) == {"version"}


@pytest.mark.parametrize(
    ("name", "role", "containers", "principals"),
    [
        ("inputRoles", READER, "${inputs}", "${readable}"),
        ("outputRoles", CONTRIBUTOR, "${outputs}", "${writable}"),
    ],
)
def test_data_roles_are_granted_on_containers_and_not_on_the_account(bicep, roles, name, role, containers, principals):
    granted = roles[name]

    assert role_id(bicep, granted) == role
    assert body(granted)["scope"] == element_of(containers, "${index}")
    assert granted["config"]["loop_type"]["detail"] == {
        "item_name": "name",
        "index_name": "index",
        "array_name": principals,
    }


def test_the_only_role_on_the_account_signs_sas_tokens_when_asked_to(bicep, parameters, roles):
    assert sorted(roles) == ["delegatorRole", "inputRoles", "outputRoles"]
    assert [name for name, role in roles.items() if body(role)["scope"] == "${account}"] == ["delegatorRole"]
    assert role_id(bicep, roles["delegatorRole"]) == DELEGATOR
    assert roles["delegatorRole"]["config"]["condition"]["operator"] == {
        "type": "and",
        "operands": {"operand_1": "${grantDelegator}", "operand_2": negated(NOBODY)},
    }
    assert parameters["grantDelegator"]["default"] is False
    assert parameters["principalId"]["default"] == ""


def test_the_name_of_the_account_is_one_azure_takes(parameters):
    limits = decorators(parameters["accountName"])

    assert (limits["min_length"], limits["max_length"]) == (3, 24)
    # uniqueString is 13 letters and digits, the same for the same resource group.
    default = parameters["accountName"]["default"].replace("${uniqueString(resourceGroup().id)}", "a" * 13)
    assert re.fullmatch(r"[a-z0-9]{3,24}", default)


def test_no_secret_is_read_or_put_out(bicep):
    text = (INFRA / "main.bicep").read_text(encoding="utf-8")

    assert not re.search(r"(?i)\blist[a-z]*\(|getsecret|newguid\(|utcnow\(", text)
    assert sorted(bicep["outputs"]) == ["accountName", "blobEndpoint", "blobprepToml"]


def test_nothing_is_fetched_from_a_registry(bicep):
    assert not {"modules", "imports", "extensions"} & set(bicep)
    assert [each.name for each in INFRA.rglob("*.bicep")] == ["main.bicep"]


def test_the_readme_lists_every_parameter_with_its_default(parameters):
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", (INFRA / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    shown = dict(rows)

    assert list(shown) == list(parameters)
    for name in set(shown) - {"location", "accountName", "principalId"}:  # these are told in words
        default = parameters[name]["default"]
        assert shown[name] == f"`{default if isinstance(default, str) else json.dumps(default)}`"


def test_the_commands_of_the_readme_name_parameters_and_outputs_that_exist(bicep):
    text = (INFRA / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"az deployment group create.*?(?=\n\$|\n```)", text, re.DOTALL)
    given = {name for each in commands for name in re.findall(r"(?<=[\s])(\w+)=", each)}

    assert len(commands) == 2
    assert given >= {"principalId", "allowInsecureHttp"}
    assert given <= set(bicep["parameters"])
    assert set(re.findall(r"properties\.outputs\.(\w+)", text)) <= set(bicep["outputs"])
