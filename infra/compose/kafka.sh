#!/bin/sh
# Runs the broker with the shipped server.properties and then the arguments as further lines. Of
# several lines with one name the last one counts.
# New data is formatted in `log.new`, which is then renamed. An interrupted format thus leaves no
# folder of the final name behind.
set -eu

config=$(mktemp -d)
lines() {
  cat "$CONF/server.properties"
  echo
  printf '%s\n' "$@"
}

if [ ! -d "$DATA/log" ]; then
  rm -rf "$DATA/log.new"
  lines "$@" "log.dirs=$DATA/log.new" >"$config/format.properties"
  java -Xmx128m -cp "$JARS/*" kafka.tools.StorageTool format \
    --cluster-id Y29tcG9zZS1jbHVzdGVyMQ --config "$config/format.properties"
  mv "$DATA/log.new" "$DATA/log"
fi

lines "$@" "log.dirs=$DATA/log" >"$config/server.properties"
exec java -Xmx512m -XX:+UseSerialGC "-Dlog4j2.configurationFile=$CONF/log4j2.properties" \
  -cp "$JARS/*" kafka.Kafka "$config/server.properties"
