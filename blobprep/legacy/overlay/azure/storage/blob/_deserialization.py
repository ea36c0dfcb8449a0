"""Readers of answers, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.batches import read_batch as _ingest_batch_response
from blobprep.legacy.wire.blocklists import (
    read_block_list as _convert_xml_to_block_list,
    read_page_ranges as _convert_xml_to_page_ranges,
)
from blobprep.legacy.wire.documents import (
    read_access as _convert_xml_to_signed_identifiers_and_access,
    read_delegation_key as _convert_xml_to_user_delegation_key,
)
from blobprep.legacy.wire.listings import (
    blob_names as _convert_xml_to_blob_name_list,
    blobs as _convert_xml_to_blob_list,
    containers as _convert_xml_to_containers,
)
from blobprep.legacy.wire.reading import (
    account_information as _parse_account_information,
    appended as _parse_append_block,
    blob as _parse_blob,
    container as _parse_container,
    lease as _parse_lease,
    pages as _parse_page_properties,
    resource as _parse_base_properties,
    snapshot as _parse_snapshot_blob,
)
from blobprep.legacy.wire.failures import DECRYPTION_FAILURE as _ERROR_DECRYPTION_FAILURE
