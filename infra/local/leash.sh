#!/bin/sh
# Runs one long-lived command that cannot outlive its starter.
#
#   leash.sh <grace seconds> <command> [argument...]
#
# The starter holds the other end of stdin and never writes to it. That end closes when the starter
# ends, even by SIGKILL. The command then gets SIGTERM. After the grace its process group gets
# SIGKILL. The pid of the command goes to fd 3, so the starter can signal the command itself. When
# the command ends, the leash ends with the same status. The starter then sends SIGKILL to the
# process group, which ends what the command has left in it. The leash passes TERM, INT and HUP on
# as TERM. It has to be the leader of a process group.
set -u
grace=$1
shift

exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
child=$!
echo "$child" >&3
exec 3>&-

# `read` is built into the shell, so no helper process is left behind. `sleep` runs only in the
# grace.
(
  read -r _ <&4
  trap '' TERM
  kill -TERM "$child" 2>/dev/null
  while kill -0 "$child" 2>/dev/null && [ "$grace" -gt 0 ]; do
    sleep 1
    grace=$((grace - 1))
  done
  kill -KILL 0
) &
exec 4<&-

trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done

# The watcher above stays. The starter kills it with the rest of the process group.
# Where the starter is gone, the watcher kills the group.
exit "$status"
