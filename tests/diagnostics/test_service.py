"""What Azurite cannot show, the stand-in server does."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest

from blobprep.account import Credential
from blobprep.diagnostics.examination import doctor
from tests.diagnostics.conftest import found, marks
from tests.server import ALWAYS, Behaviour
from tests.server.credentials import account_sas, container_sas


def test_a_healthy_account_over_https_has_nothing_but_good_marks(patient):
    diagnosis = patient.examine()

    assert diagnosis.worst == "ok"
    assert found(diagnosis, "TLS").text.startswith("TLSv1.")
    assert "issued by blobprep tests" in found(diagnosis, "certificate").text


def test_https_only(patient):
    with patient.server.behave(Behaviour(requires_https=True)):
        failure = patient.examine(protocol="http").failure

    assert (failure.topic, failure.error) == ("service", "HttpsRequired")
    assert "--protocol https" in failure.remedy
    assert "az storage account update --name contoso --https-only false" in failure.remedy


@pytest.mark.parametrize("skew", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_wrong_clock_is_a_failure_for_whoever_signs(patient, skew):
    with patient.server.behave(Behaviour(clock_skew=skew)):
        failure = patient.examine().failure

    assert (failure.topic, failure.error) == ("clock", "AccessError")
    assert ("60 minutes behind" if skew > timedelta() else "60 minutes ahead of") in failure.text
    assert "timedatectl" in failure.remedy


def test_a_wrong_clock_is_a_warning_for_a_sas_token(patient):
    with patient.server.behave(Behaviour(clock_skew=timedelta(minutes=30))):
        diagnosis = patient.examine(credential=container_sas(patient.server, "raw"))

    assert found(diagnosis, "clock").mark == "warn"
    assert diagnosis.failure is None


def test_a_disabled_account(patient):
    with patient.server.behave(Behaviour(disabled=True)):
        failure = patient.examine().failure

    assert (failure.topic, failure.error) == ("service", "AccessError")
    assert "AccountIsDisabled" in failure.text


def test_throttling_is_said_at_once(patient):
    with patient.server.behave(Behaviour(throttling=ALWAYS)):
        failure = patient.examine().failure

    assert (failure.topic, failure.error) == ("service", "StoreUnavailable")
    assert "throttled" in failure.cause


def test_throttling_of_the_credential_only_is_said_after_one_request(patient):
    behaviour = Behaviour(throttling=ALWAYS, concerns=lambda request: "authorization" in request.headers)
    with patient.server.behave(behaviour):
        failure = patient.examine().failure

    assert (failure.topic, failure.error) == ("authentication", "StoreUnavailable")
    assert "throttled" in failure.cause
    assert len([each for each in patient.server.requests if "authorization" in each.headers]) == 1


def test_the_firewall(patient, through_proxy):
    with patient.server.behave(Behaviour(firewall=True)):
        failure = doctor("az://raw/iris.csv", workspace=through_proxy).failure

    assert (failure.topic, failure.error) == ("authentication", "AccessError")
    assert "firewall" in failure.cause
    assert "az storage account network-rule add --account-name contoso --ip-address" in failure.remedy


def test_the_firewall_is_told_from_a_token_that_allows_too_little(patient):
    with patient.server.behave(Behaviour(firewall=True)):
        failure = patient.examine(credential=container_sas(patient.server, "raw")).failure

    assert "firewall" in failure.cause


@pytest.mark.parametrize("kind", ["key", "sas"])
def test_an_account_that_takes_no_keys(patient, kind):
    credential = container_sas(patient.server, "raw") if kind == "sas" else None
    with patient.server.behave(Behaviour(shared_key_disabled=True)):
        failure = patient.examine(credential=credential).failure

    assert (failure.topic, failure.error) == ("authentication", "AccessError")
    assert "--allow-shared-key-access true" in failure.remedy
    assert 'credential = "default"' in failure.remedy


def test_a_key_of_another_account(patient):
    failure = patient.examine(credential=Credential("key", "A" * 86 + "==")).failure

    assert (failure.topic, failure.error) == ("authentication", "AccessError")
    assert "(account contoso, key from argument accounts)" in failure.cause
    assert "az storage account keys list --account-name contoso" in failure.remedy


@pytest.mark.parametrize(
    ("action", "letters", "held"),
    [("list", "rwd", "rwd"), ("read", "wdl", "wdl"), ("write", "rdl", "rdl"), ("delete", "rwl", "rwl")],
)
def test_a_sas_token_that_lacks_a_letter(patient, action, letters, held):
    diagnosis = patient.examine(credential=container_sas(patient.server, "raw", letters))

    assert diagnosis.failure is not None
    assert diagnosis.failure.topic == action
    assert diagnosis.failure.error == "AccessError"
    assert f"lacks the permission {action[0]}" in diagnosis.failure.cause
    assert "sp=rwdl" in diagnosis.failure.remedy
    assert "--permissions rwdl" in diagnosis.failure.remedy
    assert [each.topic for each in diagnosis if each.mark == "fail"] == [action]


def test_what_is_not_needed_is_a_warning_when_it_is_refused(patient):
    diagnosis = patient.examine(credential=container_sas(patient.server, "raw", "rl"), need=("list", "read"))

    assert diagnosis.worst == "warn"
    assert diagnosis.failure is None
    assert found(diagnosis, "write").mark == "warn"


def test_an_expired_sas_token_is_known_by_the_clock_of_the_service(patient):
    token = container_sas(patient.server, "raw", lifetime=timedelta(hours=-1))
    failure = patient.examine(credential=token).failure

    assert (failure.topic, failure.error) == ("SAS", "AccessError")
    assert "the SAS token expired at" in failure.cause
    assert "generate-sas --account-name contoso --name raw --permissions racwdl" in failure.remedy


def test_a_sas_token_for_https_only_is_not_sent_over_http(patient):
    token = container_sas(patient.server, "raw", protocol="https")
    failure = patient.examine(credential=token, protocol="http").failure

    assert (failure.topic, failure.error) == ("protocol", "ProtocolForbidden")
    assert "use https" in failure.remedy
    assert patient.server.requests == []


def test_a_sas_token_for_another_address(patient):
    failure = patient.examine(credential=container_sas(patient.server, "raw", ip="10.0.0.1")).failure

    assert failure.topic == "list"
    assert "sip=" in failure.cause


def test_a_sas_token_for_other_kinds_of_resource(patient):
    failure = patient.examine(credential=account_sas(patient.server, "racwdl", "o")).failure

    assert failure.topic == "list"
    assert "srt=o" in failure.cause
    assert "srt=sco" in failure.remedy


def test_a_sas_token_of_another_key(patient):
    failure = patient.examine(credential=container_sas(patient.server, "raw", key="A" * 86 + "==")).failure

    assert failure.topic == "authentication"
    assert "signature" in failure.cause


def test_a_sas_token_for_another_container(patient):
    patient.server.store.create_container("other")
    failure = patient.examine("az://other/x.csv", credential=container_sas(patient.server, "raw")).failure

    assert failure.topic == "authentication"


@pytest.mark.parametrize(
    ("role", "action", "needed"),
    [("none", "list", "Storage Blob Data Reader"), ("reader", "write", "Storage Blob Data Contributor")],
)
def test_an_identity_without_the_role(patient, role, action, needed):
    credential = Credential("token", patient.server.issue(role), "bearer")
    failure = patient.examine(credential=credential).failure

    assert (failure.topic, failure.error) == (action, "AccessError")
    assert f'--role "{needed}"' in failure.remedy
    assert "/blobServices/default/containers/raw" in failure.remedy


def test_an_identity_with_the_role(patient):
    credential = Credential("token", patient.server.issue("contributor"), "bearer")

    assert patient.examine(credential=credential).worst == "ok"


@pytest.mark.parametrize(
    "wrong", [{"lifetime": timedelta(hours=-1)}, {"tenant": "elsewhere"}, {"audience": "https://x"}]
)
def test_a_token_that_is_expired_or_of_another_tenant(patient, wrong):
    credential = Credential("token", patient.server.issue("contributor", **wrong), "bearer")
    failure = patient.examine(credential=credential).failure

    assert (failure.topic, failure.error) == ("authentication", "AccessError")
    assert "tenant" in failure.cause
    assert "az login" in failure.remedy


def test_a_service_principal_that_is_not_complete(patient):
    failure = patient.examine(credential=Credential("token", "", "service-principal")).failure

    assert failure.topic == "authentication"
    assert failure.error == "SettingError"
    assert failure.remedy


def test_no_credential(patient):
    diagnosis = patient.examine(credential=Credential("anonymous"))

    assert diagnosis.failure.topic == "container"
    assert "private" in diagnosis.failure.cause
    assert "AZURE_STORAGE_SAS_TOKEN" in diagnosis.failure.remedy
    assert marks(diagnosis)["authentication"] == "skip"


def test_no_credential_where_strangers_are_refused_altogether(patient):
    with patient.server.behave(Behaviour(public_access_disabled=True)):
        diagnosis = patient.examine(credential=Credential("anonymous"))

    assert diagnosis.failure.error == "AccessError"
    assert "--allow-blob-public-access true" in diagnosis.failure.remedy


def test_a_service_that_does_not_answer_is_waited_for_no_longer_than_asked(patient):
    with patient.server.behave(Behaviour(held=Event())):
        failure = patient.examine(timeout=0.05).failure

    assert (failure.topic, failure.error) == ("service", "StoreUnavailable")
    assert "0.05 seconds" in failure.cause


def test_the_way_through_a_proxy_is_told(patient, through_proxy):
    diagnosis = doctor("az://raw/iris.csv", workspace=through_proxy)

    assert diagnosis.worst == "ok"
    assert "https_proxy sends requests through 127.0.0.1" in found(diagnosis, "proxy").text
    assert "through 127.0.0.1" in found(diagnosis, "connection").text
    assert all(request.proxied for request in patient.server.requests)


def test_a_proxy_that_lets_nothing_through(patient, through_proxy):
    failure = doctor("az://elsewhere@raw/iris.csv", workspace=through_proxy).failure

    assert (failure.topic, failure.error) == ("connection", "StoreUnavailable")
    assert "502" in failure.cause
    assert "no_proxy=elsewhere.blob.core.windows.net" in failure.remedy


def test_probes_change_nothing(patient):
    before = [(each.blob, each.etag) for each in patient.server.store.list("raw")]

    for reference in ("az://raw/iris.csv", "az://raw/", "az://raw/deep/none.csv"):
        patient.examine(reference)

    assert [(each.blob, each.etag) for each in patient.server.store.list("raw")] == before
    asked = [each for each in patient.server.requests if each.method not in ("GET", "HEAD")]
    assert {each.method for each in asked} == {"PUT", "DELETE"}
    assert all(each.headers.get("if-match") for each in asked)
    assert all(each.blob.rpartition("/")[2].startswith("blobprep-doctor-") for each in asked)
