"""Receives what a service writes to NOTIFY_SOCKET, as systemd does, until stdin closes.

Prints each message as a JSON list of its assignments.
"""

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
        # recv takes no file descriptors. The kernel closes one that comes along, such as the
        # barrier of systemd-notify.
        print(json.dumps(receiver.recv(65536).decode().splitlines()), flush=True)
