"""One item, from work to record.

attempt        an attempt at an item; `run_work` is what executors call
recognition    whether an item's results are in place already
tools          what a process keeps from one item to the next
kept_code      script and bundle, read once per process
function_file  a function as a file that workers read
pins           an item's blobs as an input of its run
outcome        the record of an item, from what became of it
"""
