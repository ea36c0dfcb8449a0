"""The rules that find what in a script's text breaks here, and how to fix it. Pure: nothing of the text is run.

examination       the findings of one text, by all rules
codes             every code, with its level and title
findings          a finding, and an edit that fixes it
source            the text of a file: decoding, parsing, places, edits
walk              one walk over a script, which calls every rule
scopes            what the names in a script mean
known_values      what calls, attributes and subscripts of known classes return
imports           the modules that a file imports
python2           the syntax of Python 2
python2_nodes        … its tree
python2_statements   … rules about print, exec, except and raise
python2_expressions  … rules about expressions and names
python2_layout       … tabs, and names that are keywords now
edit_map          where an offset is before and after edits
conversion        the text made one that Python 3 can parse
evidence          whether a text that Python 3 accepts was written for Python 2
language          rules about Python 2 where its syntax is still valid
notebooks         rules about notebooks, and typographic characters from word processors
entry_point       rules about azureml_main
storage           rules about storage, the network, and services of Studio
machine           rules about paths, processes, native libraries, screens
libraries         rules about what libraries no longer have
removals          what a row of the table of removed names says
removal_table     the table of removed names, and how rules look it up
removed_python    rows: what Python's standard library no longer has
removed_pandas    rows: what pandas no longer has
removed_science   rows: what numpy and scipy no longer have
removed_learning  rows: what scikit-learn no longer has
removed_drawing   rows: what matplotlib and seaborn no longer have
rewrites          how --fix rewrites what was removed
rewrites_frames   how --fix rewrites methods of frames
rewrites_python   how --fix rewrites what Python removed, with imports
indexers          whether `.loc` or `.iloc` replaces an `.ix`
"""

from blobprep.lint.codes import CODES, Code
from blobprep.lint.examination import MAX_SIZE, Examination, advise, examine
from blobprep.lint.findings import LEVELS, Edit, Finding
from blobprep.lint.imports import ImportedModule, Imports
from blobprep.lint.source import DecodingError, Source, apply_edits, choose_disjoint, read_source

__all__ = [
    "CODES",
    "LEVELS",
    "MAX_SIZE",
    "Code",
    "DecodingError",
    "Edit",
    "Examination",
    "Finding",
    "ImportedModule",
    "Imports",
    "Source",
    "advise",
    "apply_edits",
    "choose_disjoint",
    "examine",
    "read_source",
]
