"""Queues of an emulator, by the real package, beside one `azure.storage.common` or the other."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from azure.storage.common import AccessPolicy, Logging, Metrics, ResourceTypes
from azure.storage.queue import QueuePermissions, QueueService
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer


def _queues(env: Environment, **given: Any) -> QueueService:
    keyed = f"AccountName={env.account};AccountKey={env.key};"
    if "sas_token" in given:
        keyed = f"AccountName={env.account};SharedAccessSignature={given['sas_token']};"
    ends = f"QueueEndpoint={env.endpoint};QueueSecondaryEndpoint={env.endpoint}-secondary;"
    made = QueueService(connection_string=f"DefaultEndpointsProtocol=http;{keyed}{ends}")
    made.retry = lambda context: None
    return made


def life_of_a_queue(env: Environment) -> Any:
    service, name = _queues(env), env.other_name
    return [
        service.exists(name),
        service.create_queue(name, {"a": "b"}),
        service.create_queue(name, {"a": "b"}),
        tried(service.create_queue, name, {"a": "c"}, True),
        service.exists(name),
        service.set_queue_metadata(name, {"hello": "world"}),
        service.get_queue_metadata(name),
        service.get_queue_metadata(name).approximate_message_count,
        [(queue.name, queue.metadata) for queue in service.list_queues(name, include_metadata=True)],
        service.delete_queue(name),
        service.delete_queue(name),
        tried(service.delete_queue, name, True),
        tried(service.get_queue_metadata, name),
    ]


def messages(env: Environment) -> Any:
    service, name = _queues(env), env.other_name
    service.create_queue(name)
    put = [service.put_message(name, text) for text in ("one", "ä & <two>", "three")]
    peeked = [(message.content, message.dequeue_count) for message in service.peek_messages(name, 5)]
    got = service.get_messages(name, num_messages=2, visibility_timeout=30)
    changed = service.update_message(name, got[0].id, got[0].pop_receipt, 0, "changed")
    service.delete_message(name, got[1].id, got[1].pop_receipt)
    left = sorted(message.content for message in service.peek_messages(name, 5))
    service.clear_messages(name)
    env.forget()  # receipts differ from run to run
    kinds = [type(put[0]).__name__, type(put[0].insertion_time).__name__, type(changed.time_next_visible).__name__]
    return kinds, peeked, [message.content for message in got], left, service.peek_messages(name)


def pages_of_queues(env: Environment) -> Any:
    service, name = _queues(env), env.other_name
    for letter in "abc":
        service.create_queue(f"{name}{letter}")
    found = service.list_queues(prefix=name, num_results=2)
    names = [queue.name for queue in found], bool(found.next_marker)
    rest = [queue.name for queue in service.list_queues(prefix=name, marker=found.next_marker)]
    env.forget()
    return names, rest, [queue.name for queue in service.list_queues(prefix=name)]


def access_policies(env: Environment) -> Any:
    service, name = _queues(env), env.other_name
    service.create_queue(name)
    policy = AccessPolicy(QueuePermissions.READ | QueuePermissions.ADD, "2030-01-01", datetime(2018, 1, 1))
    told = [service.set_queue_acl(name, {"an-id": policy}), service.get_queue_acl(name)]
    six = {str(number): AccessPolicy("r") for number in range(6)}
    return [*told, tried(service.set_queue_acl, name, six), service.set_queue_acl(name), service.get_queue_acl(name)]


def access_by_tokens(env: Environment) -> Any:
    service, name = _queues(env), env.other_name
    service.create_queue(name)
    soon = datetime.utcnow() + timedelta(hours=1)
    add = service.generate_queue_shared_access_signature(name, QueuePermissions.ADD, soon)
    read = service.generate_account_shared_access_signature(ResourceTypes.OBJECT, "r", soon)
    _queues(env, sas_token=add).put_message(name, "hello")
    got = [message.content for message in _queues(env, sas_token=f"?{read}").peek_messages(name)]
    refused = tried(_queues(env, sas_token=read).put_message, name, "x")
    env.forget()
    return got, type(refused).__name__, refused.status_code, refused.error_code


def service_properties(env: Environment) -> Any:
    service = _queues(env)
    told = [tried(service.set_queue_service_properties, Logging(), Metrics(), Metrics(), [])]
    return [*told, service.get_queue_service_properties(), tried(service.get_queue_service_stats)]


def encrypted_messages(env: Environment) -> Any:
    class Wrapper:
        key = os.urandom(32)

        def wrap_key(self, key: bytes, algorithm: str = "A256KW") -> bytes:
            return aes_key_wrap(self.key, key)

        def unwrap_key(self, key: bytes, algorithm: str) -> bytes:
            return aes_key_unwrap(self.key, key)

        def get_key_wrap_algorithm(self) -> str:
            return "A256KW"

        def get_kid(self) -> str:
            return "local:key1"

    service, name = _queues(env), env.other_name
    service.create_queue(name)
    service.require_encryption = True
    missing = tried(service.put_message, name, "secret")
    service.key_encryption_key = kek = Wrapper()
    service.put_message(name, "secret")
    got = service.peek_messages(name)[0].content
    service.key_encryption_key, service.key_resolver_function = None, {"local:key1": kek}.get
    resolved = service.peek_messages(name)[0].content
    service.key_resolver_function = None
    refused = tried(service.peek_messages, name)
    service.key_encryption_key = Wrapper()
    service.key_encryption_key.key = os.urandom(32)
    other = tried(service.peek_messages, name)
    env.forget()
    return missing, got, resolved, refused, other


def failures(env: Environment) -> Any:
    service = _queues(env)
    told = [tried(service.put_message, env.other_name, "x"), tried(service.create_queue, "NOT A NAME")]
    wrong = QueueService(connection_string=f"AccountName={env.account};AccountKey=no;QueueEndpoint={env.endpoint}")
    env.answer(Answer(503))
    return [*told, tried(wrong.exists, "q"), tried(service.exists, "q")]
