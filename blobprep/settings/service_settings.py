"""The rows of the settings of web services and of the server that answers for them. Pure."""

from __future__ import annotations

from typing import Final

from blobprep.settings.setting import SettingRow

__all__ = ["DEFAULT_STATE", "SERVER_ROWS", "SERVICE_ROWS"]

DEFAULT_STATE: Final = ".blobprep"

_AS_RUN: Final = "as the option of a run"

SERVICE_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow("services.*.script", "the script of the service: a path or a reference"),
    SettingRow("services.*.bundle", "its module zip (reference, name or path) or local folder"),
    SettingRow("services.*.dataset1", "a fixed dataset for port Dataset1, which requests then do not feed"),
    SettingRow("services.*.dataset2", "a fixed dataset for port Dataset2"),
    SettingRow("services.*.read1", "options for reading the fixed dataset1, and sample1", "options"),
    SettingRow("services.*.read2", "options for reading the fixed dataset2, and sample2", "options"),
    SettingRow("services.*.lossless", f"{_AS_RUN}: fail if translating a table would lose data", "switch"),
    SettingRow("services.*.second_output", f"{_AS_RUN}: answer with the second returned frame too", "switch"),
    SettingRow("services.*.report", f"{_AS_RUN}: make a page of each batch job; on by default", "switch"),
    SettingRow("services.*.duplicate_suffix", f"{_AS_RUN}: 1 or 2", "number"),
    SettingRow("services.*.isolation", f"{_AS_RUN}: strict, process or off"),
    SettingRow("services.*.timeout", "seconds that a request may take", "seconds", default="100"),
    SettingRow("services.*.memory", f"{_AS_RUN}: bytes of a child", "size"),
    SettingRow("services.*.limits", f"{_AS_RUN}: other limits of the script, {{ files = 100 }}", "options"),
    SettingRow("services.*.allow_hosts", f"{_AS_RUN}: hosts the script may reach", "endpoints"),
    SettingRow("services.*.allow_accounts", f"{_AS_RUN}: let the script reach the accounts of the service", "switch"),
    SettingRow("services.*.emulator", f"{_AS_RUN}: send the script's http requests to this emulator"),
    SettingRow("services.*.interpreter", f"{_AS_RUN}: another Python that runs the script"),
    SettingRow("services.*.classic", f"{_AS_RUN}: when names that libraries no longer have are restored"),
    SettingRow(
        "services.*.inputs",
        'the ports that requests feed, with the names of the inputs: { dataset1 = "input1" }; by default dataset1, '
        "unless it is fixed",
        "options",
    ),
    SettingRow("services.*.columns1", 'the columns of the input of port Dataset1: { age = "Int32" }', "options"),
    SettingRow("services.*.columns2", "the columns of the input of port Dataset2", "options"),
    SettingRow("services.*.sample1", "a dataset that the columns of port Dataset1 are learned from"),
    SettingRow("services.*.sample2", "a dataset that the columns of port Dataset2 are learned from"),
    SettingRow("services.*.show_sample", "show rows of the samples to everyone, in the documents", "switch"),
    SettingRow("services.*.outputs", 'names of the tables in an answer; by default ["output1"]', "names"),
    SettingRow("services.*.device", 'name of the output with log and figures; "none" leaves it out', default="output2"),
    SettingRow(
        "services.*.parameters",
        "what GlobalParameters may set, with the defaults; {name} in another option stands for one",
        "options",
    ),
    SettingRow("services.*.required", "parameters without a default, which every request sets", "names"),
    SettingRow("services.*.rows", "rows that an input may have", "number", default="100000"),
    SettingRow("services.*.body", "bytes that the body of a request may have", "size", default="64MiB"),
    SettingRow("services.*.concurrency", "requests that are worked on at a time", "number", default="20"),
    SettingRow("services.*.fresh", "give each request a process in which no other one ran", "switch"),
    SettingRow("services.*.description", "what it does, for its documents"),
    SettingRow(
        "services.*.accounts", "accounts of the settings that jobs may name without a credential of their own", "names"
    ),
    SettingRow(
        "services.*.hosts", "HOST or HOST:PORT, besides Microsoft's, that the storage of jobs may be on", "endpoints"
    ),
    SettingRow(
        "services.*.output",
        "the prefix for results of jobs that do not say where",
        default="az://experimentoutput/",
    ),
    SettingRow("services.*.tenant", "the id of the Microsoft Entra tenant whose tokens it accepts besides its keys"),
    SettingRow("services.*.audiences", "audiences of such tokens: api://contoso-scoring", "names"),
    SettingRow("services.*.roles", "roles of which such a token needs one; by default none", "names"),
    SettingRow("services.*.workspace", "the 32 hexadecimal digits that clients have as its workspace"),
    SettingRow("services.*.endpoint", "the 32 hexadecimal digits that clients have as its endpoint"),
)
"""The settings of a service; an option of a run has its own name."""

SERVER_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow("server.host", "the address that blobprep serve listens on", argument="--host", default="127.0.0.1"),
    SettingRow("server.port", "the port that it listens on", "number", argument="--port", default="8080"),
    SettingRow(
        "server.state",
        "the folder for keys, jobs and learned columns, relative to the file",
        argument="--state",
        default=DEFAULT_STATE,
    ),
    SettingRow("server.jobs", "jobs that this server works on at a time; by default one for each core", "number"),
    SettingRow("server.keep_jobs", "days after which a job that has ended is removed", "number", default="30"),
    SettingRow("server.url", "the address that clients have, for documents and samples: https://ml.contoso.com"),
)
