"""A VPS that means no good to its gateway.

    flood.py questions SERVER            the same question as fast as it can be sent
    flood.py idle SERVER COUNT           so many TCP connections to port 53 that say nothing
    flood.py unanswerable SERVER RATE    so many questions a second for names below silent.example, each another
    flood.py discovers INTERFACE         DHCPDISCOVERs, each of an invented MAC address, as fast as they can be sent
    flood.py beacons INTERFACE           beacons of invented gateways with the whole pool, as fast as they can be sent; every
                                         other one is cut short or has a name that is none

Says "ready" once it has begun, and goes on until it is ended.
"""

import os
import socket
import struct
import sys
import time


def question(name, number):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def questions(server):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(False)
    packet = question("vps-1.vps.local", 1)
    ready()
    while True:
        try:
            sender.sendto(packet, (server, 53))
        except (BlockingIOError, ConnectionRefusedError):
            pass


def idle(server, count):
    held = []
    for _ in range(count):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex((server, 53))
        held.append(connection)
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(60)


def unanswerable(server, rate):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(False)
    begun = time.monotonic()
    ready()
    number = 0
    while True:
        while number < (time.monotonic() - begun) * rate:
            number += 1
            try:
                sender.sendto(question("n%d.silent.example" % number, number), (server, 53))
            except (BlockingIOError, ConnectionRefusedError):
                pass
        time.sleep(0.005)


def discovers(interface):
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((interface, 0x0800))
    ready()
    while True:
        mac = b"\x06" + os.urandom(5)
        dhcp = struct.pack(">BBBBIHH", 1, 1, 6, 0, int.from_bytes(mac[2:], "big"), 0, 0x8000)
        dhcp += bytes(16) + mac + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63\x35\x01\x01\xff"
        try:
            sender.send(broadcast(mac, bytes(4), b"\xff" * 4, 68, 67, dhcp))
        except OSError:
            pass


def beacons(interface):
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((interface, 0x0800))
    ready()
    number = 0
    while True:
        number += 1
        name = b"forged-%d" % number
        if number % 4 == 2:
            name = b"forged\nWARN forged %d" % number
        source = bytes([10, 15, 3, 20 + number % 200])
        # GatewayBeacon: magic, version, instance, pool, share, name.
        beacon = struct.pack(">4sB8s", b"VPGW", 1, os.urandom(8)) + bytes([10, 15, 3, 20, 10, 15, 3, 254])
        beacon += struct.pack(">IIB", 1, 1 + number % 2, len(name)) + name
        if number % 4 == 0:
            beacon = beacon[: number % len(beacon)]
        try:
            sender.send(broadcast(b"\x06" + os.urandom(5), source, bytes([10, 15, 3, 255]), 1537, 1537, beacon))
        except OSError:
            pass


def broadcast(mac, source, target, source_port, port, payload):
    udp = struct.pack(">HHHH", source_port, port, 8 + len(payload), 0)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0, source, target)
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack(">H", ~total & 0xFFFF) + head[12:]
    return b"\xff" * 6 + mac + b"\x08\x00" + head + udp + payload


def ready():
    print("ready", flush=True)


if __name__ == "__main__":
    kind, target, *rest = sys.argv[1:]
    kinds = [questions, idle, unanswerable, discovers, beacons]
    {known.__name__: known for known in kinds}[kind](target, *(int(number) for number in rest))
