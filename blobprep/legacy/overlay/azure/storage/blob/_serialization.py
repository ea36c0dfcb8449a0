"""Writers of requests, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.operations import path_of as _get_path
from blobprep.legacy.wire.blocklists import write_block_list as _convert_block_list_to_xml
from blobprep.legacy.wire.documents import write_delegation_times as _convert_delegation_key_info_to_xml
from blobprep.legacy.wire.failures import (
    INVALID_BLOCK_ID as _ERROR_INVALID_BLOCK_ID,
    PAGE_BLOB_END_ALIGNMENT as _ERROR_PAGE_BLOB_END_ALIGNMENT,
    PAGE_BLOB_START_ALIGNMENT as _ERROR_PAGE_BLOB_START_ALIGNMENT,
    RANGE_TOO_LARGE_FOR_MD5 as _ERROR_RANGE_TOO_LARGE_FOR_MD5,
    START_END_NEEDED_FOR_MD5 as _ERROR_START_END_NEEDED_FOR_MD5,
)
