"""Tokens of an issuer: which are accepted, and when its keys are fetched."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from blobprep.service.access.tokens import TokenRefused, TokenRules, Tokens, is_token
from tests.service.issuer import Issuer, serve_issuer


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serve_issuer() as served:
        yield served


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(issuer: Issuer, clock: Clock) -> Tokens:
    made = Tokens(TokenRules((issuer.address,), ("api://iris",), ("score",)), now=clock)
    assert made.fetch() == ""
    return made


def test_a_token_of_the_issuer_is_accepted(issuer: Issuer, tokens: Tokens) -> None:
    token = issuer.token(roles=["other", "score"])

    assert is_token(token)
    assert tokens.check(token)["aud"] == "api://iris"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://elsewhere"}, "InvalidIssuerError"),
        ({"aud": "api://other"}, "InvalidAudienceError"),
        ({"aud": None}, "MissingRequiredClaimError"),
        ({"exp": 1}, "ExpiredSignatureError"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"nbf": 4_000_000_000}, "ImmatureSignatureError"),
        ({"roles": ["read"]}, "none of the roles"),
        ({"roles": None}, "none of the roles"),
        ({"roles": "score"}, "none of the roles"),
    ],
)
def test_a_token_for_something_else_is_refused(
    issuer: Issuer, tokens: Tokens, claims: dict[str, object], reason: str
) -> None:
    with pytest.raises(TokenRefused, match=reason):
        tokens.check(issuer.token(**claims))


def test_a_token_that_another_key_signed_is_refused(issuer: Issuer, tokens: Tokens) -> None:
    forged = issuer.token(signed_by=rsa.generate_private_key(public_exponent=65537, key_size=2048))

    with pytest.raises(TokenRefused, match="InvalidSignatureError"):
        tokens.check(forged)


def test_a_token_that_is_not_signed_or_signed_with_the_public_key_is_refused(issuer: Issuer, tokens: Tokens) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": "first"})
    public = issuer.shown["first"].public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "first"}, claims))
    shared = f"{body}.{_encoded(hmac.digest(der, body.encode(), 'sha256'))}"

    for token in (unsigned, shared):
        with pytest.raises(TokenRefused):
            tokens.check(token)


@pytest.mark.parametrize("token", ["", "eyJ.x.y", "eyJ" + "a" * 20_000 + ".b.c", "eyJhbGciOiJSUzI1NiJ9..", "a.b"])
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(TokenRefused):
        tokens.check(token)


def test_a_key_that_is_not_known_is_fetched_once_a_minute_at_most(issuer: Issuer, tokens: Tokens, clock: Clock) -> None:
    issuer.add_key("second")
    token = issuer.token("second")
    assert not tokens.wants_keys(token)  # a moment after they were fetched

    clock.seconds += 61
    assert tokens.wants_keys(token)
    assert not tokens.wants_keys(issuer.token("first"))
    tokens.fetch()
    assert tokens.check(token)
    header = _encoded(json.dumps({"alg": "RS256", "kid": "made up"}).encode())
    for _ in range(3):
        assert not tokens.wants_keys(f"{header}.e30.x")
        tokens.fetch()

    assert issuer.asked.count("/keys") == 2


def test_an_issuer_that_fails_leaves_the_keys_that_were_known(issuer: Issuer, tokens: Tokens, clock: Clock) -> None:
    issuer.fails = True
    clock.seconds += 13 * 3600

    assert tokens.wants_keys(issuer.token())
    assert "cannot be fetched: HTTPError" in tokens.fetch()
    assert tokens.check(issuer.token())


def test_an_issuer_elsewhere_is_asked_over_https_only() -> None:
    tokens = Tokens(TokenRules(("http://login.example.com",), ("x",)), now=Clock())

    assert "cannot be fetched: SettingError" in tokens.fetch()


def test_the_rules_of_a_tenant_have_both_of_its_issuers() -> None:
    rules = TokenRules.of_tenant("contoso", ["api://iris"], ["score"])

    assert rules.issuers == ("https://login.microsoftonline.com/contoso/v2.0", "https://sts.windows.net/contoso/")
