"""Secrets of jobs at rest: sealed with a key in a file of its own, beside the queue.

A job keeps the credentials of its request until it has ended, for it may wait, and its server may end meanwhile. They
are sealed with AES-256-GCM under the job's id, so that what was sealed for one job opens nothing for another.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from blobprep.errors import SettingError

__all__ = ["Seal"]

_KEY: Final = 32  # bytes
_NONCE: Final = 12


class Seal:
    """The key of a queue.

    Args:
        path: of its file, which is created, readable by this user alone, if it is not there.

    Raises:
        SettingError: the file cannot be read or created, others can read it, or it is not a key.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._cipher = AESGCM(_read_or_create(path))
        except OSError as error:
            raise SettingError(
                f"{path}, the key of the jobs, cannot be used: {error.strerror}",
                remedy="let this user read and write its folder",
            ) from error

    def seal(self, text: str, job: str, purpose: str) -> bytes:
        """Seal a text of a job.

        Args:
            text: the secret.
            job: its id.
            purpose: what it is; the same is needed to open it.
        """
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), f"{job} {purpose}".encode())

    def open(self, sealed: bytes, job: str, purpose: str) -> str:
        """Open what `seal` returned.

        Raises:
            SettingError: it was sealed with another key, for something else, or was changed.
        """
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{job} {purpose}".encode())
        except (InvalidTag, ValueError):
            raise SettingError(
                f"the credentials of job {job} were not sealed with the key in {self._path}",
                remedy="bring back the file that was there when the job was created, or create the job again",
            ) from None
        return opened.decode()


def _read_or_create(path: Path) -> bytes:
    with suppress(FileNotFoundError):
        return _read(path)
    # Linked into place complete: of two servers that start at once, both read what the first one linked.
    new = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(new)
    finally:
        new.unlink()
    return _read(path)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        key = file.read(_KEY + 1)
    if mode & 0o077:
        raise SettingError(f"{path}, the key of the jobs, can be read by others", remedy=f"run chmod 600 {path}")
    if len(key) != _KEY:
        raise SettingError(
            f"{path} is not a key of jobs", remedy="bring back the key that was there, or remove it and the queue"
        )
    return key
