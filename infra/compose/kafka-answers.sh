#!/bin/bash
# Exits 0 where the broker answers an ApiVersions request, version 0.
# An open port says less, because a frozen broker has one too.
# https://kafka.apache.org/protocol#The_Messages_ApiVersions
set -eu

exec 3<>"/dev/tcp/127.0.0.1/${1:-9092}"
# The request: length 12, key 18, version 0, correlation id 7, client id "ok".
printf '\0\0\0\x0c\0\x12\0\0\0\0\0\x07\0\x02ok' >&3
# The answer: its length, the same correlation id, and error code 0.
[ "$(timeout 3 head -c 10 <&3 | tail -c 6 | od -An -tx1 | tr -d ' \n')" = 000000070000 ]
