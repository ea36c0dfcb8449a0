"""What a run reads: names are resolved to ETags, and bytes are fetched into files that the child reads.

sources           what can be connected to an input port
resolve           from references to blobs pinned to their ETags
match             which blobs a dataset is, and in which format
blob_ranges       the parts of a blob that read options name
partitions        columns that only the names of folders hold
fetch             ranges of blobs, fetched in parallel
passing_checksum  checksums of bytes that pass, and of those in an input file
pace              how many ranges are requested at once
spool             the files that inputs arrive in
in_memory         tables and frames passed by the caller
bundle_zip        a local folder packed as a script bundle
"""
