"""What systemd's end of NOTIFY_SOCKET does: prints each message, a JSON list of its assignments, until stdin closes."""

import json
import os
import select
import socket
import sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print(json.dumps(["BOUND=1"]), flush=True)
while True:
    readable, _, _ = select.select([receiver, sys.stdin], [], [])
    if sys.stdin in readable and not os.read(sys.stdin.fileno(), 1):
        break
    if receiver in readable:
        # A file descriptor that comes along, as systemd-notify's barrier does, is closed by not being taken.
        print(json.dumps(receiver.recv(65536).decode().splitlines()), flush=True)
