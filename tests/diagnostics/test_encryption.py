from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from blobprep.diagnostics.encryption import load_trust, start_tls
from blobprep.diagnostics.network import find_route
from tests.diagnostics.conftest import found, marks
from tests.server import Behaviour


@pytest.mark.parametrize(
    ("kind", "cause", "remedy"),
    [
        ("untrusted", "no trusted authority", "REQUESTS_CA_BUNDLE"),
        ("wrong host", "a host other than 127.0.0.1", "endpoint"),
        ("expired", "expired", "timedatectl"),
    ],
)
def test_a_certificate_that_is_refused_says_why(patient, kind, cause, remedy):
    with patient.server.behave(Behaviour(certificate=kind)):
        diagnosis = patient.examine()

    assert (diagnosis.failure.topic, diagnosis.failure.error) == ("certificate", "AccessError")
    assert cause in diagnosis.failure.cause
    assert remedy in diagnosis.failure.remedy
    assert marks(diagnosis)["authentication"] == "skip"


def test_certificates_are_held_against_what_the_sdk_trusts(patient):
    patient.variables.clear()  # no REQUESTS_CA_BUNDLE: the authority of the tests is not among certifi's

    assert patient.examine().failure.topic == "certificate"


def test_a_bundle_that_holds_no_certificates_is_named(patient, tmp_path):
    bundle = tmp_path / "empty.pem"
    bundle.write_text("nothing\n")
    patient.variables["REQUESTS_CA_BUNDLE"] = str(bundle)
    failure = patient.examine().failure

    assert (failure.topic, failure.error) == ("certificate", "AccessError")
    assert str(bundle) in failure.cause


def test_nothing_is_sent_over_a_connection_that_is_not_trusted(patient):
    with patient.server.behave(Behaviour(certificate="untrusted")):
        patient.examine()

    assert patient.server.requests == []


def test_a_certificate_that_ends_soon_is_a_warning(patient):
    diagnosis = patient.examine(now=lambda: datetime.now(UTC) + timedelta(days=360))

    assert found(diagnosis, "certificate").mark == "warn"


def test_an_account_that_demands_a_later_version_of_tls_says_which_are_offered(patient):
    route, _ = find_route(patient.server.account("https"), {})
    context, _ = load_trust(patient.server.account(), patient.variables)
    assert context is not None
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with patient.server.behave(Behaviour(minimum_tls=ssl.TLSVersion.TLSv1_3)):
        opened = socket.create_connection((route.host, route.port), 10)
        secure, (finding,) = start_tls(opened, route, context, datetime.now(UTC))

    assert secure is None
    assert (finding.mark, finding.error) == ("fail", "AccessError")
    assert "(TLS 1.2)" in finding.cause
    assert "--min-tls-version TLS1_2" in finding.remedy
