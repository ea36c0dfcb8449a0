"""Certificates of an authority that lives as long as the tests."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.server.behaviour import CertificateKind

__all__ = ["Certificates", "make"]

_NAMES: Final = ("localhost", "*.blob.core.windows.net")
_ADDRESSES: Final = ("127.0.0.1", "::1")
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Identity:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Certificates:
    """What TLS connections can be shown.

    Attributes:
        authority: the file of those a client is to trust (for `REQUESTS_CA_BUNDLE`, `SSL_CERT_FILE`).
        files: certificate and key of each kind.
    """

    authority: Path
    files: Mapping[CertificateKind, Path]

    def context(self, kind: CertificateKind, minimum: ssl.TLSVersion) -> ssl.SSLContext:
        """Return what a connection is wrapped with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = minimum
        context.load_cert_chain(self.files[kind])
        return context


def make(folder: Path) -> Certificates:
    """Make an authority, and certificates that a client takes, or refuses for one reason each."""
    authority, stranger = _authority("blobprep tests"), _authority("a stranger")
    made: dict[CertificateKind, _Identity] = {
        "good": _signed(authority, _NAMES, _ADDRESSES),
        "untrusted": _signed(stranger, _NAMES, _ADDRESSES),
        "wrong host": _signed(authority, ("other.example",), ()),
        "expired": _signed(authority, _NAMES, _ADDRESSES, ends=-timedelta(days=1)),
    }
    trusted = folder / "authority.pem"
    trusted.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    files: dict[CertificateKind, Path] = {}
    for kind, identity in made.items():
        files[kind] = folder / f"{kind.replace(' ', '-')}.pem"
        files[kind].write_bytes(_pem(identity))
    return Certificates(trusted, files)


def _authority(name: str) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, name, key, timedelta(days=1)).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return _Identity(builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key)


def _signed(authority: _Identity, names: Iterable[str], addresses: Iterable[str], ends: timedelta = _YEAR) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    hosts = [x509.DNSName(name) for name in names]
    numbers = [x509.IPAddress(ip_address(address)) for address in addresses]
    builder = _builder("a storage account", str(issuer), key, ends).add_extension(
        x509.SubjectAlternativeName([*hosts, *numbers]), critical=False
    )
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return _Identity(builder.add_extension(signer, critical=False).sign(authority.key, hashes.SHA256()), key)


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, ends: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _YEAR)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(identity: _Identity) -> bytes:
    key = identity.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key + identity.certificate.public_bytes(serialization.Encoding.PEM)
