"""Reach servers in the ways scripts do, and say what came of each."""

import asyncio
import errno
import http.client
import json
import select
import socket
import ssl
import sys
import threading
import urllib.error
import urllib.request

import pandas as pd


def authority():
    """Put the certificates of the tests' authority where a confined script can read them."""
    with open("authority.pem", "w") as file:
        file.write(blobprep_parameters["certificates"])
    return "authority.pem"


def azureml_main():
    names = blobprep_parameters["ways"].split()
    print("said", json.dumps({name: said(globals()[name]) for name in names}))
    return pd.DataFrame({"done": [1]})


def said(way):
    try:
        return way()
    except Exception as error:
        return [type(error).__name__, getattr(error, "errno", None), str(error)]


def address():
    return blobprep_parameters["host"], int(blobprep_parameters["port"])


def url(protocol="http", path="/"):
    return "%s://%s:%d%s" % (protocol, *address(), path)


def trusting():
    return ssl.create_default_context(cafile=authority())


# What works.


def with_urllib():
    return urllib.request.urlopen(url(), timeout=20).read().decode()


def with_urllib_over_tls():
    return urllib.request.urlopen(url("https"), context=trusting()).read().decode()


def with_http_client():
    connection = http.client.HTTPConnection(*address())
    bodies = []
    for _ in range(2):  # over one connection
        connection.request("GET", "/")
        bodies.append(connection.getresponse().read().decode())
    connection.close()
    return bodies


def with_requests():
    import requests

    return requests.get(url(), timeout=20).text


def with_requests_over_tls():
    import requests

    with requests.Session() as session:
        return [session.get(url("https"), verify=authority()).text for _ in range(2)]


def with_a_certificate_for_another():
    context = trusting()
    with socket.create_connection(address()) as plain:
        return context.wrap_socket(plain, server_hostname="example.com").version()


def with_tls_before_connecting():
    with trusting().wrap_socket(socket.socket(), server_hostname=address()[0]) as wrapped:
        wrapped.connect(address())
        wrapped.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return wrapped.makefile("rb").read().decode().partition("\r\n\r\n")[2]


def with_asyncio():
    async def get():
        reader, writer = await asyncio.open_connection(*address())
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
        return [answer.partition("\r\n\r\n")[2], writer.get_extra_info("peername") == address()]

    return asyncio.run(get())


def with_asyncio_over_tls():
    async def get():
        reader, writer = await asyncio.open_connection(*address(), ssl=trusting())
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
        return answer.partition("\r\n\r\n")[2]

    return asyncio.run(get())


def with_aiohttp():
    import aiohttp

    async def get():
        async with aiohttp.ClientSession() as session:

            async def one():
                async with session.get(url()) as response:
                    return await response.text()

            return sorted(set(await asyncio.gather(*(one() for _ in range(20)))))

    return asyncio.run(get())


def with_threads():
    bodies = []
    threads = [threading.Thread(target=lambda: bodies.append(with_urllib())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(set(bodies)), len(bodies)


def with_a_selector():
    end = socket.socket()
    end.setblocking(False)
    assert end.connect_ex(address()) in (0, errno.EINPROGRESS)
    select.select([], [end], [], 20)
    assert end.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end.send(b"GET / HTTP/1.0\r\n\r\n")
    answer = b""
    while True:
        select.select([end], [], [], 20)
        part = end.recv(100)
        if not part:
            end.close()
            return answer.decode().partition("\r\n\r\n")[2]
        answer += part


def half_closed():
    with socket.create_connection(address(), 20) as end:
        end.sendall(b"GET / HTTP/1.0\r\n\r\n")
        end.shutdown(socket.SHUT_WR)
        return end.makefile("rb").read().decode().partition("\r\n\r\n")[2]


def with_messages():
    with socket.create_connection(address(), 20) as end:
        data = b"GET / HTTP/1.0\r\n\r\n"
        sent = end.sendmsg([data[:5], memoryview(data)[5:]])
        end.shutdown(socket.SHUT_WR)
        return end.makefile("rb").read().decode().partition("\r\n\r\n")[2] if sent == len(data) else sent


def described():
    with socket.create_connection(address()) as end:
        again = said(lambda: end.connect(address()))
        known = [end.family.name, end.type.name, list(end.getpeername()), list(end.getsockname()), end.gettimeout()]
        copied = end.dup()
        known.append(list(copied.getpeername()))
        copied.close()
    with socket.socket() as fresh:
        return [*known, again, said(fresh.getpeername), said(end.getsockname)]


def looked_up():
    (found,) = socket.getaddrinfo("contoso.blob.core.windows.net", 443, type=socket.SOCK_STREAM)
    numeric = socket.getaddrinfo("127.0.0.1", "80", type=socket.SOCK_STREAM)
    return [
        *(found[0].name, found[1].name, list(found[4]), list(numeric[0][4])),
        *(socket.gethostbyname("example.com"), socket.gethostbyname("127.1"), socket.getfqdn("10.0.0.1")),
    ]


def inherited():
    import subprocess

    return subprocess.run(["ls", "/proc/self/fd"], capture_output=True, text=True, check=False).stdout.split()


# What does not.


def another_host():
    return urllib.request.urlopen("http://example.com/").status


def another_port():
    return socket.create_connection((address()[0], 1)).close()


def metadata():
    return urllib.request.urlopen("http://169.254.169.254/metadata/instance").status


def with_errno():
    with socket.socket() as end:
        return errno.errorcode[end.connect_ex(("example.com", 443))]


def asynchronously():
    return asyncio.run(asyncio.open_connection("example.com", 443))


def udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def listening():
    with socket.socket() as end:
        end.bind(("", 0))
        end.listen()


def listening_on_a_port():
    with socket.socket() as end:
        end.bind(("127.0.0.1", 8080))


def no_address():
    with socket.socket() as end:
        return [said(lambda: end.connect("127.0.0.1")), said(lambda: end.connect(("127.0.0.1", 1 << 16)))]


def held_up():
    """The server takes the connection and says nothing."""
    with socket.create_connection(address(), 0.05) as end:
        return end.recv(1)


def with_the_sdk():
    from azure.core.pipeline.transport import RequestsTransport
    from azure.storage.blob import BlobServiceClient

    options = {"connection_verify": authority()} if "certificates" in blobprep_parameters else {}
    with BlobServiceClient(
        blobprep_parameters["account"], blobprep_parameters["key"], transport=RequestsTransport(**options)
    ) as client:
        container = client.get_container_client("network")
        container.upload_blob("up", b"x" * 5_000_000)
        data = container.download_blob("up").readall()
        return [[each.name for each in container.list_blobs()], len(data)]


def with_the_asynchronous_sdk():
    from azure.storage.blob.aio import BlobServiceClient

    async def main():
        async with BlobServiceClient(blobprep_parameters["account"], blobprep_parameters["key"]) as client:
            container = client.get_container_client("network")
            await container.upload_blob("async", b"y" * 5_000_000, max_concurrency=4)
            stream = await container.download_blob("async", max_concurrency=4)
            return [len(await stream.readall()), [each.name async for each in container.list_blobs()]]

    return asyncio.run(main())


def cut_off():
    """Connect, send a part, and die."""
    import os

    end = socket.create_connection(address())
    end.sendall(b"PUT / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
    sys.stdout.flush()
    os.kill(os.getpid(), 9)
