from __future__ import annotations

import pytest

from blobprep.diagnostics.refusals import Case, explain, explain_missing_container
from blobprep.errors import AccessError, BlobNotFound, HttpsRequired, StoreError, StoreUnavailable

IDENTITY = Case("contoso", "raw", kind="token")


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("list", "Storage Blob Data Reader"),
        ("read", "Storage Blob Data Reader"),
        ("write", "Storage Blob Data Contributor"),
        ("delete", "Storage Blob Data Contributor"),
    ],
)
def test_an_identity_is_given_the_narrowest_role_on_the_container(action, role):
    meaning = explain("AuthorizationPermissionMismatch", 403, Case("contoso", "raw", "token", action=action))

    assert action in meaning.cause
    assert f'az role assignment create --assignee PRINCIPAL --role "{role}" --scope' in meaning.remedy
    assert "az storage account show --name contoso --query id" in meaning.remedy
    assert '/blobServices/default/containers/raw"' in meaning.remedy


def test_an_identity_is_given_a_role_on_the_account_where_no_container_is_named():
    meaning = explain("AuthorizationPermissionMismatch", 403, Case("contoso", kind="token"))

    assert "/blobServices" not in meaning.remedy


def test_the_identity_is_named_where_it_is_known():
    application = Case("contoso", "raw", "token", flavor="managed-identity", client_id="1234")
    signed_in = Case("contoso", "raw", "token", flavor="cli")

    assert "--assignee 1234 --role" in explain("AuthorizationPermissionMismatch", 403, application).remedy
    assert (
        '--assignee "$(az ad signed-in-user show' in explain("AuthorizationPermissionMismatch", 403, signed_in).remedy
    )


def test_an_identity_of_another_tenant_signs_in_again():
    meaning = explain("InvalidAuthenticationInfo", 401, IDENTITY)

    assert "tenant" in meaning.cause
    assert "az login --tenant" in meaning.remedy


def test_a_later_version_of_tls_is_demanded_by_the_account():
    meaning = explain("TlsVersionNotPermitted", 400, IDENTITY)

    assert "TLS" in meaning.cause
    assert "--min-tls-version TLS1_2" in meaning.remedy


def test_a_container_that_is_missing_is_created_with_az():
    _, remedy = explain_missing_container(Case("contoso", "raw", "key"))

    assert "az storage container create --account-name contoso --name raw" in remedy


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("AccountRequiresHttps", 400, HttpsRequired),
        ("AuthenticationFailed", 403, AccessError),
        ("TlsVersionNotPermitted", 400, AccessError),
        ("ServerBusy", 503, StoreUnavailable),
        ("", 502, StoreUnavailable),
        ("", 429, StoreUnavailable),
        ("Unheard", 403, AccessError),
        ("Unheard", 404, BlobNotFound),
        ("Unheard", 400, StoreError),
    ],
)
def test_each_refusal_ends_as_in_any_other_command(code, status, error):
    assert explain(code, status, IDENTITY).error is error


@pytest.mark.parametrize("kind", ["key", "sas", "anonymous", "token"])
@pytest.mark.parametrize("code", ["AuthorizationFailure", "AuthorizationPermissionMismatch", "Unheard", ""])
def test_every_refusal_has_a_cause_and_a_remedy(kind, code):
    meaning = explain(code, 403, Case("contoso", "raw", kind))

    assert meaning.cause
    assert meaning.remedy
