"""Sessions that users bring: what is taken from them, and what they are asked for."""

from __future__ import annotations

import io
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer


class _Noting(HTTPAdapter):
    """Notes how it is asked to send, and answers by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.told.append({name: kwargs.get(name) for name in ("timeout", "verify", "cert")})
        self.told.append((request.method, request.url, sorted(request.headers)))
        response = requests.Response()
        response.status_code, response.reason, response.request, response.url = 200, "OK", request, request.url
        response.headers.update(FINE)
        response.raw = io.BytesIO(b"")
        return response


def _service(env: Environment, session: requests.Session, adapter: HTTPAdapter | None = None) -> Any:
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter or _Noting())
    return env.service(request_session=session, custom_domain=None, protocol="https")


def defaults(env: Environment) -> Any:
    adapter = _Noting()
    made = _service(env, requests.Session(), adapter).exists("c", "b")
    return made, adapter.told


def verification_and_certificates(env: Environment) -> Any:
    session, adapter = requests.Session(), _Noting()
    session.verify, session.cert = False, "a-certificate"
    _service(env, session, adapter).exists("c", "b")
    return adapter.told[0]


def timeouts(env: Environment) -> Any:
    adapter = _Noting()
    service = _service(env, requests.Session(), adapter)
    for timeout in (3, (1, 2), None):
        service.socket_timeout = timeout
        service.exists("c", "b")
    return [told["timeout"] for told in adapter.told[::2]]


def headers(env: Environment) -> Any:
    session = requests.Session()
    session.headers.update({"x-mine": "yes", "x-ms-version": "overridden", "User-Agent": "mine"})
    env.answer_ok()
    return env.service(request_session=session).exists("c", "b")


def parameters(env: Environment) -> Any:
    session = requests.Session()
    session.params = {"mine": "yes"}
    env.answer_ok()
    return env.service(request_session=session).exists("c", "b")


def hooks(env: Environment) -> Any:
    told: list[Any] = []
    session = requests.Session()
    session.hooks["response"].append(lambda response, *args, **kwargs: told.append(response.status_code))
    env.answer_ok()
    env.service(request_session=session).exists("c", "b")
    return told


def proxies(env: Environment) -> Any:
    session = requests.Session()
    session.proxies = {"http": f"http://{env.netloc}"}
    service = env.service(request_session=session, custom_domain=None, protocol="http")
    service.create_blob_from_text(env.container, "blob", "hello")
    return env.read()


def cookies(env: Environment) -> Any:
    session = requests.Session()
    env.answer(Answer(200, FINE | {"Set-Cookie": "a=b; Path=/"}), Answer(200, FINE))
    service = env.service(request_session=session)
    service.exists("c", "b")
    service.exists("c", "b")
    return dict(session.cookies)


def redirections(env: Environment) -> Any:
    told = []
    for status in (301, 302, 307):
        location = {"Location": f"http://{env.netloc}/elsewhere"}
        env.answer(Answer(status, location), Answer(200, FINE))
        told.append(tried(env.block.get_blob_metadata, "c", "b"))
    return told


def redirections_of_what_is_written(env: Environment) -> Any:
    env.answer(Answer(307, {"Location": f"http://{env.netloc}/elsewhere"}), Answer(201, FINE))
    return tried(env.block.create_blob_from_bytes, "c", "b", b"hello")


class _Duck:
    """Something with a `request`, as scripts have made for their tests."""

    def __init__(self) -> None:
        self.headers = {"Accept": "*/*", "Accept-Encoding": "gzip"}
        self.asked: list[Any] = []

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        self.asked.append((method, url.split("?", maxsplit=1)[0]))
        response = requests.Response()
        response.status_code, response.reason = 200, "OK"
        response.headers.update(FINE | {"x-ms-meta-a": "b"})
        response._content = b""
        return response


def a_session_that_is_none_but_has_a_request(env: Environment) -> Any:
    session = _Duck()
    service = env.service(request_session=session, custom_domain=None, protocol="https")
    return tried(service.get_blob_metadata, "c", "b"), session.asked


def a_session_is_shared_by_services(env: Environment) -> Any:
    session = requests.Session()
    env.answer_ok()
    env.answer_ok()
    one, two = env.service(request_session=session), env.service(request_session=session)
    return one.exists("c", "b"), two.exists("c", "b"), one.request_session is two.request_session


def a_session_of_ones_own_is_not_closed(env: Environment) -> Any:
    closed: list[bool] = []

    class Mine(requests.Session):
        def close(self) -> None:
            closed.append(True)

    session = Mine()
    env.answer_ok()
    service = env.service(request_session=session)
    service.exists("c", "b")
    del service
    return closed


def an_adapter_that_raises(env: Environment) -> Any:
    class Raising(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> Any:
            raise requests.exceptions.SSLError("bad handshake")

    return tried(_service(env, requests.Session(), Raising()).exists, "c", "b")


def errors_of_requests(env: Environment) -> Any:
    told = []
    for error in (
        requests.exceptions.ConnectionError("no route"),
        requests.exceptions.ReadTimeout("slow"),
        requests.exceptions.ConnectTimeout("slower"),
        requests.exceptions.ChunkedEncodingError("cut"),
        requests.exceptions.InvalidURL("odd"),
        OSError("plain"),
        ValueError("value"),
        KeyError("key"),
        RuntimeError(),
    ):

        class Raising(HTTPAdapter):
            failure = error

            def send(self, *args: Any, **kwargs: Any) -> Any:
                raise self.failure

        told.append(tried(_service(env, requests.Session(), Raising()).exists, "c", "b"))
    return told
