"""Every code of `blobprep check`: what it stands for and how grave it is. Pure data.

A code keeps its meaning for ever; one that is no longer found is not given to something else.

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
    """Say what a code stands for.

    Attributes:
        level: `error`, `warning` or `note`; of notes alone `check` ends with 0.
        title: what is found, a few words.
    """

    level: Level
    title: str


CODES: Final[Mapping[str, Code]] = {
    "BP001": Code("error", "neither Python 3 nor Python 2"),
    "BP002": Code("error", "not UTF-8, and names no encoding"),
    "BP003": Code("note", "not read: too large, too deep, or no text"),
    "BP004": Code("error", "a line or function of notebooks"),
    "BP005": Code("error", "marks of a word processor: “quotes”"),
    "BP006": Code("error", "no Python: a notebook, a document, a web page"),
    "BP101": Code("error", "print statement"),
    "BP102": Code("error", "except X, e"),
    "BP103": Code("error", "backticks for repr()"),
    "BP104": Code("error", "<> for !="),
    "BP105": Code("error", "exec statement"),
    "BP106": Code("error", "long and octal numbers: 10L, 0777"),
    "BP107": Code("error", "raise E, message"),
    "BP108": Code("error", "tuple as a parameter"),
    "BP109": Code("error", 'ur"" string'),
    "BP110": Code("error", "tabs mixed with spaces"),
    "BP111": Code("error", "a name that is a keyword now"),
    "BP112": Code("error", "has_key"),
    "BP113": Code("error", "iteritems and its kin"),
    "BP114": Code("error", "a builtin of Python 2"),
    "BP115": Code("error", "a module of Python 2"),
    "BP116": Code("error", "a name that the standard library no longer has"),
    "BP117": Code("warning", "division of integers, which gave an integer"),
    "BP118": Code("error", "iterator.next()"),
    "BP119": Code("error", "an index into map, filter, zip or keys()"),
    "BP120": Code("error", "text encoded as base64, hex or zlib by a method"),
    "BP121": Code("error", "sorting with cmp"),
    "BP122": Code("error", "import of a neighbor in a package without a dot"),
    "BP123": Code("error", "text where the network takes bytes"),
    "BP201": Code("error", ".ix"),
    "BP202": Code("error", "append to a frame or series"),
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
    "BP214": Code("error", "a name of a frequency that changed"),
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
    "BP407": Code("error", "a value that scikit-learn no longer knows"),
    "BP501": Code("error", "plt.hold"),
    "BP502": Code("error", "matplotlib.mlab"),
    "BP503": Code("error", "normed"),
    "BP504": Code("error", "axisbg and set_axis_bgcolor"),
    "BP505": Code("error", "a name that matplotlib no longer has"),
    "BP506": Code("error", "an argument that matplotlib no longer takes"),
    "BP507": Code("error", "a style or color map that was renamed"),
    "BP508": Code("error", "a name or argument that seaborn no longer has"),
    "BP509": Code("warning", "a backend that needs a screen"),
    "BP601": Code("note", "the network is reached"),
    "BP602": Code("note", "http to a storage account"),
    "BP603": Code("warning", "generate_blob_shared_access_signature by position"),
    "BP604": Code("warning", "put_block_from_url by position"),
    "BP605": Code("error", "azureml.Workspace and Studio's services"),
    "BP606": Code("note", "BlobService of azure-storage 0.20"),
    "BP607": Code("note", "an account key in the script"),
    "BP701": Code("error", "no azureml_main"),
    "BP702": Code("error", "azureml_main and the connected datasets do not fit"),
    "BP703": Code("error", "azureml_main returns nothing"),
    "BP704": Code("error", "azureml_main returns no frame"),
    "BP705": Code("warning", "the script ends the interpreter"),
    "BP706": Code("note", "a second frame is returned"),
    "BP801": Code("error", "a module that is nowhere"),
    "BP802": Code("error", "a library for another system or Python"),
    "BP803": Code("error", "a name that hides the standard library or a package"),
    "BP804": Code("warning", "a wheel, egg or zip inside the zip"),
    "BP805": Code("warning", "compiled Python without its source"),
    "BP806": Code("note", "the old storage package"),
    "BP807": Code("warning", "names that differ in case alone"),
    "BP901": Code("error", "a path of Windows"),
    "BP902": Code("warning", "another process is started"),
    "BP903": Code("error", "packages are installed by the script"),
    "BP904": Code("warning", "a native library is loaded by path"),
    "BP905": Code("error", "a path with backslashes where Python does not open it"),
}
"""By code, in order; the table in the documents is computed from it."""
