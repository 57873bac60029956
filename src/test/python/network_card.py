"""A network card for tests: sends the frames it is told to send, and counts the arrivals that carry a mark.

    network_card.py frames INTERFACE    every frame that reaches the interface, whatever the firewall thinks of it
    network_card.py local               every IPv4 packet that this host's firewall has let through to the host itself

A mark is "mark" and eight hexadecimal digits, anywhere in what arrives. Commands come on standard input, one per line,
and each is answered by one line:

    send REPEAT FRAME...      sends the frames (hexadecimal, from the destination MAC on) in this order; says "sent"
    flood FRAME...            sends the frames over and over from now on, every 5 ms, until "calm"; says "flooding"
    calm                      says "calm"
    seen MARK                 who sent arrivals with this mark and how many: "MAC=COUNT ...", "local=COUNT", or "none"

Linux only: packet(7) and raw(7).
"""

import collections
import os
import re
import selectors
import socket
import sys
import time

ALL_PROTOCOLS = 0x0003
MARK = re.compile(rb"mark[0-9a-f]{8}")
# ICMP, IGMP, TCP, UDP, and one that nobody uses (RFC 3692): raw sockets want one protocol each.
LOCAL_PROTOCOLS = (1, 2, 6, 17, 253)
FLOOD_PAUSE = 0.005
RECEIVE_BUFFER = 8 << 20
# Beyond the limit that unprivileged programs have; Python has no name for it.
SO_RCVBUFFORCE = 33


class Card:
    def __init__(self, ears, mouth):
        self.ears = ears
        self.mouth = mouth
        self.seen = collections.defaultdict(collections.Counter)
        self.flood = []

    def hear(self, ear):
        try:
            arrival, sender = ear.recvfrom(65535, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        if self.mouth is None:
            source = "local"
        elif sender[2] == socket.PACKET_OUTGOING:
            return True
        else:
            source = sender[4].hex(":")
        for mark in set(MARK.findall(arrival)):
            self.seen[mark.decode()][source] += 1
        return True

    def hear_all_that_waits(self):
        for ear in self.ears:
            while self.hear(ear):
                pass

    def send(self, frames):
        for frame in frames:
            self.mouth.send(frame)

    def obey(self, command, arguments):
        if command == "send":
            for _ in range(int(arguments[0])):
                self.send(map(bytes.fromhex, arguments[1:]))
            return "sent"
        if command == "flood":
            self.flood = [bytes.fromhex(frame) for frame in arguments]
            return "flooding"
        if command == "calm":
            self.flood = []
            return "calm"
        if command == "seen":
            self.hear_all_that_waits()
            counts = self.seen[arguments[0]]
            return " ".join(f"{source}={count}" for source, count in sorted(counts.items())) or "none"
        raise ValueError(f"no command {command!r}")


def listening(family, kind, protocol):
    ear = socket.socket(family, kind, protocol)
    ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    return ear


def card_on(interface):
    wire = listening(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    wire.bind((interface, ALL_PROTOCOLS))
    return Card([wire], wire)


def card_behind_the_firewall():
    return Card([listening(socket.AF_INET, socket.SOCK_RAW, protocol) for protocol in LOCAL_PROTOCOLS], None)


def commands_of(pending):
    """Whole lines from standard input; None at its end."""
    piece = os.read(sys.stdin.fileno(), 1 << 20)
    if not piece:
        return None, pending
    *lines, pending = (pending + piece).split(b"\n")
    return [line.decode().split() for line in lines], pending


def main(card):
    # The kernel may reorder the frames of a sender that moves between processors.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    events = selectors.DefaultSelector()
    events.register(sys.stdin, selectors.EVENT_READ)
    for ear in card.ears:
        events.register(ear, selectors.EVENT_READ)
    print("ready", flush=True)
    pending = b""
    next_flood = 0.0
    while True:
        ready = events.select(max(0.0, next_flood - time.monotonic()) if card.flood else None)
        if card.flood and time.monotonic() >= next_flood:
            card.send(card.flood)
            next_flood = time.monotonic() + FLOOD_PAUSE
        for key, _ in ready:
            if key.fileobj is not sys.stdin:
                card.hear(key.fileobj)
                continue
            lines, pending = commands_of(pending)
            if lines is None:
                return
            for command, *arguments in lines:
                print(card.obey(command, arguments), flush=True)


if __name__ == "__main__":
    main(card_on(sys.argv[2]) if sys.argv[1] == "frames" else card_behind_the_firewall())
