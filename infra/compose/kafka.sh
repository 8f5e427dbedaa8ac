#!/bin/sh
# The broker: the shipped server.properties, then our arguments as further lines, for of a name's lines the last one counts.
# A new folder is formatted beside and moved into place, so that one cut short is not taken for a formatted one.
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
