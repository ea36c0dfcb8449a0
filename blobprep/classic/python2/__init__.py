"""Python 2 on Python 3: a script or module is translated as it is loaded, and behaves as it did.

`loader.compile_source` decides what a source is and compiles it; its lines stay where they were. Only a text that
Python 3 rejects, or on which it would fail for certain, is translated. What cannot be carried with certainty raises
`Python2Error`, which names the line.

loader          compile a source, and the modules of the bundle as they are imported
loaded          a compiled source, with what was changed in it
decision        whether a source that may not be Python 3 is Python 2
translation     from source to a tree for Python 3, with what was changed on which line
transformer     the changes to the tree: operators, calls, attributes, classes
targets         the changes to the tree: names that outlive a comprehension or a handler, tuple parameters
literals        texts that were bytes in Python 2
runtime         the names that translated code calls, and its builtins
builtins        builtins that behaved differently
operators       division, formatting and comparison
ordering        how Python 2 ordered anything
rendering       how Python 2 showed numbers, alone and in containers
printing        the print statement
attributes      methods and attributes that are gone, or return something else
classes         special methods under their old names
text            byte strings beside texts
files           files that take and give both
modules         the standard library under its old names
shims           modules of the standard library that behaved differently
data_files      pickles, and files of comma-separated values
random_numbers  the sequences of Python 2's random
patterns        regular expressions as Python 2 read them
errors          what is raised for what cannot be carried
"""
