#!/bin/sh
# hdfs namenode|datanode [-Dname=value ...]     runs a daemon
# hdfs dfs -ls -R /                             runs Hadoop's file system shell
#
# A -D flag wins over the shipped configuration.
# A new NameNode is formatted in `namenode.new`, which is then renamed. An interrupted format thus
# leaves no folder of the final name behind.
set -eu

program=$1
shift
# Java takes the place of the shell, so signals reach it.
hadoop() {
  main=$1
  shift
  exec java -Xmx384m -XX:+UseSerialGC -cp "$CONF:$PAGES:$JARS/*" "org.apache.hadoop.$main" "$@"
}

case $program in
namenode)
  if [ ! -d "$DATA/namenode" ]; then
    rm -rf "$DATA/namenode.new"
    (hadoop hdfs.server.namenode.NameNode "$@" "-Dhadoop.tmp.dir=$DATA/namenode.new" -format -nonInteractive)
    mv "$DATA/namenode.new" "$DATA/namenode"
  fi
  hadoop hdfs.server.namenode.NameNode "$@" "-Dhadoop.tmp.dir=$DATA/namenode"
  ;;
datanode) hadoop hdfs.server.datanode.DataNode "$@" "-Dhadoop.tmp.dir=$DATA/datanode" ;;
dfs) hadoop fs.FsShell "$@" ;;
*)
  echo "hdfs: not namenode, datanode or dfs: $program" >&2
  exit 2
  ;;
esac
