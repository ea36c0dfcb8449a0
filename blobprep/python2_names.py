"""Names that only Python 2 has, in a file of its own: every run looks for them in its script before anything else.

The tables of `blobprep.lint.removed_python` say what replaces them; a test holds the two together.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["BUILTINS", "DICT_METHODS", "MODULES", "REMOVED", "are_in"]

BUILTINS: Final = frozenset(
    {"apply", "basestring", "buffer", "cmp", "coerce", "execfile", "file", "intern", "long", "raw_input", "reduce"}
    | {"unichr", "unicode", "xrange"}
)
"""Builtins, without `reload`, which was often called without being needed."""
MODULES: Final = frozenset(
    {"ConfigParser", "Cookie", "HTMLParser", "Queue", "StringIO", "__builtin__", "cPickle", "cStringIO", "commands"}
    | {"cookielib", "copy_reg", "httplib", "md5", "sets", "sha", "thread", "urllib2", "urlparse", "xmlrpclib"}
)
"""Modules of the standard library that have another name now."""
DICT_METHODS: Final = frozenset({"has_key", "iteritems", "iterkeys", "itervalues"})
REMOVED: Final = {
    "itertools": frozenset({"ifilter", "imap", "izip", "izip_longest"}),
    "os": frozenset({"getcwdu"}),
    "string": frozenset({"letters", "lowercase", "maketrans", "uppercase"}),
    "sys": frozenset({"maxint"}),
}
"""Names that modules of the standard library have lost, and that scripts used."""
_NAMES: Final = BUILTINS | MODULES | DICT_METHODS | frozenset[str]().union(*REMOVED.values())
_WORDS: Final = re.compile(rb"\b(?:%s)\b" % "|".join(sorted(_NAMES)).encode())


def are_in(text: bytes) -> bool:
    """Return whether a text has one of the names anywhere."""
    return _WORDS.search(text) is not None
