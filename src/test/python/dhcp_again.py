"""A DHCP client that has an address already, and asks for it again (RFC 2131, 4.3.2).

    dhcp_again.py renew|rebind|init-reboot ADDRESS SERVER

Prints "ack", "nak" or, when nothing came in ten seconds in which it asked every second, "silence".
"""

import os
import socket
import struct
import sys
import time

INTERFACE = b"eth0"


def message(kind, address, mac, number):
    own = socket.inet_aton(address)
    ciaddr = bytes(4) if kind == "init-reboot" else own
    # An answer to all is heard whether we have the address or not.
    flags = 0 if kind == "renew" else 0x8000
    head = struct.pack(">BBBBIHH", 1, 1, 6, 0, number, 0, flags) + ciaddr + bytes(12) + mac + bytes(10 + 64 + 128)
    options = b"\x63\x82\x53\x63\x35\x01\x03" + (b"\x32\x04" + own if kind == "init-reboot" else b"")
    return head + options + b"\xff"


def said(answer, number):
    if struct.unpack(">I", answer[4:8])[0] != number:
        return None
    at = 240
    while at < len(answer) and answer[at] != 255:
        if answer[at] == 53:
            return {5: "ack", 6: "nak"}.get(answer[at + 2])
        at += 1 if answer[at] == 0 else 2 + answer[at + 1]
    return None


def main(kind, address, server):
    with open("/sys/class/net/eth0/address", encoding="ascii") as file:
        mac = bytes.fromhex(file.read().strip().replace(":", ""))
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, INTERFACE)
    client.bind(("", 68))
    client.settimeout(1)
    number = int.from_bytes(os.urandom(4), "big")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        client.sendto(message(kind, address, mac, number), (server if kind == "renew" else "255.255.255.255", 67))
        try:
            verdict = said(client.recv(2000), number)
        except TimeoutError:
            continue
        if verdict:
            return verdict
    return "silence"


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
