# The tunnel server: docker build -t tunnel-server .
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY tunnel-protocol tunnel-protocol
COPY tunnel-program tunnel-program
COPY tunnel-observe tunnel-observe
COPY tunnel-server tunnel-server
COPY tunnel-agent/pom.xml tunnel-agent/pom.xml
COPY integration-tests/pom.xml integration-tests/pom.xml
COPY benchmarks/pom.xml benchmarks/pom.xml
RUN mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true -pl tunnel-server -am package

FROM eclipse-temurin:25-jre
# A number, so that platforms that ask for a non-root user can see that it is one.
USER 65532:65532
WORKDIR /app
COPY --from=build /src/tunnel-server/target/tunnel-server.jar ./
ENV PORT=8080
EXPOSE 8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "tunnel-server.jar"]
