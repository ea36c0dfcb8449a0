"""The operations that a child can be asked for.

table        one row for each of them
run          the script, run on the datasets
elsewhere    another interpreter, which runs the script or says what it is
datasets     datasets alone, shown, copied and profiled
comparison   two datasets, compared
division     one blob, divided into pieces
combination  the results of many runs, combined
pictures     an image, drawn as text for a terminal
failures     what ends a request early
"""
