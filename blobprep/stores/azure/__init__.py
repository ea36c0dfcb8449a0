"""An account in Azure, through the service's SDK; only this package imports it.

store        the store
client       the SDK's client
queue        a queue of the account, through the SDK of its own; imported for `watch` alone
pipeline     requests through the SDK's pipeline without its models
signing      signatures by an account's key
transport    the SDK's transport, with a short way for those
upload       a blob of any size on its way up
server_side  copies that the service makes by itself
copy_source  a blob as the service may read it, for such a copy
answer_head  the head of an answer, read in one piece
body         the bytes of a download, resumed where an answer broke off
listing      pages of a listing
retry        requests that are sent again
tokens       access tokens from azure-identity
read_token   a SAS token that lets who has it read one blob
headers      headers of requests and answers
errors       the SDK's errors turned into ours
blob_names   names that the service does not accept
"""

from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.store import AzureStore

__all__ = ["AzureStore", "convert_errors"]
