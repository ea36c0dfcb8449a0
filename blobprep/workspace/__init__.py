"""Settings from file, environment and arguments, and what names lead to under them."""

from blobprep.stores.expansion import Found
from blobprep.workspace.precedence import PRECEDENCE
from blobprep.workspace.settings import SETTINGS, Setting, SettingRow
from blobprep.workspace.workspaces import Workspace

__all__ = ["PRECEDENCE", "SETTINGS", "Found", "Setting", "SettingRow", "Workspace"]
