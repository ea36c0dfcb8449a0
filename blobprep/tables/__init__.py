"""Tables: they are decoded from bytes and encoded to bytes, and translated from and to pandas frames.

codecs            formats of datasets and results, to and from Arrow tables
translation       Arrow tables to pandas frames and back
streaming_input   inputs that are read while they arrive
bare              tables of rows without any column
cell_text         the text of every value
nesting           nested Arrow arrays
redaction         ledger entries that are safe to show
"""
