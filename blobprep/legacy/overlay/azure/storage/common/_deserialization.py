"""Readers of answers, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.conversions import upper as _to_upper_str
from blobprep.legacy.wire.documents import (
    read_access as _convert_xml_to_signed_identifiers,
    read_properties as _convert_xml_to_service_properties,
    read_stats as _convert_xml_to_service_stats,
)
from blobprep.legacy.wire.reading import (
    flag as _bool,
    integer as _to_int,
    metadata as _parse_metadata,
    properties as _parse_properties,
    whole_size as _parse_length_from_content_range,
)
