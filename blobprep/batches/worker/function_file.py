"""A function as a file that workers read: its name, its source and its pickled bytes, as JSON. Pure.

Nothing is unpickled here: that is the child's part.
"""

from __future__ import annotations

import base64
import json

from blobprep.errors import ScriptError
from blobprep.inputs.sources import FunctionScript

__all__ = ["decode_function", "encode_function"]


def encode_function(script: FunctionScript) -> bytes:
    """Return the file of a function that was pickled."""
    pickled = base64.b64encode(script.pickled).decode()
    return json.dumps({"name": script.name, "source": script.source, "pickled": pickled}).encode()


def decode_function(data: bytes, printed: str) -> FunctionScript:
    """Read a function's file.

    Args:
        data: its bytes.
        printed: its reference.

    Raises:
        ScriptError: it is not one.
    """
    try:
        values = json.loads(data)
        pickled = base64.b64decode(values["pickled"], validate=True)
        name, source = values["name"], values["source"]
    except (ValueError, KeyError, TypeError) as error:
        raise ScriptError(
            f"{printed} does not hold a function", remedy="start the batch anew; it writes this file"
        ) from error
    if not isinstance(name, str) or not isinstance(source, str):
        raise ScriptError(f"{printed} does not hold a function", remedy="start the batch anew; it writes this file")
    return FunctionScript(name, pickled, source)
