"""One script over many blobs: every item accounted for, nothing done twice, on this machine's cores or on a cluster.

References and options go to workers, records come back; no data and no credential passes through here.

items            what is planned: an item and the blobs it reads
records          what became of an item, one line each
work             what a worker is given
fingerprints     what the results of an item depend on, as one mark
options          what a batch is asked
plan             from a pattern or a list to items
engines          where items run
worker           one item, from work to record
outcome          the record of an item, from what became of it
recognition      whether an item's results are in place already
kept_code        script and bundle, read once per process
function_file    a function as a file that workers read
versions         those that results depend on
pieces           large blobs divided among several runs
combining        one dataset from the results of all items
combined_inputs  the results that are combined, on disk
combined_record  what was combined, into what
combined_target  where it goes, and whether it counts
pins             an item's blobs as an input of its run
"""
