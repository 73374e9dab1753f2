# The server:  docker build -t tunnel-server .
# The agent:   docker build -t tunnel-agent --target agent .
# docs/images.md says what is in them. Other base images: --build-arg JDK=... --build-arg BASE=...

# JDK 25 and Maven.
ARG JDK=docker.io/library/maven:3-eclipse-temurin-25
# glibc and nothing to run; no shell.
ARG BASE=gcr.io/distroless/base-nossl-debian12

FROM ${JDK} AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true -Dmaven.javadoc.skip=true -pl tunnel-server,tunnel-agent -am package

FROM build AS agent-home
RUN sh deploy/image/runtime.sh tunnel-agent/target/tunnel-agent.jar /app
RUN sh deploy/image/train.sh /app tunnel-agent tunnel-server/target/tunnel-server.jar
# For the credentials; mount a volume there, so that the public URL survives the container.
RUN mkdir /data

FROM build AS server-home
RUN sh deploy/image/runtime.sh tunnel-server/target/tunnel-server.jar /app
RUN sh deploy/image/train.sh /app tunnel-server tunnel-agent/target/tunnel-agent.jar

FROM ${BASE} AS agent
COPY --from=agent-home /app /app
COPY --from=agent-home --chown=65532:65532 /data /data
# A number, so that platforms that ask for a non-root user can see that it is one.
USER 65532:65532
WORKDIR /data
ENV TUNNEL_CREDENTIALS=/data/credentials.json
ENTRYPOINT ["/app/runtime/bin/java", "-XX:AOTCache=/app/tunnel-agent.aot", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/tunnel-agent.jar"]

# The last one is what is built where no target is named.
FROM ${BASE} AS server
COPY --from=server-home /app /app
USER 65532:65532
WORKDIR /app
ENV PORT=8080
EXPOSE 8080
ENTRYPOINT ["/app/runtime/bin/java", "-XX:AOTCache=/app/tunnel-server.aot", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/tunnel-server.jar"]
