"""One script over many blobs: every item accounted for, nothing done twice, on this machine's cores or on a cluster.

References and options go to workers, records come back; no data and no credential passes through here.

batch         `blobprep.batch`: from options and objects to a batch
conduct       the batch itself: plan, claim, items, record
dry_run       what a batch would do
result        a batch as its caller sees it
options       what a batch is asked
items         what is planned: an item and the blobs it reads
records       what became of an item, one line each
work          what a worker is given
job           what its items share, made of options: script and bundle with their hashes
versions      those that results depend on
fingerprints  what the results of an item depend on, as one mark
plan          from a pattern or a list to items
coordination  which items have to be run, and what becomes of them on their way
engines       where items run
worker        one item, from work to record
record        what a batch leaves of itself
combination   one dataset from the results of all items
report        pages and texts about a batch, from a stream of records
watch         a batch that is kept up to date with what arrives
copies        `cp` and `sync`
"""
