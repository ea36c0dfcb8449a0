__import__("blobprep.legacy.names", fromlist=["names"]).provide(__name__)
