"""Datagrams there and back, which is how a test sees that a VPS is reached and reaches others.

    datagrams.py answer PORT                      sends back whatever comes, for ever
    datagrams.py ask SOURCE ADDRESS PORT          reads a number from each line of standard input, sends so many
                                                  datagrams, each when the one before was answered, and prints how many
                                                  were; the first that waits half a minute in vain is the last
"""

import itertools
import socket
import sys


def answer(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("", port))
    print("ready", flush=True)
    while True:
        question, asker = server.recvfrom(2048)
        server.sendto(question, asker)


def ask(source, address, port):
    print("ready", flush=True)
    for line in sys.stdin:
        answers = (answered(source, address, port, number) for number in range(int(line)))
        print(sum(itertools.takewhile(bool, answers)), flush=True)


def answered(source, address, port, number):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.connect((address, port))
        client.settimeout(30)
        try:
            client.send(b"%d" % number)
            return client.recv(2048) == b"%d" % number
        except OSError:
            return False


if __name__ == "__main__":
    if sys.argv[1] == "answer":
        answer(int(sys.argv[2]))
    else:
        ask(sys.argv[2], sys.argv[3], int(sys.argv[4]))
