"""The part of a run that another interpreter executes: a script, with the pandas of that interpreter.

Every module here is valid for Python 2.7 and all later versions, and uses the standard library, numpy and pandas only,
in any version from pandas 0.18 on. The other interpreter knows this folder as the package `blobprep_bridge`, so that
nothing else of blobprep is imported there; therefore imports between these modules are relative. The child uses the
same modules for its own end, so that there is one description of what crosses.

start          the first lines that the interpreter runs
main           be that process: confine it, import pandas, run scripts
confinement    the second filter, set before anything is imported that is not Python's own
maps           anonymous memory maps, made private
script         load a script, call it, describe what it returned
failure        describe an exception
output         standard output and error, recorded in order
figures        images that the script saved, and figures it left open
screen         matplotlib without a screen
paths          Windows paths, and who hears of the files that are opened
versions       what this interpreter is, and what it lacks
text           text in both of Python's kinds
stream         JSON, numbers and arrays over one socket
values         single Python values as bytes
value_reader   and from bytes
scalars        the values of numpy and pandas among them
columns        one column: how it crosses, and how it is made again
arrays         what columns are made of: masks, texts, times
frames         data frames
"""
