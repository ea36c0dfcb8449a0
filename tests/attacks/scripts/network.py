"""Reach a server: over each family of sockets the kernel has, past what Python's own module is made to do."""

import _socket
import ctypes
import os
import socket
import struct
from array import array

from attacking import Refused, attempt_all, call

HERE = "127.0.0.1"


def azureml_main():
    return attempt_all(globals(), blobprep_parameters)


def address_of(port):
    """Return a `struct sockaddr_in` of this machine."""
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, bytes([127, 0, 0, 1]))


def tcp(aim):
    socket.create_connection((HERE, aim["port"]), 2)


def tcp_by_name(aim):
    socket.create_connection(("localhost", aim["port"]), 2)


def tcp_over_ipv6(aim):
    _socket.socket(_socket.AF_INET6).connect(("::ffff:127.0.0.1", aim["port"]))


def tcp_past_the_broker(aim):
    _socket.socket().connect((HERE, aim["port"]))


def tcp_by_system_calls(aim):
    held = call("socket", socket.AF_INET, socket.SOCK_STREAM, 0)
    call("connect", held, address_of(aim["port"]), 16)


def tcp_over_several_paths(aim):
    _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 262).connect((HERE, aim["port"]))


def tcp_opened_fast(aim):
    _socket.socket().sendto(b"x", 0x20000000, (HERE, aim["port"]))


def tcp_opened_fast_by_sendmsg(aim):
    _socket.socket().sendmsg([b"x"], [], 0x20000000, (HERE, aim["port"]))


def tcp_not_blocking(aim):
    held = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM | _socket.SOCK_NONBLOCK)
    held.connect_ex((HERE, aim["port"]))


def udp(aim):
    _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM).sendto(b"x", (HERE, aim["port"]))


def udp_connected(aim):
    held = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    held.connect((HERE, aim["port"]))
    held.send(b"x")


def udp_by_sendmmsg(aim):
    held = call("socket", socket.AF_INET, socket.SOCK_DGRAM, 0)
    data, name = ctypes.create_string_buffer(b"x"), ctypes.create_string_buffer(address_of(aim["port"]))
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(data), 1)
    fields = (ctypes.addressof(name), 16, ctypes.addressof(vector), 1, 0, 0, 0, 0)
    call("sendmmsg", held, struct.pack("QIxxxxQQQQixxxxIxxxx", *fields), 1, 0)


def a_question_to_a_resolver(aim):
    question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06secret\x07example\x03com\x00\x00\x01\x00\x01"
    held = call("socket", socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.IPPROTO_UDP)
    call("sendto", held, question, len(question), 0, address_of(aim["port"]), 16)


def udp_lite(aim):
    _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM, 136)
    return True


def raw(aim):
    _socket.socket(_socket.AF_INET, _socket.SOCK_RAW, 255)
    return True


def packets(aim):
    _socket.socket(17, _socket.SOCK_RAW, 0)
    return True


def streams_of_sctp(aim):
    _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 132)
    return True


def netlink(aim):
    held = _socket.socket(16, _socket.SOCK_RAW, 0)
    held.bind((0, 0))
    return True


def events_of_the_kernel(aim):
    held = _socket.socket(16, _socket.SOCK_DGRAM, 15)  # NETLINK_KOBJECT_UEVENT
    held.bind((0, 1))
    return True


def vsock(aim):
    _socket.socket(40, _socket.SOCK_STREAM)
    return True


def ciphers_of_the_kernel(aim):
    _socket.socket(38, _socket.SOCK_SEQPACKET)
    return True


def express_data_path(aim):
    _socket.socket(44, _socket.SOCK_RAW)
    return True


def a_local_stream(aim):
    _socket.socket(_socket.AF_UNIX).connect(aim["stream"])


def a_local_datagram(aim):
    _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM).sendto(b"x", aim["datagram"])


def a_local_datagram_from_a_pair(aim):
    ours, _ = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_DGRAM)
    ours.sendto(b"x", aim["datagram"])


def a_local_datagram_from_a_raw_pair(aim):
    ours, _ = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_RAW)
    ours.sendto(b"x", aim["datagram"])


def an_abstract_stream(aim):
    _socket.socket(_socket.AF_UNIX).connect("\0" + aim["abstract"])


def an_abstract_datagram(aim):
    ours, _ = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_DGRAM)
    ours.sendto(b"x", "\0" + aim["abstract"] + "-datagram")


def listening(aim):
    held = _socket.socket()
    held.bind((HERE, 0))
    held.listen()
    return True


def listening_without_binding(aim):
    held = _socket.socket()
    held.listen()
    return True


def a_local_server(aim):
    held = _socket.socket(_socket.AF_UNIX)
    held.bind("\0" + aim["abstract"] + "-server")
    held.listen()
    return True


def io_uring(aim):
    return call("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0


def asynchronous_input(aim):
    context = ctypes.c_ulong()
    return call("io_setup", 4, ctypes.byref(context)) >= 0


def the_old_interface(aim):
    """Open a socket by the 32-bit numbering of the same kernel, where there is one (x32)."""
    if os.uname().machine != "x86_64":
        raise Refused(38, "not here")
    call(0x40000000 + 41, socket.AF_INET, socket.SOCK_STREAM, 0)
    return True


def dial(host, port, end=None):
    """Ask the broker as no library would: by a message of its own, past what refuses in this process."""
    import json

    from blobprep.protocol import BROKER_FD

    broker = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, BROKER_FD)
    ours, theirs = _socket.socketpair()
    ours.settimeout(5)
    message = json.dumps({"host": host, "port": port, "wait": True}).encode()
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array("i", [theirs.fileno() if end is None else end]))]
    try:
        broker.sendmsg([message], rights)
    finally:
        broker.detach()
    theirs.close()
    answer = ours.recv(4000)
    if b'"connected"' not in answer:
        raise Refused(13, answer.decode(errors="replace"))
    ours.sendall(b"x")
    return True


def broker_as_named(aim):
    return dial(HERE, aim["port"])


def broker_by_another_name(aim):
    return dial("localhost", aim["port"])


def broker_by_short_address(aim):
    return dial("127.1", aim["port"])


def broker_by_number(aim):
    return dial("2130706433", aim["port"])


def broker_by_hexadecimal(aim):
    return dial("0x7f000001", aim["port"])


def broker_by_mapped_address(aim):
    return dial("::ffff:127.0.0.1", aim["port"])


def broker_by_any_address(aim):
    return dial("0.0.0.0", aim["port"])


def broker_by_trailing_dot(aim):
    return dial("127.0.0.1.", aim["port"])


def broker_by_full_width(aim):
    return dial("\uff11\uff12\uff17.0.0.1", aim["port"])


def broker_with_zero_byte(aim):
    return dial("127.0.0.1\0.example.com", aim["port"])


def broker_to_metadata(aim):
    return dial("169.254.169.254", 80)


def broker_to_the_wire_server(aim):
    return dial("168.63.129.16", 32526)


def broker_to_a_port_beyond(aim):
    return dial(HERE, aim["port"] + (1 << 16))
