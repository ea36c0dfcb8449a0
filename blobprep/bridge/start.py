"""The first lines that another interpreter runs.

They make the folder of this file, `sys.argv[1]`, the package `blobprep_bridge`: it bears another name there, since
nothing else of blobprep can be imported. The interpreter was started without its own packages, which are found once it
is confined.
"""

import os
import sys
import types

if sys.version_info < (2, 7):
    sys.exit("Python 2.7 is the first that can be used, and this is " + sys.version.split()[0])
version = "python%d.%d" % sys.version_info[:2]
original = os.path.join(sys.prefix, "lib", version, "orig-prefix.txt")
if os.path.exists(original):  # an environment of virtualenv, up to 19, finds most of Python only together with packages
    with open(original) as file:
        library = os.path.join(file.read().strip(), "lib", version)
    sys.path += [library, os.path.join(library, "lib-dynload"), os.path.join(library, "plat-" + sys.platform)]
package = types.ModuleType("blobprep_bridge")
package.__path__ = [sys.argv[1]]
sys.modules["blobprep_bridge"] = package
__import__("blobprep_bridge.main")
sys.modules["blobprep_bridge.main"].main()
