"""The way from each file of this folder to what takes its place.

Other interpreters inherit PYTHONPATH too. One that does not have blobprep, or what it needs, imports its own SDK past
this folder, so this file is for any Python 3.
"""

# ruff: noqa: UP032
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

try:
    from blobprep.legacy import names
except (ImportError, SyntaxError):
    names = None


def provide(name):
    try:
        if names and sys.version_info >= (3, 11):
            names.provide(name)
            return
    except ModuleNotFoundError:  # blobprep is on the path, and not what it needs
        pass
    own = Path(__file__).parent
    others = [folder for folder in sys.modules["azure.storage"].__path__ if Path(folder) != own]
    spec = PathFinder.find_spec(name, others)
    if spec is None:
        text = "No module named '{}' in {}, which has no blobprep to provide it".format(name, sys.executable)
        raise ModuleNotFoundError(text, name=name)
    sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
