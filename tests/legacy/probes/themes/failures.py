"""The errors: classes, codes, texts; and what is logged."""

from __future__ import annotations

import io
import logging
import pickle
import re
from typing import Any

from azure.common import (
    AzureConflictHttpError,
    AzureException,
    AzureHttpError,
    AzureMissingResourceHttpError,
)
from azure.storage.common import AzureSigningError
from azure.storage.common._error import _http_error_handler
from azure.storage.common._http import HTTPError

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer


def classes(env: Environment) -> Any:
    return [AzureException, AzureHttpError, AzureConflictHttpError, AzureMissingResourceHttpError, AzureSigningError]


def made_by_hand(env: Environment) -> Any:
    return [AzureHttpError("text", status) for status in (400, 404, 409, 412)]


def texts_of_answers(env: Environment) -> Any:
    told = []
    for answer in (
        Answer(403, {"x-ms-error-code": "ACode"}, b"<Error>told</Error>", "The reason."),
        Answer(403, {}, b"", "The reason."),
        Answer(404, {"x-ms-error-code": "BlobNotFound"}, "\ufeff<Error>grüße</Error>".encode(), "Gone"),
        Answer(409, {"X-MS-Error-Code": "ACode"}, b"text"),
        Answer(412, {}, b"\xff\xfe"),
        Answer(300, {}, b""),
        Answer(418, {}, b"teapot"),
    ):
        env.answer(answer)
        told.append(tried(env.block.get_blob_metadata, "c", "b"))
    return told


def error_is_chained(env: Environment) -> Any:
    env.answer(Answer(200, {}, b"<not xml"), Answer(200, {}, b"<not xml"))
    error = tried(env.block.get_block_list, "c", "b")
    return type(error.__cause__).__name__, type(error.__context__).__name__


def error_can_be_caught_by_each_class(env: Environment) -> Any:
    error = tried(env.block.get_blob_metadata, env.container, "x")
    return [
        isinstance(error, kind)
        for kind in (AzureMissingResourceHttpError, AzureHttpError, AzureException, AzureConflictHttpError)
    ]


def error_as_repr_and_pickle(env: Environment) -> Any:
    error = tried(env.block.get_blob_metadata, env.container, "x")
    return type(repr(error)).__name__, type(tried(pickle.dumps, error)).__name__


def handler(env: Environment) -> Any:
    return [
        tried(_http_error_handler, HTTPError(404, "reason", {"x-ms-error-code": "C"}, b"body")),
        tried(_http_error_handler, HTTPError(500, "reason", {}, None)),
    ]


def missing_and_forbidden_of_many_methods(env: Environment) -> Any:
    calls = (
        ("get_blob_properties", ("c", "b")),
        ("get_blob_metadata", ("c", "b")),
        ("set_blob_metadata", ("c", "b")),
        ("delete_blob", ("c", "b")),
        ("delete_container", ("c",)),
        ("create_container", ("c",)),
        ("get_container_acl", ("c",)),
        ("list_blobs", ("c",)),
        ("list_containers", ()),
        ("exists", ("c",)),
        ("exists", ("c", "b")),
        ("snapshot_blob", ("c", "b")),
        ("acquire_blob_lease", ("c", "b")),
        ("get_block_list", ("c", "b")),
        ("create_blob_from_text", ("c", "b", "x")),
        ("get_blob_to_text", ("c", "b")),
        ("copy_blob", ("c", "b", "http://x.example/b")),
    )
    told = []
    for status, code in ((404, "ResourceNotFound"), (403, "AuthorizationFailure"), (409, "ACode")):
        for method, arguments in calls:
            env.answer(Answer(status, {"x-ms-error-code": code}, b"<Error/>", "The reason"))
            value = tried(getattr(env.block, method), *arguments)
            told.append((method, type(value).__name__ if isinstance(value, Exception) else value))
    return told


def _logged(env: Environment, level: int, act: Any) -> Any:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    logger = logging.getLogger("azure.storage")
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    try:
        act()
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
        logging.getLogger("azure.storage.common.storageclient").manager._clear_cache()
    text = re.sub(r"'(content-length|date|server)': '[^']*'", r"'\1': '…'", stream.getvalue())
    text = re.sub(r"'[\w-]+': None(, )?", "", text)  # what is not sent
    text = text.replace(", }", "}")
    return text.splitlines()


def logged_at_info(env: Environment) -> Any:
    env.answer(Answer(200, FINE | {"Content-Length": "0"}))
    return _logged(env, logging.INFO, lambda: env.block.exists("c", "b"))


def logged_of_a_failure(env: Environment) -> Any:
    env.answer(Answer(403, {"x-ms-error-code": "ACode", "Date": FINE["Date"]}, b"<Error>\ntold</Error>"))
    return _logged(env, logging.INFO, lambda: tried(env.block.get_blob_metadata, "c", "b"))


def logged_of_a_retry(env: Environment) -> Any:
    env.answer(Answer(500, {"x-ms-request-id": "an-id"}), Answer(200, FINE))
    return _logged(env, logging.INFO, lambda: tried(env.block.get_blob_metadata, "c", "b"))


def logged_of_an_expected_error(env: Environment) -> Any:
    env.answer(Answer(404, {"x-ms-error-code": "BlobNotFound"}))
    return _logged(env, logging.INFO, lambda: env.block.exists("c", "b"))


def logged_of_a_signing_error(env: Environment) -> Any:
    return _logged(env, logging.INFO, lambda: tried(env.service(account_key="abc").exists, "c", "b"))


def logged_at_error(env: Environment) -> Any:
    env.answer(Answer(403, {"x-ms-error-code": "ACode"}), Answer(500), Answer(200, FINE))

    def act() -> None:
        tried(env.block.get_blob_metadata, "c", "b")
        tried(env.block.get_blob_metadata, "c", "b")

    return _logged(env, logging.ERROR, act)


def logged_without_secrets(env: Environment) -> Any:
    env.answer(Answer(202, FINE), Answer(200, FINE))

    def act() -> None:
        env.block.copy_blob("c", "b", "https://x.example/b?sv=1&sig=secret&se=2")
        env.service(account_key=None, sas_token="sv=1&sig=secret").exists("c", "b")

    return ["secret" in line or line.count("REDACTED") for line in _logged(env, logging.INFO, act)]
