"""Texts for a terminal, or a pipe, about tables, runs and batches. Pure; the width of a line is passed in.

table_text    a table: what it is, some of its rows, the statistics of its columns
rows          rows of a table, or its columns as lines where they do not fit beside each other
statistics    the statistics of columns, one line for each
run_text      a run: how it ended, its tables, its log and figures, and what became of its data
comparison_text  what differs between two tables, or two runs
batch_text    a batch: its counts, failures by cause, times and slowest items
index_text    many runs, a line for each
changes_text  what became of a table's columns between an input and the result
ledger_text   the ledger: what reading or writing a table changed
sparkline     histograms as a row of characters
lines         lines whose parts have styles, and tables of such parts
cells         the width of texts on a terminal, and texts made to fit
"""
