"""Leases of containers and blobs."""

from __future__ import annotations

from typing import Any

from tests.legacy.probes.environment import Environment, tried

_ONE = "00000000-1111-1111-1111-111111111111"
_TWO = "00000000-2222-2222-2222-222222222222"


def container_acquire(env: Environment) -> Any:
    return env.block.acquire_container_lease(env.container)


def container_acquire_proposed(env: Environment) -> Any:
    return env.block.acquire_container_lease(env.container, 15, _ONE)


def container_acquire_twice(env: Environment) -> Any:
    env.block.acquire_container_lease(env.container)
    return tried(env.block.acquire_container_lease, env.container)


def container_durations(env: Environment) -> Any:
    return [tried(env.block.acquire_container_lease, "c", lease_duration=days) for days in (0, 14, 61, -2, None)]


def container_renew(env: Environment) -> Any:
    lease = env.block.acquire_container_lease(env.container, 15)
    return env.block.renew_container_lease(env.container, lease) == lease


def container_renew_another(env: Environment) -> Any:
    env.block.acquire_container_lease(env.container, 15)
    return tried(env.block.renew_container_lease, env.container, _ONE)


def container_release(env: Environment) -> Any:
    lease = env.block.acquire_container_lease(env.container)
    return env.block.release_container_lease(env.container, lease)


def container_change(env: Environment) -> Any:
    lease = env.block.acquire_container_lease(env.container)
    changed = env.block.change_container_lease(env.container, lease, _TWO)
    return changed, env.block.renew_container_lease(env.container, _TWO)


def container_break(env: Environment) -> Any:
    env.block.acquire_container_lease(env.container)
    return env.block.break_container_lease(env.container)


def container_break_later(env: Environment) -> Any:
    env.block.acquire_container_lease(env.container)
    told = env.block.break_container_lease(env.container, 30)
    return told in (29, 30), env.block.get_container_properties(env.container).properties.lease


def container_break_at_once(env: Environment) -> Any:
    env.block.acquire_container_lease(env.container)
    return env.block.break_container_lease(env.container, lease_break_period=0)


def container_break_periods(env: Environment) -> Any:
    return [tried(env.block.break_container_lease, "c", period) for period in (-1, 61, 100)]


def container_break_without_a_lease(env: Environment) -> Any:
    return tried(env.block.break_container_lease, env.container)


def container_of_a_missing_one(env: Environment) -> Any:
    return tried(env.block.acquire_container_lease, env.other_name)


def blob_acquire(env: Environment) -> Any:
    return env.block.acquire_blob_lease(env.container, env.put())


def blob_acquire_proposed(env: Environment) -> Any:
    return env.block.acquire_blob_lease(env.container, env.put(), 60, _ONE)


def blob_acquire_twice(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), proposed_lease_id=_ONE)
    return tried(env.block.acquire_blob_lease, env.container, "blob", proposed_lease_id=_TWO)


def blob_durations(env: Environment) -> Any:
    return [tried(env.block.acquire_blob_lease, "c", "b", lease_duration=days) for days in (0, 14, 61, -2, None)]


def blob_renew(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), 15, _ONE)
    return env.block.renew_blob_lease(env.container, "blob", _ONE)


def blob_release(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), 15, _ONE)
    released = env.block.release_blob_lease(env.container, "blob", _ONE)
    return released, env.block.get_blob_properties(env.container, "blob").properties.lease


def blob_change(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), 15, _ONE)
    return env.block.change_blob_lease(env.container, "blob", _ONE, _TWO)


def blob_break(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put())
    return env.block.break_blob_lease(env.container, "blob")


def blob_break_periods(env: Environment) -> Any:
    return [tried(env.block.break_blob_lease, "c", "b", period) for period in (-1, 61)]


def blob_break_without_a_lease(env: Environment) -> Any:
    return tried(env.block.break_blob_lease, env.container, env.put())


def blob_properties_while_leased(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), 15)
    return env.block.get_blob_properties(env.container, "blob").properties.lease


def blob_in_a_list_while_leased(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put())
    return next(iter(env.block.list_blobs(env.container))).properties


def blob_written_with_its_lease(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), proposed_lease_id=_ONE)
    refused = tried(env.block.create_blob_from_text, env.container, "blob", "x")
    wrong = tried(env.block.create_blob_from_text, env.container, "blob", "x", lease_id=_TWO)
    return refused, wrong, env.block.create_blob_from_text(env.container, "blob", "x", lease_id=_ONE)


def blob_deleted_with_its_lease(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), proposed_lease_id=_ONE)
    return tried(env.block.delete_blob, env.container, "blob"), env.block.delete_blob(
        env.container, "blob", lease_id=_ONE
    )


def blob_read_with_a_lease_it_has_not(env: Environment) -> Any:
    env.put()
    return tried(env.block.get_blob_to_text, env.container, "blob", lease_id=_ONE)


def blob_read_in_chunks_with_its_lease(env: Environment) -> Any:
    env.block.acquire_blob_lease(env.container, env.put(), proposed_lease_id=_ONE)
    service = env.block
    service.MAX_SINGLE_GET_SIZE = service.MAX_CHUNK_GET_SIZE = 4
    return service.get_blob_to_text(env.container, "blob", lease_id=_ONE, max_connections=1).content
