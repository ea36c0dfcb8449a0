"""Tables of an emulator, by azure-cosmosdb-table 1.0.5, the last that imports `azure.storage.common`."""

from __future__ import annotations

from typing import Any

from azure.cosmosdb.table.tablebatch import TableBatch
from azure.cosmosdb.table.tableservice import TableService
from azure.storage.common import AccessPolicy

from tests.legacy.probes.environment import Environment, tried


def _tables(env: Environment) -> TableService:
    keyed = f"AccountName={env.account};AccountKey={env.key};"
    made = TableService(connection_string=f"DefaultEndpointsProtocol=http;{keyed}TableEndpoint={env.endpoint}")
    made.retry = lambda context: None
    return made


def life_of_a_table(env: Environment) -> Any:
    service, name = _tables(env), "ATable"
    told = [service.exists(name), service.create_table(name), service.create_table(name), service.exists(name)]
    for number in range(3):
        service.insert_entity(name, {"PartitionKey": "p", "RowKey": f"r {number}", "number": number, "text": "ä"})
    service.merge_entity(name, {"PartitionKey": "p", "RowKey": "r 0", "text": "changed"})
    service.delete_entity(name, "p", "r 2")
    got = service.get_entity(name, "p", "r 0")
    found = [(entity.RowKey, entity.number) for entity in service.query_entities(name, filter="number le 1")]
    told += [(got.text, got.number), found, tried(service.get_entity, name, "p", "none")]
    listed = [table.name for table in service.list_tables()]
    deleted = service.delete_table(name)
    env.forget()
    return told, listed, deleted, service.exists(name)


def batches_and_policies(env: Environment) -> Any:
    service, name = _tables(env), "AnotherTable"
    service.create_table(name)
    batch = TableBatch()
    batch.insert_entity({"PartitionKey": "p", "RowKey": "1"})
    batch.insert_entity({"PartitionKey": "p", "RowKey": "2"})
    committed = tried(service.commit_batch, name, batch)
    found = [entity.RowKey for entity in service.query_entities(name)]
    policies = tried(service.set_table_acl, name, {"an-id": AccessPolicy("r", "2030-01-01", "2018-01-01")})
    got = tried(service.get_table_acl, name)
    service.delete_table(name)
    env.forget()
    return type(committed).__name__, found, policies, got


def properties(env: Environment) -> Any:
    return tried(_tables(env).get_table_service_properties)
