"""What a batch leaves of itself below the prefix of its record.

open_record  the record while a batch runs, from its claim to its last word
summary      `batch.json`: what was asked and what came of it; the claim of the prefix
journal      segments of items' records, written while the batch runs
earlier      the records of the batch that stands there, in the order of their keys
spool        the records of this one, in a file of this machine
table        a record as a row of Arrow
totals       what the records come to: sums, and why items failed
complete     `items.jsonl` and `items.parquet`, once all is known
"""
