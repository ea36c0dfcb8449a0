"""Writers of requests, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.operations import path_of as _get_path
from blobprep.legacy.wire.blocklists import write_block_list as _convert_block_list_to_xml
from blobprep.legacy.wire.documents import write_delegation_times as _convert_delegation_key_info_to_xml
