"""dns_server.py ADDRESS NAME=ADDRESS... -- answers questions for A records (RFC 1035); NXDOMAIN for other names

A name with "silent" in it gets no answer, and one with "garbage" bytes that are none.
"""
import socket
import struct
import sys


def name_of(question):
    labels = []
    at = 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += 1 + question[at]
    return ".".join(labels), at + 5


def answer(question, addresses):
    name, end = name_of(question)
    if "silent" in name:
        return None
    if "garbage" in name:
        return question[:2] + b"\x81\x80" + b"\xff" * 40
    found = addresses.get(name)
    head = question[:2] + struct.pack(">HHHHH", 0x8180 if found else 0x8183, 1, 1 if found else 0, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(found) if found else b""
    return head + question[12:end] + record


def main():
    addresses = dict(pair.split("=") for pair in sys.argv[2:])
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((sys.argv[1], 53))
    while True:
        question, peer = server.recvfrom(512)
        reply = answer(question, addresses)
        if reply:
            server.sendto(reply, peer)


main()
