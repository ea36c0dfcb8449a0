"""A queue of an account, through the service's SDK for queues."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceNotFoundError

from blobprep.account import Account
from blobprep.errors import AccessError, StoreError, UsageError
from blobprep.stores.azure.client import client_options
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.cancellation import pause
from blobprep.stores.queues import AT_ONCE, Message

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient

__all__ = ["AzureQueue"]

_GONE: Final = frozenset({"MessageNotFound", "PopReceiptMismatch"})
_ROLE: Final = "Storage Queue Data Message Processor"


class AzureQueue:
    """A queue of an account in Azure, or of its emulator.

    Args:
        account: the account, with the address of its Queue service.
        name: of the queue.
        retries: how often a request is repeated if the service cannot answer; None for the account's setting.
        sleep: waits for a number of seconds before a repetition.

    Raises:
        ProtocolForbidden: an access token would be sent over http.
        SettingError: the settings of the identity are incomplete.
        UsageError: the SDK for queues is not installed.
    """

    def __init__(
        self, account: Account, name: str, *, retries: int | None = None, sleep: Callable[[float], None] = pause
    ) -> None:
        self._account, self._name = account, name
        self._client = _client(account, name, account.network.retries if retries is None else retries, sleep)

    def __repr__(self) -> str:
        return f"AzureQueue({self._account.name!r}, {self._name!r})"

    @property
    def printed(self) -> str:
        """Return its name; as `MessageQueue.printed`."""
        return f"queue {self._name} in account {self._account.name}"

    def receive(self, seconds: float) -> Sequence[Message]:
        """Receive messages; as `MessageQueue.receive`."""
        with self._converted():
            received = self._client.receive_messages(
                messages_per_page=AT_ONCE, max_messages=AT_ONCE, visibility_timeout=max(1, round(seconds))
            )
            return [
                Message(message.id, message.pop_receipt or "", str(message.content), message.dequeue_count or 1)
                for message in received
            ]

    def delete(self, message: Message) -> bool:
        """Delete a message; as `MessageQueue.delete`."""
        try:
            with self._converted():
                self._client.delete_message(message.id, message.receipt)
        except StoreError as error:
            if error.code in _GONE:
                return False
            raise
        return True

    @contextmanager
    def _converted(self) -> Iterator[None]:
        """Turn the SDK's errors into ours, in the words of a queue."""
        try:
            with convert_errors(self._name, "", self._account):
                try:
                    yield
                except ResourceNotFoundError as error:
                    code = getattr(error, "error_code", None) or ""
                    raise self._missing(str(getattr(code, "value", code))) from None
        except AccessError as error:
            if self._account.credential.kind == "token":
                error.remedy = f'give this identity the role "{_ROLE}" on {self.printed}'
            raise

    def _missing(self, code: str) -> StoreError:
        error = StoreError(
            f"there is no {self.printed}",
            remedy=f"create it: az storage queue create --name {self._name} --account-name {self._account.name}",
        )
        error.code = code
        return error


def _client(account: Account, name: str, retries: int, sleep: Callable[[float], None]) -> QueueClient:
    try:
        from azure.storage.queue import QueueClient, __version__
    except ImportError:
        raise UsageError(
            "the library for queues is not installed", remedy='install the extra: pip install "blobprep[queue]"'
        ) from None
    return QueueClient(account.url, name, **client_options(account, retries, sleep, f"queue/{__version__}"))
