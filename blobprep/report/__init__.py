"""Pages and texts about runs and tables, made from profiles, manifests and figures. Pure.

axes                what positions of a column mean
batch_charts        work of a batch over time, and sizes of items against their times
batch_items         items of a batch as tables
batch_page          the page of a batch
batch_views         what a page or text about a batch is made from
budget              what a page may weigh, and how its parts share that
changes             what changed from an input to the result
charts              charts of one column, as inline SVG
column_differences  how the columns of two tables differ
comparison_page     the page of two tables, or of two runs
dataset             the section of a table
device              the Python device: log and figures
failure             what went wrong, with the user's own lines marked
frame               templates, style, script and the policy of all pages
index_page          the page of many runs
log_text            the text of a log, as the lines that a page shows
markup              texts that strangers wrote, made markup
matrix              how strongly columns go together
numerals            numbers as a person reads them
page                the page of a run, and the page of a table
panes               the pane of a chosen column
record              ledger, restored names and provenance
row_differences     how the rows of two tables differ
rows                the rows of a table
run_differences     how two runs differ
views               what a page or text is made from
text                texts for a terminal or a pipe
"""
