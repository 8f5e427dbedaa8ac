#!/bin/sh
# Runs one long-lived command so that it cannot outlive whoever started it.
#
#   leash.sh <grace seconds> <command> [argument...]
#
# The starter holds the other end of our stdin and never writes to it. When that end closes, because the starter
# ended in whatever way (kill -9 too), the command gets SIGTERM and, after the grace, its whole process group SIGKILL.
# The command's pid goes to fd 3, so that the starter can signal the command itself. When the command ends we end with
# its status; the starter then sends SIGKILL to the process group, for what the command may have left in it. TERM, INT and
# HUP are passed on as TERM. Start it as the leader of a process group.
set -u
grace=$1
shift

exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
child=$!
echo "$child" >&3
exec 3>&-

# `read` is the shell's own, so that no helper process is left behind; a short `sleep` runs in the grace only.
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

# The watcher stays: whoever started us ends what is left of the group, it too, and if there is nobody any more, it does.
exit "$status"
