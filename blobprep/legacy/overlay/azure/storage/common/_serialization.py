"""Writers of requests, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.conversions import iso_date as _to_utc_datetime, size_of as _len_plus
from blobprep.legacy.wire.documents import (
    write_policies as _convert_signed_identifiers_to_xml,
    write_properties as _convert_service_properties_to_xml,
)
from blobprep.legacy.wire.sending import add_date as _add_date_header, prepare as _update_request
