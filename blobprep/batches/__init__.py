"""One script over many blobs: every item accounted for, nothing done twice, on this machine's cores or on a cluster.

References and options go to workers, records come back; no data and no credential passes through here.

batch            `blobprep.batch`: from options and objects to a batch
conduct          the batch itself: plan, claim, items, record
dry_run          what a batch would do
result           a batch as its caller sees it
items            what is planned: an item and the blobs it reads
records          what became of an item, one line each
work             what a worker is given
fingerprints     what the results of an item depend on, as one mark
options          what a batch is asked
plan             from a pattern or a list to items
job              what its items share, made of options: script and bundle with their hashes
matching         the plan beside what is known: which items have to be run
standing         whether results are still where their records say
coordinator      the items on their way: to an engine, into the record, and once more if it can help
retries          items that are tried again
stopping         the end of a batch that is asked for
progress         how far a batch is, and the thread that reports it
budget           how many items may fail
record           what a batch leaves of itself
open_record      the record while a batch runs, from its claim to its last word
engines          where items run
worker           one item, from work to record
outcome          the record of an item, from what became of it
recognition      whether an item's results are in place already
kept_code        what items share, read once per process: script, bundle, a dataset
function_file    a function as a file that workers read
versions         those that results depend on
pieces           large blobs divided among several runs
pins             an item's blobs as an input of its run
watch            a batch that is kept up to date with what arrives
report           pages and texts about a batch, from a stream of records
combining        one dataset from the results of all items
combined_inputs  the results that are combined, on disk
combined_record  what was combined, into what
combined_target  where it goes, and whether it counts
"""
