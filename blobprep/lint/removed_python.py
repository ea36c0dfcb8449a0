"""What Python's standard library no longer has, and where it went. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blobprep.lint.removals import Removal

__all__ = ["BUILTINS", "ENCODINGS", "PYTHON"]

# fmt: off
# One row per removal, laid out as a table.
PYTHON: Final = (
    Removal("BP115", "StringIO cStringIO", "3.0", "io", "module:io", new="io.StringIO"),
    Removal("BP115", "cPickle", "3.0", "pickle", "module:pickle", new="pickle.loads"),
    Removal("BP115", "Queue", "3.0", "queue", "module:queue", new="queue.Queue"),
    Removal("BP115", "ConfigParser", "3.0", "configparser", "module:configparser", new="configparser.ConfigParser"),
    Removal("BP115", "HTMLParser", "3.0", "html.parser", "module:html.parser", new="html.parser.HTMLParser"),
    Removal("BP115", "httplib", "3.0", "http.client", "module:http.client", new="http.client.HTTPSConnection"),
    Removal("BP115", "urllib2", "3.0", "urllib.request, whose responses and data are bytes", "module:urllib.request",
            new="urllib.request.urlopen urllib.request.Request urllib.request.HTTPError"),
    Removal("BP115", "urlparse", "3.0", "urllib.parse", "module:urllib.parse", new="urllib.parse.urlparse"),
    Removal("BP115", "cookielib", "3.0", "http.cookiejar", "module:http.cookiejar", new="http.cookiejar.CookieJar"),
    Removal("BP115", "Cookie", "3.0", "http.cookies", "module:http.cookies", new="http.cookies.SimpleCookie"),
    Removal("BP115", "__builtin__", "3.0", "builtins", "module:builtins", new="builtins"),
    Removal("BP115", "copy_reg", "3.0", "copyreg", "module:copyreg", new="copyreg"),
    Removal("BP115", "xmlrpclib", "3.0", "xmlrpc.client", "module:xmlrpc.client", new="xmlrpc.client.ServerProxy"),
    Removal("BP115", "commands md5 sha sets thread", "3.0", "subprocess, hashlib, set, threading",
            new="subprocess.getoutput hashlib.md5 threading.Thread"),
    Removal("BP116", "itertools.izip itertools.imap itertools.ifilter", "3.0", "zip, map, filter", "iterator",
            new="builtins.zip builtins.map builtins.filter"),
    Removal("BP116", "itertools.izip_longest", "3.0", "itertools.zip_longest", "name:zip_longest",
            new="itertools.zip_longest"),
    Removal("BP116", "string.letters", "3.0", "string.ascii_letters", "name:ascii_letters", new="string.ascii_letters"),
    Removal("BP116", "string.uppercase", "3.0", "string.ascii_uppercase", "name:ascii_uppercase",
            new="string.ascii_uppercase"),
    Removal("BP116", "string.lowercase", "3.0", "string.ascii_lowercase", "name:ascii_lowercase",
            new="string.ascii_lowercase"),
    Removal("BP116", "string.replace string.lower string.upper string.split string.strip string.lstrip string.rstrip "
            "string.find string.rfind string.count string.zfill string.ljust string.rjust string.swapcase "
            "string.expandtabs", "3.0", "the string's method: text.replace(…)", "string-method",
            new="builtins.str.replace"),
    Removal("BP116", "string.join", "3.0", "separator.join(words)", "join", new="builtins.str.join"),
    Removal("BP116", "string.maketrans", "3.0", "str.maketrans", "text:str.maketrans", new="builtins.str.maketrans"),
    Removal("BP116", "string.atoi", "3.0", "int", "text:int", new="builtins.int"),
    Removal("BP116", "string.atof", "3.0", "float", "text:float", new="builtins.float"),
    Removal("BP116", "sys.maxint", "3.0", "sys.maxsize", "name:maxsize", new="sys.maxsize"),
    Removal("BP116", "sys.setdefaultencoding", "3.0", "nothing: text is Unicode", "statement"),
    Removal("BP116", "os.getcwdu", "3.0", "os.getcwd", "name:getcwd", new="os.getcwd"),
    Removal("BP116", "os.errno", "3.7", "import errno", "imported:errno", new="errno.ENOENT"),
    Removal("BP116", "os.popen2 os.popen3 os.tmpnam", "3.0", "subprocess, tempfile",
            new="subprocess.run tempfile.mkstemp"),
    Removal("BP116", "urllib.urlopen urllib.urlretrieve", "3.0", "urllib.request.urlopen", "last-of:urllib.request",
            new="urllib.request.urlopen urllib.request.urlretrieve"),
    Removal("BP116", "urllib.urlencode urllib.quote urllib.unquote urllib.quote_plus urllib.unquote_plus", "3.0",
            "urllib.parse.urlencode, urllib.parse.quote", "last-of:urllib.parse",
            new="urllib.parse.urlencode urllib.parse.quote"),
    Removal("BP116", "time.clock", "3.8", "time.perf_counter", "name:perf_counter", new="time.perf_counter"),
    Removal("BP116", "collections.Mapping", "3.10", "collections.abc.Mapping", "name:abc.Mapping",
            new="collections.abc.Mapping"),
    Removal("BP116", "collections.Iterable", "3.10", "collections.abc.Iterable", "name:abc.Iterable",
            new="collections.abc.Iterable"),
    Removal("BP116", "collections.MutableMapping collections.Sequence collections.Callable collections.Hashable",
            "3.10",
            "the same name in collections.abc", new="collections.abc.MutableMapping collections.abc.Sequence"),
    Removal("BP116", "inspect.getargspec", "3.11", "inspect.getfullargspec", "name:getfullargspec",
            new="inspect.getfullargspec"),
    Removal("BP116", "base64.encodestring", "3.9", "base64.encodebytes", "name:encodebytes", new="base64.encodebytes"),
    Removal("BP116", "base64.decodestring", "3.9", "base64.decodebytes", "name:decodebytes", new="base64.decodebytes"),
    Removal("BP116", "fractions.gcd", "3.9", "math.gcd", "imported:math.gcd", new="math.gcd"),
    Removal("BP116", "platform.linux_distribution", "3.8", "platform.platform", new="platform.platform"),
    Removal("BP116", "cgi.escape", "3.8", "html.escape", new="html.escape"),
    Removal("BP116", "types.StringType types.ListType types.DictType types.IntType", "3.0",
            "str, list, dict, int", new="builtins.str builtins.list"),
)
# fmt: on

BUILTINS: Final[Mapping[str, tuple[str, str]]] = {
    "xrange": ("range", "range"),
    "raw_input": ("blobprep_parameters[NAME], and pass the value with --param: a run has no input", ""),
    "unicode": ("str", "str"),
    "basestring": ("str", "str"),
    "long": ("int", "int"),
    "unichr": ("chr", "chr"),
    "reduce": ("functools.reduce", "functools.reduce"),
    "file": ("open", "open"),
    "execfile": ("exec(open(path).read())", ""),
    "cmp": ("(a > b) - (a < b)", ""),
    "apply": ("function(*arguments)", ""),
    "buffer": ("memoryview", "memoryview"),
    "intern": ("sys.intern", "sys.intern"),
    "coerce": ("int(…) or float(…) instead", ""),
    "reload": ("importlib.reload", "importlib.reload"),
}
"""Builtins of Python 2: what to write, and the name that can simply replace them; empty if there is none."""

ENCODINGS: Final = frozenset({"base64", "hex", "zlib", "zip", "bz2", "rot13", "string_escape", "uu", "quopri"})
"""What `str.encode` and `str.decode` accepted besides text encodings."""
