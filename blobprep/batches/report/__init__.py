"""The report of a batch: from a stream of records, in memory that does not grow with their number.

page      the page of a batch, from its record and those of its items
content   what `show` shows of a batch, from its record where that is
view      one pass over records, which gathers what pages and texts show
causes    failed items, grouped by what went wrong
spread    times and sizes, counted in intervals
timeline  work over time, by worker
"""
