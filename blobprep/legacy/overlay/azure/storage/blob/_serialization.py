"""Writers of requests, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.operations import path_of as _get_path
from blobprep.legacy.wire.documents import write_delegation_times as _convert_delegation_key_info_to_xml
