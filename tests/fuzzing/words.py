"""Targets besides datasets: what a child says, what users write into settings, what a store answers."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final

import pyarrow as pa
from azure.core.pipeline import Pipeline
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest

from blobprep.account import Account, Credential, Network, SasToken, parse_connection_string
from blobprep.child.profile.table import profile_table
from blobprep.diagnostics import service
from blobprep.diagnostics.network import find_route
from blobprep.diagnostics.refusals import Case
from blobprep.dialing import Dial, DialError, decode_answer, decode_dial, encode_dial
from blobprep.errors import BlobprepError, InvalidReference, SettingError, StoreError, UsageError
from blobprep.manifest import (
    AccountRecord,
    AttemptRecord,
    BlobRecord,
    ClaimRecord,
    ErrorRecord,
    InputRecord,
    IsolationRecord,
    Manifest,
    NetworkRecord,
    OutputRecord,
    ScriptRecord,
)
from blobprep.protocol import (
    Cell,
    Facts,
    Failure,
    Figure,
    FrameError,
    TableFacts,
    Translation,
    decode_facts,
    decode_frame,
    encode_facts,
    encode_frame,
    encode_part,
    pack_record,
    unpack_records,
)
from blobprep.protocol.profiles import AskedProfile
from blobprep.reference import Reference, has_wildcard, is_reference, literal_prefix, matcher, split_sas
from blobprep.settings import Workspace
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.retry import LONGEST_WAIT, RetryPolicy

__all__ = ["SEEDS", "TARGETS"]

_ACCOUNT: Final = Account("contoso", credential=Credential("sas", "sv=2024-05-04&sig=x"), network=Network(retries=1))
_SECRET: Final = "TheCanarySingsAtDawn"
_PROFILES: Final = b'"profiles":{}}'  # how facts end that have none


def frames(data: bytes) -> None:
    """Read what a child may send: frames, facts, log records, requests to connect."""
    for line in data.split(b"\n"):
        try:
            name, values = decode_frame(line)
            repr((name, values.get("port")))
        except FrameError:
            pass
        for decode in (decode_dial, decode_answer):
            try:
                decode(line)
            except DialError:
                pass
    try:
        facts = decode_facts(data)
    except FrameError:
        facts = None
    if facts is not None:
        assert decode_facts(encode_facts(facts)) == facts
    buffer = bytearray(data)
    try:
        read = sum(len(record.data) + 5 for record in unpack_records(buffer))
        assert read + len(buffer) == len(data)
    except FrameError:
        pass


def profiles(data: bytes) -> None:
    """Read what a child may say of a table; what is accepted can be written, and is read alike once more."""
    try:
        read = decode_facts(encode_facts(Facts()).removesuffix(_PROFILES) + b'"profiles":{"results":' + data + b"}}")
    except FrameError:
        return
    assert decode_facts(encode_facts(read)).profiles == read.profiles
    repr(read).encode()


def settings(data: bytes) -> None:
    """Read a file of settings, list it, and find an account and a dataset with it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blobprep.toml"
        path.write_bytes(data)
        try:
            workspace = Workspace(config=path, environment={"KEY": _SECRET}, folder=Path(folder))
            shown = repr(workspace.settings()) + repr(workspace)
            assert _SECRET not in shown
            names = workspace.names()
        except UsageError as error:
            _keeps_secret(error)
            return
        for text in ("az://raw/a.csv", "d", *(f"az://{name}@raw/a.csv" for name in names)):
            try:
                workspace.meaning(text)
                workspace.locate(text)
            except (UsageError, StoreError) as error:
                _keeps_secret(error)


