"""The service classes of the old SDK, assembled from one class for each family of operations.

bodies       the bodies of requests
account      the account: constructed, addressed, its properties and tokens
containers   containers, and listings
blobs        blobs of every kind
reading      getting content
leases       locks that expire
base         all of these, as `BaseBlobService`
block, append, page    the three kinds of blob
"""
