"""What in a script's text breaks here, and how it is corrected. Pure: text comes in, findings go out, nothing is run.

codes         every code, with its level and title                    (data)
findings      a finding, and an edit
sources       the text of a file: its encoding, places, edits
notebooks     lines of IPython, marks of word processors
python2       the syntax of Python 2, by tree-sitter
syntax        parsing, and its failures
removals      the table of what libraries no longer have: `removed_*`, put together in `table`
kinds         what calls and attributes of known things give          (data)
scopes        which name means what
imports       what a file needs of others
walking       one walk over the script, with every rule along the way
libraries     language     storage     entry     machine: the rules
rewriting     how --fix rewrites what was removed; indexing: `.ix`
examining     a whole text
"""

from blobprep.lint.codes import CODES, Code
from blobprep.lint.examination import MAX_SIZE, Examination, advise, examine
from blobprep.lint.findings import LEVELS, Edit, Finding
from blobprep.lint.imports import Imported, Imports
from blobprep.lint.source import NoText, Source, apart, edited, read_source

__all__ = [
    "CODES",
    "LEVELS",
    "MAX_SIZE",
    "Code",
    "Edit",
    "Examination",
    "Finding",
    "Imported",
    "Imports",
    "NoText",
    "Source",
    "advise",
    "apart",
    "edited",
    "examine",
    "read_source",
]
