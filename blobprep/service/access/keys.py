"""The keys of services: a primary and a secondary one each, in a file that has only hashes of them.

A key is 256 random bits. So what is stored is one SHA-256 of a salt and the key: a slow hash would slow down guessing,
but 256 bits cannot be guessed, and each request would pay for it. The salts keep equal keys from showing.

The file is read again when it is another one than before, which each request finds out by one look at its name. So a
key that is made or revoked holds from the next request on, without a restart, for all servers that share the file.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from blobprep.errors import SettingError

__all__ = ["SLOTS", "KeyFile", "KeyRecord", "Slot"]

Slot = Literal["primary", "secondary"]
SLOTS: Final[tuple[Slot, ...]] = get_args(Slot)

_BITS: Final = 256
_LONGEST: Final = 512  # characters of what is compared: no key has as many
_SALT: Final = 16


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is known of a key.

    Attributes:
        salt, digest: of its hash.
        created: when it was made.
    """

    salt: bytes
    digest: bytes
    created: str = ""

    def fits(self, key: bytes) -> bool:
        """Return whether this is the key; takes the same time whatever it has in common with it."""
        return hmac.compare_digest(_hashed(self.salt, key), self.digest)


class KeyFile:
    """A file of keys; any thread and any number of processes may use it at once.

    Args:
        path: of the file, which need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._records: Mapping[str, Mapping[Slot, KeyRecord]] = {}

    def create(self, service: str, slot: Slot) -> str:
        """Make a key, in place of the one that was in its slot; it is returned this once and stored nowhere.

        Raises:
            SettingError: the file cannot be read or written.
        """
        key = base64.b64encode(secrets.token_bytes(_BITS // 8)).decode("ascii")
        salt = secrets.token_bytes(_SALT)
        made = KeyRecord(salt, _hashed(salt, key.encode()), datetime.now(UTC).isoformat(timespec="seconds"))
        with self._changing() as records:
            records.setdefault(service, {})[slot] = made
        return key

    def revoke(self, service: str, slot: Slot) -> bool:
        """Remove a key; return whether there was one.

        Raises:
            SettingError: the file cannot be read or written.
        """
        with self._changing() as records:
            return records.get(service, {}).pop(slot, None) is not None

    def slots(self, service: str) -> tuple[Slot, ...]:
        """Return which keys a service has.

        Raises:
            SettingError: the file cannot be read.
        """
        held = self._current().get(service, {})
        return tuple(slot for slot in SLOTS if slot in held)

    def find(self, service: str, key: str) -> Slot | None:
        """Return which key of a service this is; None if it is none of them.

        Raises:
            SettingError: the file cannot be read.
        """
        if len(key) > _LONGEST:
            return None
        given = key.encode("utf-8", "surrogateescape")
        # Every key is compared, so that the time does not tell which one was near.
        fitting = [slot for slot, record in self._current().get(service, {}).items() if record.fits(given)]
        return fitting[0] if fitting else None

    def _current(self) -> Mapping[str, Mapping[Slot, KeyRecord]]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from error
        # A file that replaces another one has another number, or at least another time.
        seen = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
        with self._lock:
            if seen != self._seen:
                self._records, self._seen = self._read(), seen
            return self._records

    def _read(self) -> dict[str, dict[Slot, KeyRecord]]:
        try:
            values = json.loads(self._path.read_bytes())
            return {
                str(service): {slot: _record(row[slot]) for slot in SLOTS if slot in row}
                for service, row in values["services"].items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unusable(error) from error

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[Slot, KeyRecord]]]:
        """Yield what is in the file, for a change that replaces it as a whole; one process at a time."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with Path(f"{self._path}.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                records = self._read()
                yield records
                self._write(records)
        except OSError as error:
            raise self._unusable(error) from error

    def _write(self, records: Mapping[str, Mapping[Slot, KeyRecord]]) -> None:
        services = {
            service: {slot: _row(record) for slot, record in row.items()} for service, row in records.items() if row
        }
        part = Path(f"{self._path}.{os.getpid()}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"version": 1, "services": services}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)

    def _unusable(self, error: Exception) -> SettingError:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is no file of keys"
        return SettingError(
            f"the keys in {self._path} cannot be used: {reason}",
            remedy="see who may read and write it; blobprep serve --new-key makes keys",
        )


def _hashed(salt: bytes, key: bytes) -> bytes:
    return hashlib.sha256(salt + key).digest()


def _record(row: Mapping[str, Any]) -> KeyRecord:
    return KeyRecord(bytes.fromhex(row["salt"]), bytes.fromhex(row["sha256"]), str(row.get("created", "")))


def _row(record: KeyRecord) -> dict[str, str]:
    return {"salt": record.salt.hex(), "sha256": record.digest.hex(), "created": record.created}
