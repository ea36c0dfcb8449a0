"""References to blobs: parse, print, match. Pure; a reference holds no secret.

A printed reference parses back to the same reference.

values       the reference itself, and its printed form
dialects     the forms in which people write references, with a parser for each
hosts        hosts of the Blob service: the account that an address belongs to
names        the service's rules for names of accounts and containers
queries      the query of a reference: version and snapshot
percent      percent-encoding, one rule for every dialect
wildcards    wildcards in the name of a blob
named_parts  parts of names in braces: captured by patterns, filled in to templates
expressions  patterns as regular expressions
sas          secrets in references: removed, and kept out of messages
mistakes     texts that are not references, and the form that was probably meant
"""

from blobprep.reference.sas import split_sas
from blobprep.reference.values import Reference, is_reference
from blobprep.reference.wildcards import has_wildcard, literal_prefix, matcher

__all__ = ["Reference", "has_wildcard", "is_reference", "literal_prefix", "matcher", "split_sas"]
