"""One run of a script, from its options to its manifest.

prepare          `blobprep.run`: from options and objects to a request, and from the request to a run
pool             `blobprep.Pool`: many runs from one program, without the start of a process for each
options          every option of a run, declared once
option_kinds     the kinds of options, and how a value of each is read
arguments        the arguments of `blobprep.run`, divided into options and objects
limits           the limits of a run, from options and settings
network_rules    the endpoints a script may reach, from options, settings and the run's accounts
debugger         the debugger of a run
interpreter      the interpreter of its script
function_script  functions as scripts, pickled for the child
request          the request of one run, complete and checked
execute          the run itself, stage by stage
parameter_use    whether a loaded script can take other parameters
session_use      the session with the child that computes a run
report           the page of a run, from what its child says about the tables
report_bounds    how much a page shows, and how long its statistics may take, from the settings
standing_script  a script that stands ready for many requests, with all it reads besides them
score            one request to it, by way of memory alone
results_table    the results as a table for the caller
verdict          the verdict on a child that has ended
hints            hints for a failed run: refused connections, and findings in the lines that failed
record           the manifest of a run
ledger_values    the ledger, without values where none may be shown
result           the run as its caller sees it
notebook         the run as a notebook displays it
inquiry          questions about datasets, put to a child outside of any run
subject          what `show` is given, found: a dataset, a run, a batch, a prefix
dataset_profile  profiles of datasets, computed by a child that has run no script
run_view         a past run, gathered: what it left, checked, and its tables, profiled anew
run_index        the runs below a prefix, gathered for a page that lists them
comparison_view  two datasets or runs, gathered for a page that compares them
contents         what pages are made from, by kind
picture          pictures of a script, drawn as text for a terminal by a child
page             what `show` returns: a page, a text and a document
preview          `head`: the first rows of a dataset, read in a child
"""
