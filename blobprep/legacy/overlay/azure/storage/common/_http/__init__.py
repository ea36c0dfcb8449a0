__import__("azure.storage._blobprep", fromlist=["_blobprep"]).provide(__name__)
