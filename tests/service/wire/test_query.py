"""Query parameters."""

from __future__ import annotations

import pytest

from blobprep.service.failures import ServiceFailure
from blobprep.service.wire.query import Query, read_query


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({"api-version": "2.0"}, Query()),
        ({"api-version": "2.0", "details": "true", "format": "swagger"}, Query(details=True, swagger=True)),
        ({"format": "swagger", "API-Version": "2.0"}, Query(swagger=True)),
        ({"api-version": "2.0", "details": "True", "other": "x"}, Query(details=True)),
    ],
)
def test_parameters_are_read_in_any_order_and_case(parameters: dict[str, str], query: Query) -> None:
    assert read_query(parameters) == query


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({}, "BadVersionCall", "none was given"),
        ({"api-version": "1.0"}, "BadVersionCall", "API call: 1.0."),
        ({"api-version": "2.0", "details": "maybe"}, "InvalidQueryParameter", "'details'"),
        ({"api-version": "2.0", "format": "xml"}, "InvalidQueryParameter", "'format'"),
    ],
)
def test_a_wrong_parameter_is_told(parameters: dict[str, str], code: str, words: str) -> None:
    with pytest.raises(ServiceFailure) as caught:
        read_query(parameters)

    assert (caught.value.code, caught.value.details[0].code) == ("BadArgument", code)
    assert words in caught.value.details[0].message
