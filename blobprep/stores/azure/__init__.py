"""An account in Azure, over the service's own SDK; of our code the only package that imports it."""

from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.store import AzureStore

__all__ = ["AzureStore", "convert_errors"]
