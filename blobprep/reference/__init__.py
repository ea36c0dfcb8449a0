"""Names of blobs: parse, print, match. Pure; holds no secret.

One grammar for the dialects people already have (`dialects` has the table), one rule of percent-encoding for all of
them (`percent`), one rule of wildcards (`wildcards`). What a reference prints parses back to it.
"""

from blobprep.reference.sas import split_sas
from blobprep.reference.values import Reference, is_reference
from blobprep.reference.wildcards import has_wildcard, literal_prefix, matcher

__all__ = ["Reference", "has_wildcard", "is_reference", "literal_prefix", "matcher", "split_sas"]
