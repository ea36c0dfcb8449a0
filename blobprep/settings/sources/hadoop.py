"""The credentials and addresses of accounts in the settings of Hadoop and Spark.

Source:
    Hadoop, "Hadoop Azure Support: ABFS" and "Hadoop Azure Support: Azure Blob Storage", sections on authentication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import Credential, Identity, TokenFlavor, key_credential, sas_credential
from blobprep.errors import SettingError

__all__ = ["HadoopKeys", "is_secret_key", "read_hadoop_conf"]

_SPARK: Final = "spark.hadoop."
_SECRET: Final = re.compile(r"account\.key\b|client\.secret\b|fs\.azure\.sas\.|refresh\.token\b|password\b")
_PROVIDERS: Final[Mapping[str, TokenFlavor]] = {
    "ClientCredsTokenProvider": "service-principal",
    "MsiTokenProvider": "managed-identity",
    "WorkloadIdentityTokenProvider": "workload-identity",
}


def is_secret_key(key: str) -> bool:
    """Tell whether the value of a key is a secret."""
    return _SECRET.search(key.lower()) is not None


def read_hadoop_conf(path: Path) -> dict[str, object]:
    """Read the keys and values of a `core-site.xml` or a `spark-defaults.conf`.

    A line of the latter is a key, blanks or `=`, and a value.

    Raises:
        SettingError: the file cannot be read; the message shows no part of it.
    """
    from xml.etree import ElementTree

    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".xml":
            lines = (line.strip() for line in text.splitlines())
            pairs = (re.split(r"\s*=\s*|\s+", line, maxsplit=1) for line in lines if line and line[0] not in "#!")
            return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
        root = ElementTree.fromstring(text)  # noqa: S314  # the user's own file
    except (OSError, ValueError, ElementTree.ParseError):
        raise SettingError(
            f"hadoop_conf names {path}, which cannot be read",
            remedy="name a core-site.xml or a spark-defaults.conf",
        ) from None
    rows = ((element.findtext("name"), element.findtext("value")) for element in root.iter("property"))
    return {name.strip(): value.strip() for name, value in rows if name and value}


@dataclass(frozen=True, slots=True, repr=False)
class HadoopKeys:
    """Keys and values of Hadoop, searched by account.

    Attributes:
        keys: Hadoop's keys, with or without `spark.hadoop.` before them; `{"env": VARIABLE}` names a secret.
        source: the file or table that they come from.
        environment: the variables that may hold secrets.
    """

    keys: Mapping[str, object]
    source: str
    environment: Mapping[str, str]

    def suffix(self, name: str) -> str | None:
        """Return the suffix of an account's address; None if no key contains it."""
        pattern = re.compile(rf"fs\.azure\..*\.{re.escape(name)}\.(?:blob|dfs)\.(.+)")
        found = (pattern.fullmatch(key.removeprefix(_SPARK)) for key in self.keys)
        return next((match[1] for match in found if match), None)

    def credential(self, name: str, container: str) -> tuple[str, Credential] | None:
        """Return the credential of an account, and its key; None if there is none.

        Raises:
            SettingError: the kind of credential is not supported, or a variable that it names is not set.
        """
        for base in (f"fs.azure.sas.{container}", "fs.azure.sas.fixed.token", "fs.azure.account.key"):
            # wasb's token is for one container; an account key is never for all accounts.
            scoped = self._key(base, name, general=base.endswith("token"))
            if scoped and (value := self._value(scoped)):
                kind = base.startswith("fs.azure.sas")
                return scoped, sas_credential(value) if kind else key_credential(value)
        kind_key = self._key("fs.azure.account.auth.type", name)
        if kind_key and self._value(kind_key).lower() == "oauth":
            return kind_key, self._token(name)
        return None

    def _token(self, name: str) -> Credential:
        def value_of(key: str) -> str:
            found = self._key(f"fs.azure.account.{key}", name)
            return self._value(found) if found else ""

        provider = value_of("oauth.provider.type").rpartition(".")[2]
        if provider not in _PROVIDERS:
            raise SettingError(
                f"{self.source}: blobprep does not support this value of fs.azure.account.oauth.provider.type",
                remedy=f"use {' or '.join(_PROVIDERS)}",
            )
        address = urlsplit(value_of("oauth2.client.endpoint"))
        identity = Identity(
            tenant_id=value_of("oauth2.msi.tenant") or address.path.strip("/").partition("/")[0],
            client_id=value_of("oauth2.client.id"),
            token_file=value_of("oauth2.token.file"),
            authority=address.hostname or "",
        )
        return Credential("token", value_of("oauth2.client.secret"), _PROVIDERS[provider], identity)

    def _key(self, base: str, name: str, *, general: bool = True) -> str | None:
        """Return the key for an account, else the key for all accounts."""
        pattern = re.compile(rf"{re.escape(base)}\.{re.escape(name)}\.(?:blob|dfs)\..+")
        own = next((key for key in self.keys if pattern.fullmatch(key.removeprefix(_SPARK))), None)
        if own is not None or not general:
            return own
        return next((key for key in (base, _SPARK + base) if key in self.keys), None)

    def _value(self, key: str) -> str:
        value = self.keys[key]
        if not isinstance(value, Mapping):
            return str(value)
        variable = str(value["env"])
        if not (secret := self.environment.get(variable, "").strip()):
            raise SettingError(
                f"{self.source} takes {key} from the environment variable {variable}, which is not set",
                remedy=f"set {variable}",
            )
        return secret
