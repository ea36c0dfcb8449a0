"""Hold `infra/main.bicep` to its promises. It is parsed; neither `bicep build` nor a deployment is run."""

from __future__ import annotations

import json
import re

import pytest

from tests.infra.bicep import INFRA, bodies, body, decorators

ACCOUNT = "Microsoft.Storage/storageAccounts"
BLOBS = f"{ACCOUNT}/blobServices"
CONTAINER = f"{BLOBS}/containers"
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


def id_of(resource):
    return {"operator": {"type": "property_accessor", "operands": {"operand_1": resource, "operand_2": "${id}"}}}


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


def test_only_https_is_served_unless_insecure_http_is_allowed(account, parameters):
    assert account["supportsHttpsTrafficOnly"] == negated("${allowInsecureHttp}")
    assert parameters["allowInsecureHttp"]["type"] == "bool"
    assert parameters["allowInsecureHttp"]["default"] is False


def test_the_description_of_insecure_http_warns(parameters):
    description = decorators(parameters["allowInsecureHttp"])["description"]

    assert description.startswith("WARNING: INSECURE.")
    for word in ("secure transfer required", "plain http", "SAS tokens", "Leave it false"):
        assert word in description


def test_tls_is_at_least_1_2(account):
    assert account["minimumTlsVersion"] == "TLS1_2"


def test_no_account_key_is_accepted_by_default(account, parameters):
    assert account["allowSharedKeyAccess"] == "${allowSharedKeyAccess}"
    assert parameters["allowSharedKeyAccess"]["default"] is False
    assert account["defaultToOAuthAuthentication"] is True


def test_no_blob_can_be_made_public(bicep, account):
    containers = bodies(bicep, CONTAINER)

    assert account["allowBlobPublicAccess"] is False
    assert sorted(containers) == ["inputs", "outputs"]
    assert {each["properties"]["publicAccess"] for each in containers.values()} == {"None"}


def test_no_network_address_is_let_in_by_default(account, parameters):
    assert account["networkAcls"]["defaultAction"] == "${otherAddresses}"
    assert parameters["otherAddresses"]["default"] == "Deny"
    assert decorators(parameters["otherAddresses"])["allowed"] == ["Deny", "Allow"]
    assert parameters["allowedAddresses"]["default"] == []


def test_exactly_the_named_addresses_are_let_in(account):
    rules = account["networkAcls"]["ipRules"]

    assert rules["loop_type"]["detail"] == {"item_name": "address", "array_name": "${allowedAddresses}"}
    assert rules["config"] == {"action": "Allow", "value": "${address}"}
    assert "virtualNetworkRules" not in account["networkAcls"]


def test_the_account_replicates_to_no_other_tenant(account):
    assert account["allowCrossTenantReplication"] is False


def test_deleted_and_replaced_blobs_can_be_brought_back(bicep, parameters):
    (service,) = bodies(bicep, BLOBS).values()
    kept = {"enabled": True, "days": "${retentionDays}"}

    assert service["properties"] == {
        "isVersioningEnabled": True,
        "deleteRetentionPolicy": kept,
        "containerDeleteRetentionPolicy": kept,
    }
    assert parameters["retentionDays"]["default"] == 7
    assert decorators(parameters["retentionDays"])["min_value"] == 1


def test_only_earlier_versions_are_ever_deleted(bicep):
    (policy,) = bodies(bicep, POLICY).values()
    (rule,) = policy["properties"]["policy"]["rules"]

    assert rule["definition"]["actions"] == {
        "version": {"delete": {"daysAfterCreationGreaterThan": "${retentionDays}"}}
    }


def test_the_containers_are_those_of_the_parameters(bicep, parameters):
    for name, array in (("inputs", "inputContainers"), ("outputs", "outputContainers")):
        resource = bicep["resources"][name]
        assert resource["config"]["loop_type"]["detail"] == {"item_name": "name", "array_name": f"${{{array}}}"}
        assert body(resource)["name"] == "${name}"
        assert body(resource)["parent"] == "${blobs}"
        assert decorators(parameters[array])["min_length"] == 1
    assert not set(parameters["inputContainers"]["default"]) & set(parameters["outputContainers"]["default"])


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


@pytest.mark.parametrize(
    ("variable", "array"), [("readable", "${inputContainers}"), ("writable", "${outputContainers}")]
)
def test_without_a_principal_nobody_gets_a_data_role(bicep, variable, array):
    assert bicep["variables"][variable]["value"]["operator"] == {
        "type": "conditional",
        "operands": {"condition": NOBODY, "true_value": [], "false_value": array},
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


def test_roles_go_to_the_given_principal(roles, parameters):
    for role in roles.values():
        assert body(role)["properties"]["principalId"] == "${principalId}"
        assert body(role)["properties"]["principalType"] == "${principalType}"
    assert decorators(parameters["principalType"])["allowed"] == ["User", "Group", "ServicePrincipal"]


@pytest.mark.parametrize(
    ("name", "scope", "variable"),
    [
        ("inputRoles", element_of("${inputs}", "${index}"), "${blobDataReader}"),
        ("outputRoles", element_of("${outputs}", "${index}"), "${blobDataContributor}"),
        ("delegatorRole", "${account}", "${blobDelegator}"),
    ],
)
def test_a_second_deployment_grants_each_role_under_the_same_name(roles, name, scope, variable):
    assert body(roles[name])["name"]["function"] == {
        "type": "guid",
        "parameters": {"base_string": id_of(scope), "extra_string_1": "${principalId}", "extra_string_2": variable},
    }


def test_every_parameter_and_output_is_described(bicep):
    for element in (*bicep["parameters"].items(), *bicep["outputs"].items()):
        assert decorators(element[1]).get("description", "").endswith("."), element[0]


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


def test_api_versions_are_pinned_to_released_ones(bicep):
    versions = {(each["type"].partition("/")[0], each["api_version"]) for each in bicep["resources"].values()}

    assert versions == {("Microsoft.Storage", "2023-05-01"), ("Microsoft.Authorization", "2022-04-01")}


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


def test_the_readme_says_that_no_deployment_was_run():
    text = (INFRA / "README.md").read_text(encoding="utf-8")

    assert "`bicep build` and a real deployment were **not** run" in text
