"""Settings from file, environment and arguments, and what names lead to under them."""

from blobprep.settings.credentials_order import PRECEDENCE
from blobprep.settings.table import SETTINGS, Setting, SettingRow
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import PinnedBlob

__all__ = ["PRECEDENCE", "SETTINGS", "PinnedBlob", "Setting", "SettingRow", "Workspace"]
