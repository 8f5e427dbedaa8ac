# Kafka and HDFS from the same jars as infra/local. Its pom.xml is the one place of their versions.
# The build context is the repository.

FROM debian:bookworm-slim AS java
# No versions, because Debian keeps only the newest version, which has the fixes.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/*

FROM java AS jars
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends maven \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY infra/local/pom.xml ./
RUN mvn -B -P kafka dependency:copy-dependencies -DoutputDirectory=/build/kafka \
 && mvn -B -P hadoop dependency:copy-dependencies -DoutputDirectory=/build/hadoop

FROM java AS kafka
COPY --from=jars /build/kafka /opt/kafka
COPY --chmod=755 infra/compose/kafka.sh /usr/local/bin/kafka
COPY --chmod=755 infra/compose/kafka-answers.sh /usr/local/bin/kafka-answers
# A new volume gets the owner of this folder.
RUN useradd --uid 1000 --create-home kafka && mkdir /data && chown kafka /data
ENV CONF=/etc/kafka DATA=/data JARS=/opt/kafka
USER 1000
EXPOSE 9092
ENTRYPOINT ["kafka"]

FROM java AS hdfs
COPY --from=jars /build/hadoop /opt/hadoop
COPY --chmod=755 infra/compose/hdfs.sh /usr/local/bin/hdfs
# A daemon does not start without its pages on the class path. Maven Central's jars have none.
RUN mkdir -p /opt/pages/webapps/hdfs /opt/pages/webapps/datanode \
 && useradd --uid 1000 --create-home hdfs && mkdir /data && chown hdfs /data
ENV CONF=/etc/hadoop DATA=/data JARS=/opt/hadoop PAGES=/opt/pages
USER 1000
EXPOSE 8020 9864 9866 9867 9870
ENTRYPOINT ["hdfs"]
