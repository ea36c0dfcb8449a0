"""Which items have to be run, and what becomes of them on their way.

decision     the plan beside what is known: which items have to be run
presence     whether results are still where their records say
coordinator  the items on their way: to an engine, into the record, and once more if it can help
outage       whether storage refuses what items ask, and how a batch is held back then
retries      items that are tried again
budget       how many items may fail
stop         the end of a batch that is asked for
progress     how far a batch is, and the thread that reports it
"""
