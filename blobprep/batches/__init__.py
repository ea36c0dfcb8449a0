"""One script over many blobs: every item accounted for, nothing done twice, on this machine's cores or on a cluster.

References and options go to workers, records come back; no data and no credential passes through here.

items       what is planned: an item and the blobs it reads
records     what became of an item, one line each
work        what a worker is given
options     what a batch is asked
copies      `cp` and `sync`
engines     where items run
"""
