"""`from azure.storage import SharedAccessSignature`, as it was up to 0.36."""  # noqa: N999

import sys

from azure.storage.common import SharedAccessSignature

sys.modules[__name__] = SharedAccessSignature
