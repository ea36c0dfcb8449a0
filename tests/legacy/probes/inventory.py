"""The public methods of 2.1.0, by the class that has them."""

from __future__ import annotations

from azure.storage.blob import AppendBlobService, BlockBlobService, PageBlobService
from azure.storage.blob.baseblobservice import BaseBlobService

__all__ = ["KINDS", "METHODS"]

KINDS = {
    "BaseBlobService": BaseBlobService,
    "BlockBlobService": BlockBlobService,
    "AppendBlobService": AppendBlobService,
    "PageBlobService": PageBlobService,
}

_NAMES = {
    "BaseBlobService": """
        make_blob_url make_container_url generate_account_shared_access_signature
        generate_container_shared_access_signature generate_blob_shared_access_signature
        get_user_delegation_key list_containers create_container get_container_properties
        get_container_metadata set_container_metadata get_container_acl set_container_acl delete_container
        acquire_container_lease renew_container_lease release_container_lease break_container_lease
        change_container_lease list_blobs list_blob_names get_blob_account_information
        get_blob_service_stats set_blob_service_properties get_blob_service_properties get_blob_properties
        set_blob_properties exists get_blob_to_path get_blob_to_stream get_blob_to_bytes get_blob_to_text
        get_blob_metadata set_blob_metadata acquire_blob_lease renew_blob_lease release_blob_lease
        break_blob_lease change_blob_lease snapshot_blob copy_blob abort_copy_blob delete_blob
        batch_delete_blobs undelete_blob
    """,
    "BlockBlobService": """
        put_block put_block_list get_block_list put_block_from_url create_blob_from_path
        create_blob_from_stream create_blob_from_bytes create_blob_from_text set_standard_blob_tier
        batch_set_standard_blob_tier copy_blob
    """,
    "AppendBlobService": """
        create_blob append_block append_block_from_url append_blob_from_path append_blob_from_bytes
        append_blob_from_text append_blob_from_stream
    """,
    "PageBlobService": """
        create_blob incremental_copy_blob update_page update_page_from_url clear_page get_page_ranges
        get_page_ranges_diff set_sequence_number resize_blob create_blob_from_path create_blob_from_stream
        create_blob_from_bytes set_premium_page_blob_tier copy_blob
    """,
}
METHODS = {kind: tuple(names.split()) for kind, names in _NAMES.items()}
