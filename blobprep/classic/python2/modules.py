"""Imports of a translated module: the standard library under its old names, neighbors without a dot.

A module that exists under the name comes first: the bundle may have one.
"""

from __future__ import annotations

import builtins
import collections
import functools
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

from blobprep.classic.python2.files import StringIO
from blobprep.classic.python2.shims import RestoredModule, restore, shim_for
from blobprep.classic.python2.text import to_bytes

__all__ = ["has_name", "import_module"]

_MOVED: Final[Mapping[str, tuple[str, ...]]] = {
    "BaseHTTPServer": ("http.server",),
    "ConfigParser": ("configparser",),
    "Cookie": ("http.cookies",),
    "HTMLParser": ("html.parser",),
    "Queue": ("queue",),
    "SimpleHTTPServer": ("http.server",),
    "SocketServer": ("socketserver",),
    "UserDict": ("collections",),
    "UserList": ("collections",),
    "UserString": ("collections",),
    "__builtin__": ("builtins",),
    "anydbm": ("dbm",),
    "commands": ("subprocess",),
    "cookielib": ("http.cookiejar",),
    "copy_reg": ("copyreg",),
    "dummy_thread": ("_thread",),
    "dummy_threading": ("threading",),
    "email.MIMEBase": ("email.mime.base",),
    "email.MIMEImage": ("email.mime.image",),
    "email.MIMEMultipart": ("email.mime.multipart",),
    "email.MIMEText": ("email.mime.text",),
    "email.Utils": ("email.utils",),
    "htmlentitydefs": ("html.entities",),
    "httplib": ("http.client",),
    "repr": ("reprlib",),
    "robotparser": ("urllib.robotparser",),
    "thread": ("_thread",),
    "urllib2": ("urllib.request", "urllib.error", "urllib.parse"),
    "urlparse": ("urllib.parse",),
    "xml.etree.cElementTree": ("xml.etree.ElementTree",),
    "xmlrpclib": ("xmlrpc.client",),
}
"""Where modules went; names of the further ones are added to those of the first."""


def _string_io() -> ModuleType:
    return RestoredModule("StringIO", None, {"StringIO": StringIO, "__all__": ["StringIO"]})


def _pickles() -> ModuleType:
    return shim_for("pickle") or importlib.import_module("pickle")


def _digest(name: str) -> ModuleType:
    make = getattr(shim_for("hashlib") or hashlib, "md5" if name == "md5" else "sha1")
    return RestoredModule(name, None, {"new": make, name: make, "__all__": ["new", name]})


def _sets() -> ModuleType:
    return RestoredModule("sets", None, {"Set": set, "ImmutableSet": frozenset, "__all__": ["Set", "ImmutableSet"]})


def _urllib() -> ModuleType:
    parse = importlib.import_module("urllib.parse")
    names = {name: _of_text(getattr(parse, name)) for name in ("quote", "quote_plus", "unquote", "unquote_plus")}
    names |= {"urlencode": _urlencode, "getproxies": importlib.import_module("urllib.request").getproxies}
    return restore("urllib", ("urllib.request", "urllib.error", "urllib.parse"), names)


def _urllib2() -> ModuleType:
    request = importlib.import_module("urllib.request")
    names = {"Request": _request(request.Request), "urlopen": _urlopen, "quote": _of_text(request.quote)}
    return restore("urllib2", _MOVED["urllib2"], names)


