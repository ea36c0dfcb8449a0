"""The settings in force, and the accounts, stores and datasets that references and names stand for under them.

workspace            the settings in force, which open the stores of references and names
table                the table of all settings
setting              a setting: its row in the table, and its value with its source
access_settings      the rows of accounts, credentials and the network
service_settings     the rows of web services and their server
listing              the list of all settings in force, with their sources
arguments            the arguments that choose account and protocol
names                the names of datasets, modules and datastores
queues               the queue that a text names, opened as its account is
local_paths          local paths, located like blobs
destinations         the account that a reference stands for, its address and its credential
account_resolution   such an account, with the credentials that were considered for it
credentials_order    the sources of an account's credential, in order
account_tables       an account as its table in the file describes it
network              the network settings of requests
sizes                sizes as users write them, and the memory of this machine
sources              the places where settings come from
"""

from blobprep.settings.credentials_order import PRECEDENCE
from blobprep.settings.table import SETTINGS, Setting, SettingRow
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import PinnedBlob

__all__ = ["PRECEDENCE", "SETTINGS", "PinnedBlob", "Setting", "SettingRow", "Workspace"]
