"""Shared access signatures: the text of tokens, and what they open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from azure.storage.blob import BlobPermissions, ContainerPermissions
from azure.storage.blob.models import UserDelegationKey
from azure.storage.blob.sharedaccesssignature import BlobSharedAccessSignature
from azure.storage.common import AccessPolicy, AccountPermissions, ResourceTypes, Services, SharedAccessSignature

from tests.legacy.probes.environment import Environment, tried

_EXPIRY = datetime(2030, 1, 2, 3, 4, 5)


def _soon() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def blob_token(env: Environment) -> Any:
    return env.block.generate_blob_shared_access_signature(
        "c", "b", permission=BlobPermissions.READ, expiry=_EXPIRY, start=datetime(2018, 1, 1)
    )


def blob_token_of_everything(env: Environment) -> Any:
    return env.block.generate_blob_shared_access_signature(
        "c",
        "a folder/é b",
        None,
        BlobPermissions.READ | BlobPermissions.WRITE,
        _EXPIRY,
        datetime(2018, 1, 1),
        "an id",
        "1.2.3.4",
        "https",
        "no-cache",
        "attachment; filename=x",
        "gzip",
        "de",
        "text/plain; charset=utf-8",
    )


def blob_token_of_a_snapshot(env: Environment) -> Any:
    return env.block.generate_blob_shared_access_signature(
        "c", "b", "2019-01-02T03:04:05.1234567Z", BlobPermissions.READ, _EXPIRY
    )


def blob_token_at_the_positions_of_1_5(env: Environment) -> Any:
    generate = env.block.generate_blob_shared_access_signature
    named = generate("c", "b", permission=BlobPermissions.READ, expiry=_EXPIRY, start="2018-01-01", id="x")
    return tried(generate, "c", "b", BlobPermissions.READ, _EXPIRY, "2018-01-01", "x") == named


def blob_token_of_letters(env: Environment) -> Any:
    return [
        env.block.generate_blob_shared_access_signature("c", "b", permission=letters, expiry="2030-01-01")
        for letters in ("r", "wr", "racwd", "")
    ]


def blob_token_of_a_policy(env: Environment) -> Any:
    return env.block.generate_blob_shared_access_signature("c", "b", id="a-policy")


def blob_token_of_nothing(env: Environment) -> Any:
    return tried(env.block.generate_blob_shared_access_signature, "c", "b")


def times_of_a_token(env: Environment) -> Any:
    west = timezone(-timedelta(hours=7))
    moments = (
        datetime(2030, 1, 2, 3, 4, 5, 999999),
        datetime(2030, 1, 2, 3, 4, 5, tzinfo=west),
        date(2030, 1, 2),
        "2030-01-02",
        "nonsense",
        1893456000,
    )
    return [
        tried(env.block.generate_blob_shared_access_signature, "c", "b", permission="r", expiry=moment)
        for moment in moments
    ]


def container_token(env: Environment) -> Any:
    return env.block.generate_container_shared_access_signature(
        "c", ContainerPermissions.READ + ContainerPermissions.LIST, _EXPIRY
    )


def container_token_of_everything(env: Environment) -> Any:
    return env.block.generate_container_shared_access_signature(
        "c",
        ContainerPermissions(True, True, True, True, True, True),
        _EXPIRY,
        "2018-01-01",
        "an id",
        "1.2.3.4-5.6.7.8",
        "https,http",
        "a",
        "b",
        "c",
        "d",
        "e/f",
    )


def account_token(env: Environment) -> Any:
    return env.block.generate_account_shared_access_signature(
        ResourceTypes.OBJECT | ResourceTypes.CONTAINER, AccountPermissions.READ, _EXPIRY
    )


def account_token_of_letters(env: Environment) -> Any:
    return env.block.generate_account_shared_access_signature(
        "sco", "rwdlacup", "2030-01-01", "2018-01-01", "1.2.3.4", "https"
    )


def account_token_of_permissions_of_a_container(env: Environment) -> Any:
    return env.block.generate_account_shared_access_signature(
        "sco", permission=ContainerPermissions(True, False, False, True), expiry=_EXPIRY
    )


def token_without_a_key(env: Environment) -> Any:
    service = env.service(account_key=None, sas_token="sv=1")
    return [
        tried(service.generate_blob_shared_access_signature, "c", "b", permission="r", expiry=_EXPIRY),
        tried(service.generate_container_shared_access_signature, "c", permission="r", expiry=_EXPIRY),
        tried(service.generate_account_shared_access_signature, "sco", "r", _EXPIRY),
    ]


def token_with_a_key_that_is_not_base64(env: Environment) -> Any:
    return tried(
        env.service(account_key="a").generate_blob_shared_access_signature, "c", "b", permission="r", expiry="x"
    )


def _delegation() -> Any:
    key = UserDelegationKey()
    key.signed_oid, key.signed_tid, key.value = "an-oid", "a-tid", "S2V5"
    key.signed_start, key.signed_expiry = "2019-01-02T03:04:05Z", "2019-01-03T00:00:00Z"
    key.signed_service, key.signed_version = "b", "2019-02-02"
    return key


def delegated_tokens(env: Environment) -> Any:
    return [
        env.block.generate_blob_shared_access_signature(
            "c", "b", permission="r", expiry=_EXPIRY, user_delegation_key=_delegation()
        ),
        env.block.generate_container_shared_access_signature(
            "c", permission="rl", expiry=_EXPIRY, user_delegation_key=_delegation()
        ),
    ]


def delegated_tokens_of_incomplete_keys(env: Environment) -> Any:
    told = []
    for name in list(vars(_delegation())):
        key = _delegation()
        setattr(key, name, None)
        told.append(
            tried(env.block.generate_blob_shared_access_signature, "c", "b", expiry=_EXPIRY, user_delegation_key=key)
        )
    return told


def generators(env: Environment) -> Any:
    account = SharedAccessSignature("an-account", "a2V5")
    blob = BlobSharedAccessSignature("an-account", "a2V5")
    return [
        account.generate_account(Services.BLOB, ResourceTypes.OBJECT, AccountPermissions.READ, _EXPIRY),
        account.generate_account(Services(blob=True, queue=True), "so", "rw", "2030-01-01", protocol="https"),
        blob.generate_blob("c", "b", permission="r", expiry=_EXPIRY),
        blob.generate_container("c", permission="l", expiry=_EXPIRY),
        vars(account),
    ]


def urls(env: Environment) -> Any:
    service = env.block
    return [
        service.make_blob_url("c", "b"),
        service.make_blob_url("c", "a b/é?#%"),
        service.make_blob_url("c", "b", protocol="https", sas_token="sv=1&sig=x"),
        service.make_blob_url("c", "b", snapshot="2019-01-01T00:00:00Z"),
        service.make_blob_url("c", "b", sas_token="sv=1", snapshot="2019-01-01T00:00:00Z"),
        service.make_container_url("c"),
        service.make_container_url("c", "https", "sv=1"),
        service.make_blob_url("c", "b", sas_token="?sv=1"),
    ]


def a_blob_read_with_its_token(env: Environment) -> Any:
    token = env.block.generate_blob_shared_access_signature(
        env.container, env.put(), permission=BlobPermissions.READ, expiry=_soon()
    )
    reader = env.service(account_key=None, sas_token=token)
    return (
        reader.get_blob_to_text(env.container, "blob").content,
        tried(reader.delete_blob, env.container, "blob"),
        tried(reader.get_blob_to_text, env.container, "other"),
    )


def a_blob_written_with_its_token(env: Environment) -> Any:
    token = env.block.generate_blob_shared_access_signature(
        env.container, "blob", permission=BlobPermissions.CREATE + BlobPermissions.WRITE, expiry=_soon()
    )
    writer = env.service(account_key=None, sas_token=token)
    return writer.create_blob_from_text(env.container, "blob", "x"), tried(
        writer.get_blob_to_text, env.container, "blob"
    )


def a_token_with_a_question_mark(env: Environment) -> Any:
    token = env.block.generate_container_shared_access_signature(env.container, "rl", _soon())
    env.put()
    return list(env.service(account_key=None, sas_token=f"?{token}").list_blob_names(env.container))


def a_container_listed_with_its_token(env: Environment) -> Any:
    token = env.block.generate_container_shared_access_signature(env.container, ContainerPermissions.LIST, _soon())
    env.put()
    lister = env.service(account_key=None, sas_token=token)
    return list(lister.list_blob_names(env.container)), tried(lister.get_blob_to_text, env.container, "blob")


def a_token_that_expired(env: Environment) -> Any:
    token = env.block.generate_blob_shared_access_signature(
        env.container, env.put(), permission="r", expiry=datetime(2015, 1, 1)
    )
    return tried(env.service(account_key=None, sas_token=token).get_blob_to_text, env.container, "blob")


def a_token_that_was_changed(env: Environment) -> Any:
    token = env.block.generate_blob_shared_access_signature(env.container, env.put(), permission="r", expiry=_soon())
    changed = token.replace("sp=r", "sp=rw")
    return tried(env.service(account_key=None, sas_token=changed).get_blob_to_text, env.container, "blob")


def a_token_of_a_stored_policy(env: Environment) -> Any:
    policy = AccessPolicy(ContainerPermissions.READ, _soon())
    env.block.set_container_acl(env.container, {"an-id": policy})
    env.put()
    told = []
    for name in ("an-id", "another"):
        token = env.block.generate_blob_shared_access_signature(env.container, "blob", id=name)
        reader = env.service(account_key=None, sas_token=token)
        told.append(tried(lambda r=reader: r.get_blob_to_text(env.container, "blob").content))
    return told


def an_account_token(env: Environment) -> Any:
    token = env.block.generate_account_shared_access_signature(ResourceTypes.OBJECT, AccountPermissions.READ, _soon())
    env.put()
    reader = env.service(account_key=None, sas_token=token)
    return reader.get_blob_to_text(env.container, "blob").content, tried(reader.list_blobs, env.container)


def no_credential_at_all(env: Environment) -> Any:
    env.put()
    anonymous = env.service(account_key=None)
    refused = tried(anonymous.get_blob_to_text, env.container, "blob")
    env.block.set_container_acl(env.container, public_access="blob")
    return refused, anonymous.get_blob_to_text(env.container, "blob").content


def overridden_headers(env: Environment) -> Any:
    import requests

    token = env.block.generate_blob_shared_access_signature(
        env.container,
        env.put(),
        permission="r",
        expiry=_soon(),
        cache_control="no-cache",
        content_disposition="inline",
        content_language="fr",
        content_type="text/csv",
    )
    answer = requests.get(env.block.make_blob_url(env.container, "blob", sas_token=token), timeout=10)
    env.forget()
    names = ("Cache-Control", "Content-Disposition", "Content-Language", "Content-Type")
    return answer.status_code, [answer.headers.get(name) for name in names]