def connections(data: bytes) -> None:
    """Read a connection string, and never show it."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        account = parse_connection_string(f"{text};AccountKey={_SECRET}")
    except SettingError as error:
        _keeps_secret(error)
        return
    assert account.name
    assert account.is_local in (True, False)
    assert account.protocol in account.url
    assert _SECRET not in repr(account)


def manifest(data: bytes) -> None:
    """Read a manifest that anybody may have put there."""
    try:
        read = Manifest.decode(data)
    except ValueError:
        return
    assert Manifest.decode(read.encode()) == read


def references(data: bytes) -> None:
    """Read a reference; what is printed is the same one, and shows no signature."""
    text = data.decode("utf-8", "replace")
    is_reference(text)
    _, sas = split_sas(text)
    SasToken.parse(sas or text)
    for parse in (Reference.parse, Reference.parse_account):
        try:
            reference = parse(text)
        except InvalidReference as error:
            if text.count(_SECRET) == 1 and any(f"{mark}sig={_SECRET}" in text for mark in "?&"):
                _keeps_secret(error)
            continue
        if reference is None:
            continue
        assert parse(str(reference)) == reference, str(reference)
        if has_wildcard(reference):
            assert literal_prefix(reference) is not None
            matcher(reference)("a/b")


def answers(data: bytes) -> None:
    """Take what a server answers to the diagnosis, and to a request that is sent again where it says so."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data[:60_000])
        theirs.shutdown(socket.SHUT_WR)
        route, _ = find_route(_ACCOUNT, {})
        answered, finding = service.ask(ours, route, 5.0)
    assert (answered is None) != (finding is None)
    if answered is not None:
        case = Case("contoso", "raw", "sas", "the settings")
        service.check_state(answered, case)
        service.check_clock(answered, datetime.now(UTC), "key")
    _sent_again(data)


def _sent_again(data: bytes) -> None:
    """Answer a request with the status and the headers in a text, a line each."""
    status, *lines = data.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
    number = next((int(word) for word in status.split() if word.isascii() and word.isdigit() and len(word) == 3), 503)
    waits: list[float] = []
    retrying = RetryPolicy(_ACCOUNT, 1, waits.append)
    try:
        with convert_errors("raw", "a", _ACCOUNT), Pipeline(_Transport(number, headers), [retrying]) as pipeline:
            pipeline.run(HttpRequest("PUT", "https://contoso.blob.core.windows.net/raw/a"))
    except StoreError as error:
        _names(error, "raw/a")
    assert all(0 <= seconds <= LONGEST_WAIT + 2 for seconds in waits)


def _keeps_secret(error: BlobprepError) -> None:
    assert _SECRET not in f"{error}{error.remedy}"


def _names(error: BlobprepError, name: str) -> None:
    assert name in str(error)


class _Response:
    """Be an answer, as far as the policy looks at one."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status_code, self.headers = status, {name.lower(): value for name, value in headers.items()}
        self.location_mode = None


class _Transport(HttpTransport[Any, Any]):
    """Give the same answer to everything."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self._response = _Response(status, headers)

    def send(self, request: Any, **_: Any) -> Any:
        return self._response

    def open(self) -> None: ...

    def close(self) -> None: ...

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None: ...


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = MappingProxyType(
    {
        "frames": frames,
        "profiles": profiles,
        "settings": settings,
        "connections": connections,
        "manifest": manifest,
        "references": references,
        "answers": answers,
    }
)


def _profiles() -> tuple[bytes, ...]:
    """Return the profile of a small table, without and with values."""
    columns = {
        "n": [1, 2.5, None, 9],
        "t": ["a", "b", "a", None],
        "d": [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)],
    }
    return tuple(encode_part(profile_table(pa.table(columns), AskedProfile(values=values))) for values in (False, True))


def _manifest() -> bytes:
    blob = BlobRecord("az://raw/a", "0x1", None, 3, "ab", "https")
    output = OutputRecord("results", "results.csv", "az://out/results.csv", "0x2", 3, "cd", 1, 2)
    return Manifest(
        "20240530T180700Z-1f2e3d4c",
        "succeeded",
        "2024-05-30T18:07:00Z",
        {"script": "s.py"},
        {"year": "2024"},
        IsolationRecord("strict", "strict", ("landlock",)),
        NetworkRecord(("a:443",), (AttemptRecord("a:443", "reached", "", 1, 2, 3),)),
        ClaimRecord("host", "process", ("results.csv",)),
        (AccountRecord("contoso", "https", "https://contoso.blob.core.windows.net", "key"),),
        ScriptRecord("s.py", "ef"),
        {"dataset1": InputRecord((blob,), "csv", 1, 2)},
        (output,),
        ({"port": "dataset1", "lossy": True},),
        error=ErrorRecord("0085", "x"),
        timings={"compute": 0.5},
    ).encode()


