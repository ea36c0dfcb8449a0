"""What will break before it is run: scripts, module zips and folders are read, and nothing of them runs.

subjects   what is checked: a script, a zip or a folder, with its files
modules    which modules there are: Python's, installed ones, those of the bundle
bundles    what in a bundle breaks, besides its Python
fixing     what --fix writes
checks     the whole
"""

from blobprep.checks.check import CheckResult
from blobprep.checks.fixes import Rewritten

__all__ = ["CheckResult", "Rewritten"]