def _of_text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of `urllib.parse` as it was: it left `~` out of what need not be quoted."""

    def call(text: Any, *args: Any) -> Any:
        quoted = function(text, *args)
        return quoted.replace("~", "%7E") if function.__name__.startswith("quote") else quoted

    return call


def _urlencode(query: Any, doseq: Any = 0) -> str:
    parse = importlib.import_module("urllib.parse")
    return str(parse.urlencode(query, doseq)).replace("~", "%7E")


def _request(real: Any) -> Any:
    def make(url: Any, data: Any = None, *args: Any, **options: Any) -> Any:
        return real(url, None if data is None else to_bytes(data), *args, **options)

    return make


def _urlopen(url: Any, data: Any = None, *args: Any, **options: Any) -> Any:
    real = importlib.import_module("urllib.request").urlopen
    return real(url, None if data is None else to_bytes(data), *args, **options)


_MADE: Final[Mapping[str, Callable[[], ModuleType]]] = {
    "StringIO": _string_io,
    "cPickle": _pickles,
    "cStringIO": _string_io,
    "md5": lambda: _digest("md5"),
    "sets": _sets,
    "sha": lambda: _digest("sha"),
    "urllib": _urllib,
    "urllib2": _urllib2,
}
_ADDED: Final[Mapping[str, Callable[[], dict[str, Any]]]] = {
    "Queue": dict,
    "ConfigParser": lambda: {"SafeConfigParser": importlib.import_module("configparser").ConfigParser},
    "UserDict": lambda: {"UserDict": collections.UserDict, "DictMixin": collections.abc.MutableMapping},
    "collections": lambda: {name: getattr(collections.abc, name) for name in collections.abc.__all__},
    "inspect": lambda: {"getargspec": importlib.import_module("inspect").getfullargspec},
    "os": lambda: {"getcwdu": importlib.import_module("os").getcwd, "errno": importlib.import_module("errno")},
    "sys": lambda: {"maxint": sys.maxsize, "setdefaultencoding": lambda _: None, "exc_clear": lambda: None},
    "time": lambda: {"clock": importlib.import_module("time").perf_counter},
    "fractions": lambda: {"gcd": importlib.import_module("math").gcd},
    "cgi": dict,
}
"""Names that modules had besides those of today; a module is wrapped only where one of them is asked for."""


@functools.cache
def _old_module(name: str) -> ModuleType | None:
    """Return a module of the standard library as Python 2 had it; None for any other."""
    make = _MADE.get(name)
    if make is not None:
        return make()
    if name in _MOVED:
        return restore(name, _MOVED[name], _ADDED[name]() if name in _ADDED else None)
    shim = shim_for(name)
    if shim is not None:
        return shim
    if name in _ADDED and importlib.util.find_spec(name):
        return restore(name, (name,), _ADDED[name]())
    return None


def has_name(path: str) -> bool:
    """Return whether a translated module can import a name of Python 2's standard library: `string.letters`."""
    top, _, rest = path.partition(".")
    module = _old_module(path) or _old_module(top)
    for part in rest.split(".") if rest and _old_module(path) is None else ():
        module = getattr(module, part, None)
    return module is not None


def import_module(
    name: str,
    globals: Mapping[str, Any] | None = None,  # noqa: A002  the builtin's parameters
    locals: Mapping[str, Any] | None = None,  # noqa: A002
    fromlist: Any = (),
    level: int = 0,
) -> Any:
    """Import as Python 2 did; the `__import__` of translated modules."""
    if level == 0:
        neighbor = _neighbor(name, globals or {})
        if neighbor:
            return builtins.__import__(name, globals, locals, fromlist, 1)
        if not _is_elsewhere(name):
            module = _import_old(name, fromlist)
            if module is not None:
                return module
    return builtins.__import__(name, globals, locals, fromlist, level)


def _neighbor(name: str, names: Mapping[str, Any]) -> bool:
    """Return whether a package has a module of this name, which it may import without a dot."""
    package = names.get("__package__") or ""
    if not package or names.get("absolute_import") is not None:
        return False
    try:
        return importlib.util.find_spec(f"{package}.{name.partition('.')[0]}") is not None
    except (ImportError, ValueError):
        return False


def _is_elsewhere(name: str) -> bool:
    """Return whether a module with an old name exists after all, in the bundle or installed."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return False
    if top not in _MADE and top not in _MOVED:
        return True
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False


def _import_old(name: str, fromlist: Any) -> Any:
    if name == "sys" and not fromlist:
        return None  # scripts replace its streams
    if fromlist or "." not in name:
        return _old_module(name)
    if name in _MOVED:  # `import xml.etree.cElementTree as ET` asks for each part
        package, _, last = name.rpartition(".")
        parent = importlib.import_module(package)
        if not hasattr(parent, last):
            setattr(parent, last, _old_module(name))
        return importlib.import_module(name.partition(".")[0])
    return None