_FACTS: Final = Facts(
    Failure("script", "it failed"),
    {"dataset1": TableFacts(1, 2, ("a", "b"), ("int64", "string"), "csv")},
    translations=(Translation("results", "a", "cast", "It changed.", True, count=1, example="x"),),
    figures=(Figure("a.png", "saved"),),
    environment={"pandas": "2"},
    timings={"child": 0.5},
    head=(("1", None),),
    total=3,
    artifacts=(Cell("model", 0, 3),),
)
_SETTINGS: Final = b"""default_account = "dev"
allow_http = "emulator"
[accounts.dev]
endpoint = "http://127.0.0.1:10000/dev"
credential = "key"
key_env = "KEY"
[accounts.here]
folder = "blobs"
[datasets.d]
blob = "az://data/a.csv"
read = { header = true, delimiter = ";" }
[script]
isolation = "strict"
allow = ["contoso.blob.core.windows.net:443"]
timeout = 3600
memory = "75%"
[network]
proxy = "http://proxy:8080"
retries = 1
[datastores.s]
container = "az://dev@raw/"
[hadoop]
"fs.azure.account.key.dev.dfs.core.windows.net" = { env = "KEY" }
"""
_CONNECTION: Final = b"DefaultEndpointsProtocol=https;AccountName=contoso;EndpointSuffix=core.windows.net"
_ANSWER: Final = (
    b"HTTP/1.1 503 Server Busy\r\nServer: Windows-Azure-Blob/1.0\r\nx-ms-error-code: ServerBusy\r\n"
    b"Date: Thu, 30 May 2024 18:07:00 GMT\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}"
)
_LATER: Final = (
    b"HTTP/1.1 429 Too Many\r\nRetry-After: Thu, 30 May 2024 18:07:09 +0100\r\nDate: Thu, 30 May 2024 18:07:00 GMT"
    b"\r\nx-ms-retry-after-ms: 1500\r\n\r\n"
)
_ODD: Final = (
    b"HTTP/1.1 503 x\r\nDate: Thu, 30 May 2024 18:0999999999999999999999999:00 GMT\r\nRetry-After: Thu, 30 May 2024 "
    b"18:0999999999999999999999999:00 GMT\r\nContent-Length: 0\r\n\r\n"
)
_ENDLESS: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\n{}"

SEEDS: Final[Mapping[str, tuple[bytes, ...]]] = MappingProxyType(
    {
        "frames": (
            encode_frame("need", port="dataset1", offset=0, length=10) + encode_frame("ended"),
            encode_facts(_FACTS),
            pack_record(1, b"hello\n") + pack_record(2, b""),
            encode_dial(Dial("example.com", 443, True)),
            b'{"outcome": "reached", "text": "", "code": 0}',
        ),
        "profiles": _profiles(),
        "settings": (_SETTINGS,),
        "connections": (
            _CONNECTION,
            b"UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://127.0.0.1",
            b"BlobEndpoint=https://contoso.blob.core.windows.net/raw;SharedAccessSignature=sv=1&sig=a",
        ),
        "manifest": (_manifest(),),
        "references": (
            b"az://contoso@raw/2024/**/a%20b?.csv",
            b"https://contoso.blob.core.windows.net/raw/a.csv?sv=2024&se=2024-05-30&sig=TheCanarySingsAtDawn",
            b"abfss://raw@contoso.dfs.core.windows.net/a/b",
            b"wasbs://raw@contoso.blob.core.windows.net/a#x",
            b"azureml://datastores/s/paths/a/b",
            b"https://b../raw/a.*-",
        ),
        "answers": (_ANSWER, _LATER, _ODD, _ENDLESS),
    }
)
"""What the fuzzer begins with."""
