"""Every code of `blobprep check`: what it stands for and how serious it is. Pure data.

A code keeps its meaning forever; a code that is no longer used is not given to anything else.

BP0xx  files that cannot be read           BP5xx  matplotlib and seaborn
BP1xx  Python 2, and what Python removed   BP6xx  storage, network, Studio's services
BP2xx  pandas                              BP7xx  the entry point and what it returns
BP3xx  numpy and scipy                     BP8xx  the module zip
BP4xx  scikit-learn                        BP9xx  the machine: paths, processes, libraries
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["CODES", "Code", "Level"]

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Code:
    """The level and title of a code.

    Attributes:
        level: `error`, `warning` or `note`; if there are only notes, `check` exits with 0.
        title: what is found, in a few words.
    """

    level: Level
    title: str


CODES: Final[Mapping[str, Code]] = {
    "BP001": Code("error", "not valid Python, neither 3 nor 2"),
    "BP002": Code("error", "not UTF-8, and no encoding declared"),
    "BP003": Code("note", "not checked: too large, too deeply nested, or not text"),
    "BP004": Code("error", "a line or function that only works in notebooks"),
    "BP005": Code("error", "typographic characters from a word processor: “quotes”"),
    "BP006": Code("error", "not Python: a notebook, a document, a web page"),
    "BP101": Code("error", "print statement"),
    "BP102": Code("error", "except X, e"),
    "BP103": Code("error", "backticks for repr()"),
    "BP104": Code("error", "<> for !="),
    "BP105": Code("error", "exec statement"),
    "BP106": Code("error", "long and octal integers: 10L, 0777"),
    "BP107": Code("error", "raise E, message"),
    "BP108": Code("error", "a tuple as a parameter"),
    "BP109": Code("error", 'ur"" string'),
    "BP110": Code("error", "tabs mixed with spaces"),
    "BP111": Code("error", "a name that is now a keyword"),
    "BP112": Code("error", "has_key"),
    "BP113": Code("error", "iteritems and similar methods"),
    "BP114": Code("error", "a builtin of Python 2"),
    "BP115": Code("error", "a module of Python 2"),
    "BP116": Code("error", "a name that the standard library no longer has"),
    "BP117": Code("warning", "division of integers, which used to return an integer"),
    "BP118": Code("error", "iterator.next()"),
    "BP119": Code("error", "an index into map, filter, zip or keys()"),
    "BP120": Code("error", "str.encode or decode with base64, hex or zlib"),
    "BP121": Code("error", "sorting with cmp"),
    "BP122": Code("error", "import of a module beside this one without a dot"),
    "BP123": Code("error", "text sent where bytes are required"),
    "BP124": Code("error", "\\U, \\N or \\u in a text, as in 'C:\\Users'"),
    "BP125": Code("error", "a tuple without parentheses in a comprehension"),
    "BP126": Code("warning", "division that returned an integer in Python 2 if both sides are integers"),
    "BP201": Code("error", ".ix"),
    "BP202": Code("error", "append on a frame or series"),
    "BP203": Code("error", ".sort and .order"),
    "BP204": Code("error", "as_matrix"),
    "BP205": Code("error", "get_value and set_value"),
    "BP206": Code("error", "rolling_, expanding_ and ewm functions"),
    "BP207": Code("error", "Panel and other removed classes of pandas"),
    "BP208": Code("error", "a function that pandas no longer has"),
    "BP209": Code("error", "a method that frames and series no longer have"),
    "BP210": Code("error", "a module that pandas no longer has"),
    "BP211": Code("error", "an argument that pandas no longer takes"),
    "BP212": Code("error", "an argument that is no longer positional"),
    "BP213": Code("warning", "assignment to a copy"),
    "BP214": Code("error", "a frequency that was renamed"),
    "BP215": Code("error", "nested names in agg"),
    "BP301": Code("error", "np.float and other aliases of builtins"),
    "BP302": Code("error", "a name that numpy no longer has"),
    "BP303": Code("error", "a method that arrays no longer have"),
    "BP304": Code("error", "an argument that numpy no longer takes"),
    "BP305": Code("error", "a name that scipy no longer has"),
    "BP401": Code("error", "sklearn.cross_validation, grid_search and learning_curve"),
    "BP402": Code("error", "sklearn.externals"),
    "BP403": Code("error", "sklearn.lda and qda"),
    "BP404": Code("error", "Imputer and other classes that moved"),
    "BP405": Code("error", "a name that scikit-learn no longer has"),
    "BP406": Code("error", "an argument that scikit-learn no longer takes"),
    "BP407": Code("error", "a value that scikit-learn no longer accepts"),
    "BP501": Code("error", "plt.hold"),
    "BP502": Code("error", "matplotlib.mlab"),
    "BP503": Code("error", "normed"),
    "BP504": Code("error", "axisbg and set_axis_bgcolor"),
    "BP505": Code("error", "a name that matplotlib no longer has"),
    "BP506": Code("error", "an argument that matplotlib no longer takes"),
    "BP507": Code("error", "a style or color map that was renamed"),
    "BP508": Code("error", "a name or argument that seaborn no longer has"),
    "BP509": Code("warning", "a backend that needs a screen"),
    "BP601": Code("note", "the script uses the network"),
    "BP602": Code("note", "http to a storage account"),
    "BP603": Code("warning", "generate_blob_shared_access_signature with positional arguments"),
    "BP604": Code("warning", "put_block_from_url with positional arguments"),
    "BP605": Code("error", "azureml.Workspace and other services of Studio"),
    "BP606": Code("note", "BlobService of azure-storage 0.20"),
    "BP607": Code("note", "an account key in the script"),
    "BP701": Code("error", "no azureml_main"),
    "BP702": Code("error", "azureml_main does not fit the connected datasets"),
    "BP703": Code("error", "azureml_main returns nothing"),
    "BP704": Code("error", "azureml_main does not return a frame"),
    "BP705": Code("warning", "the script ends the interpreter"),
    "BP706": Code("note", "a second frame is returned"),
    "BP707": Code("note", "several azureml_main: the last one counts"),
    "BP801": Code("error", "a module that cannot be found"),
    "BP802": Code("error", "a library for another system or Python version"),
    "BP803": Code("error", "a name that hides the standard library or a package"),
    "BP804": Code("warning", "a wheel, egg or zip inside the zip"),
    "BP805": Code("warning", "compiled Python without its source"),
    "BP806": Code("note", "the old storage package"),
    "BP807": Code("warning", "names that differ only in case"),
    "BP901": Code("error", "a Windows path"),
    "BP902": Code("warning", "the script starts another process"),
    "BP903": Code("error", "the script installs packages"),
    "BP904": Code("warning", "the script loads a native library by path"),
    "BP905": Code("error", "a path with backslashes for a library that opens files itself"),
}
"""By code, in order; the table in the documentation is computed from this."""
