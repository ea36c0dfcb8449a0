"""Why can I not reach it, and what do I do: one examination, step by step.

findings      what a step found; all of an examination together          (pure)
fixes         codes of the service → cause and exact remedy                (pure)
tokens        what a SAS token says of itself                            (pure)
reading       reference, account, endpoint, protocol, policy, credentials
network       names, proxy, connection       encryption    TLS and certificate
service       what the service answers a stranger: clock, state of the account
permissions   what the credential may do, by probes that change nothing
places        a folder that stands for an account, a local path
examination   the whole, in order
"""

from blobprep.diagnostics.findings import Diagnosis, Examination, Finding, Mark

__all__ = ["Diagnosis", "Examination", "Finding", "Mark"]
