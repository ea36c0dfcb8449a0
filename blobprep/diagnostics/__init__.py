"""The doctor: why a reference cannot be reached and what to do, found in one examination, step by step.

findings      what a step found, and all of an examination       (pure)
refusals      refusals of the service, with exact commands       (pure)
resolution    reference, account, protocol and credentials
network       host name, proxy and connection
encryption    TLS and certificates
service       the service's answer to an anonymous request
permissions   what the credential may do, probed without changes
local         the folder of an account, and local paths
isolation     what isolation of scripts this machine provides
interpreter   what another interpreter lacks for scripts
examination   the whole, in order
"""

from blobprep.diagnostics.findings import Diagnosis, Examination, Mark, StepFinding

__all__ = ["Diagnosis", "Examination", "Mark", "StepFinding"]
