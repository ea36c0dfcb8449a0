"""Containers: made, looked at, given metadata and policies, deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from azure.storage.blob import ContainerPermissions, PublicAccess
from azure.storage.common import AccessPolicy

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer


def create(env: Environment) -> Any:
    return env.block.create_container(env.other_name)


def create_existing_tells_false(env: Environment) -> Any:
    return env.block.create_container(env.container)


def create_existing_may_fail(env: Environment) -> Any:
    return env.block.create_container(env.container, fail_on_exist=True)


def create_with_metadata(env: Environment) -> Any:
    made = env.block.create_container(env.other_name, {"Hello": "World", "number": "42"})
    return made, env.block.get_container_metadata(env.other_name)


def create_public(env: Environment) -> Any:
    made = env.block.create_container(env.other_name, public_access=PublicAccess.Blob)
    return made, env.block.get_container_acl(env.other_name), env.block.get_container_properties(env.other_name)


def create_public_off(env: Environment) -> Any:
    return env.block.create_container(env.other_name, public_access=PublicAccess.OFF)


def create_with_a_bad_name(env: Environment) -> Any:
    return [tried(env.block.create_container, name) for name in ("Upper", "a", "with_underscore", "ends-", "")]


def create_root(env: Environment) -> Any:
    env.answer_ok()
    return env.block.create_container("$root", fail_on_exist=False)


def create_with_metadata_of_numbers(env: Environment) -> Any:
    return env.block.create_container(env.other_name, {"number": 42})


def exists(env: Environment) -> Any:
    return env.block.exists(env.container), env.block.exists(env.other_name)


def exists_keyword(env: Environment) -> Any:
    return env.block.exists(container_name=env.container, timeout=7)


def properties(env: Environment) -> Any:
    return env.block.get_container_properties(env.container)


def properties_missing(env: Environment) -> Any:
    return env.block.get_container_properties(env.other_name)


def properties_while_leased(env: Environment) -> Any:
    lease = env.block.acquire_container_lease(env.container, lease_duration=15)
    return env.block.get_container_properties(env.container), env.block.get_container_properties(env.container, lease)


def properties_with_a_lease_it_has_not(env: Environment) -> Any:
    return env.block.get_container_properties(env.container, lease_id="00000000-1111-2222-3333-444444444444")


def metadata(env: Environment) -> Any:
    changed = env.block.set_container_metadata(env.container, {"hello": "world", "Number": "43"})
    return changed, env.block.get_container_metadata(env.container)


def metadata_cleared(env: Environment) -> Any:
    env.block.set_container_metadata(env.container, {"hello": "world"})
    env.block.set_container_metadata(env.container)
    return env.block.get_container_metadata(env.container)


def metadata_missing(env: Environment) -> Any:
    return tried(env.block.get_container_metadata, env.other_name), tried(
        env.block.set_container_metadata, env.other_name, {"a": "b"}
    )


def metadata_under_a_condition(env: Environment) -> Any:
    past, future = datetime(2010, 1, 2, 3, 4, 5), datetime(2040, 1, 2, 3, 4, 5, tzinfo=UTC)
    return [
        tried(env.block.set_container_metadata, env.container, {"a": "b"}, if_modified_since=moment)
        for moment in (past, future)
    ]


def metadata_with_names_that_are_not_valid(env: Environment) -> Any:
    return tried(env.block.set_container_metadata, env.container, {"1 2": "x"})


def acl_of_a_new_one(env: Environment) -> Any:
    return env.block.get_container_acl(env.container)


def acl_public(env: Environment) -> Any:
    changed = env.block.set_container_acl(env.container, None, PublicAccess.Container)
    acl = env.block.get_container_acl(env.container)
    return changed, acl.public_access, dict(acl)


def acl_public_off(env: Environment) -> Any:
    env.answer_ok()
    return env.block.set_container_acl("c", public_access=PublicAccess.OFF)


def acl_empty(env: Environment) -> Any:
    env.block.set_container_acl(env.container, {})
    return env.block.get_container_acl(env.container)


def acl_identifiers(env: Environment) -> Any:
    policy = AccessPolicy(ContainerPermissions.READ, "2011-10-12", "2011-10-11")
    env.block.set_container_acl(env.container, {"testid": policy})
    return env.block.get_container_acl(env.container)


def acl_identifiers_with_datetimes(env: Environment) -> Any:
    east = timezone(timedelta(hours=2))
    policy = AccessPolicy(
        permission=ContainerPermissions.READ + ContainerPermissions.WRITE,
        start=datetime(2012, 1, 2, 3, 4, 5, 678900),
        expiry=datetime(2035, 1, 2, 3, 4, 5, tzinfo=east),
    )
    env.block.set_container_acl(env.container, {"one": policy, "two": AccessPolicy("r")})
    return env.block.get_container_acl(env.container)


def acl_identifiers_that_need_escaping(env: Environment) -> Any:
    env.answer_ok()
    return env.block.set_container_acl("c", {"<a&b>\u00e9": AccessPolicy(permission="r", expiry="2030-01-01")})


def acl_too_many_identifiers(env: Environment) -> Any:
    return tried(env.block.set_container_acl, env.container, {f"id{i}": AccessPolicy() for i in range(6)})


def acl_permissions_of_a_user(env: Environment) -> Any:
    policy = AccessPolicy(permission="rl")
    env.block.set_container_acl(env.container, {"x": policy})
    return env.block.get_container_acl(env.container)["x"].permission


def acl_missing(env: Environment) -> Any:
    return tried(env.block.get_container_acl, env.other_name), tried(env.block.set_container_acl, env.other_name)


def delete(env: Environment) -> Any:
    return env.block.delete_container(env.container), env.block.exists(env.container)


def delete_missing_tells_false(env: Environment) -> Any:
    return env.block.delete_container(env.other_name)


def delete_missing_may_fail(env: Environment) -> Any:
    return env.block.delete_container(env.other_name, fail_not_exist=True)


def delete_leased(env: Environment) -> Any:
    lease = env.block.acquire_container_lease(env.container)
    refused = tried(env.block.delete_container, env.container)
    may_fail = tried(env.block.delete_container, env.container, True)
    return refused, may_fail, env.block.delete_container(env.container, lease_id=lease)


def delete_under_conditions(env: Environment) -> Any:
    past, future = datetime(2010, 1, 2), datetime(2040, 1, 2)
    return (
        tried(env.block.delete_container, env.container, if_unmodified_since=past),
        tried(env.block.delete_container, env.container, if_modified_since=future),
        tried(env.block.delete_container, env.container, if_modified_since=past, if_unmodified_since=future),
    )


def names_given_as_other_types(env: Environment) -> Any:
    return [tried(env.block.exists, name) for name in (42, b"bytes", "")]


def a_conflict_of_another_code_tells_false_too(env: Environment) -> Any:
    env.answer(
        Answer(409, {"x-ms-error-code": "ContainerBeingDeleted"}, b"<Error/>", "The container is being deleted.")
    )
    return tried(env.block.create_container, "c")
