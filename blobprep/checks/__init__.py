"""Find what will break in scripts, module zips and folders before they are run; nothing of them is run.

check       the whole: a script with its bundle, or a bundle by itself
subjects    what is checked: a script, a zip or a folder, with its files
modules     which modules a script can import: Python's, installed ones, those of the bundle
translated  which files a run translates from Python 2
verdict     what becomes of a script as it is
bundles     what breaks in a bundle besides its Python
fixes       what --fix writes
"""

from blobprep.checks.check import CheckResult
from blobprep.checks.fixes import FixedFile

__all__ = ["CheckResult", "FixedFile"]
