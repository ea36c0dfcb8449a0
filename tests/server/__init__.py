"""The one stand-in for an account in Azure: what Azurite cannot show, a test switches on.

    with serve(certificates) as server, server.behave(Behaviour(requires_https=True)):
        store = AzureStore(server.account("http"))

It is a real server, on loopback only. It speaks http and https on the same port, the address of an emulator
(`http://127.0.0.1:PORT/contoso/raw/a.csv`) and, to a client that takes it for its proxy, the real one
(`https://contoso.blob.core.windows.net/raw/a.csv`). Signatures, SAS tokens and bearer tokens are verified. It passes
the stores' contract.

From the wire inwards:

    connections   sockets, TLS, the proxy's part
    recording     a request as it came
    serving       the server: behaviour, faults, what was asked
    access        who asks, and what he may do           signing       what keys sign
    handling      the operations                         conditions    If-Match, ranges
    copying       sources that it reads itself
    shelf         what the account holds                 wire          answers, refusals, XML

`credentials` makes what a client needs to get in; of these modules the only one that imports the SDK.
"""

from tests.server import certificates
from tests.server.access import TENANT, Role
from tests.server.behaviour import ALWAYS, Behaviour
from tests.server.certificates import Certificates
from tests.server.recording import Request
from tests.server.serving import Server, serve

__all__ = ["ALWAYS", "TENANT", "Behaviour", "Certificates", "Request", "Role", "Server", "certificates", "serve"]
