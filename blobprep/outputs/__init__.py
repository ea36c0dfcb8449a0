"""What a run writes: its prefix is claimed first, its blobs are published, its manifest is finished last.

ports        the table of outputs: name, when, where the bytes come from
plan         which of them one run may write, and where
claim        the claim of a prefix, by a record written first and kept alive
claim_kind   what claims one: the manifest of a run, the record of a batch
processes    which process holds a claim, and whether it is alive
existing     what stands at the places already
collector    images and other files that the script left
artifacts    cells and files that were asked for as artifacts
staging      bytes on their way into blobs
blocks       blocks of these bytes, in memory that is used again
blob_write   one blob written whole, and what a store's errors mean for an output
publish      the whole, from claim to last manifest
"""
