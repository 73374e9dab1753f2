#!/bin/sh
# runtime.sh JAR HOME: makes the folder HOME with the program's jar and, in HOME/runtime, the part of
# the JDK (JAVA_HOME, or the one on the PATH) that it needs.
set -eu
jar=$1
home=$2
bin=${JAVA_HOME:+$JAVA_HOME/bin/}
# For tools that run for seconds: half of their time.
quick="-J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC"

# What the byte code names. Of java.desktop these are a few classes of java.beans, in parts of Jackson
# and SnakeYAML that do without them or are not used: 35 MB less.
named=$("${bin}jdeps" $quick --no-recursive --ignore-missing-deps --multi-release 25 \
    --print-module-deps "$jar")
modules=$(echo "$named" | tr ',' '\n' | grep -vx java.desktop | tr '\n' ',')

# What no byte code names, but finds by service or by name:
#   jdk.crypto.ec     the curves of TLS; empty since JDK 22, where java.base has them
#   jdk.crypto.cryptoki is left out: no hardware tokens
#   java.naming, jdk.naming.dns    names in TLS certificates, and resolvers of Redis' client
#   jdk.management    memory and threads in the metrics
#   jdk.net           keep-alive times of sockets
#   jdk.unsupported   sun.misc.Unsafe, of Redis' client, and sun.misc.Signal, for SIGHUP
#   jdk.charsets is left out: UTF-8, US-ASCII and ISO 8859-1 are in java.base
modules=${modules}jdk.crypto.ec,java.naming,jdk.naming.dns,jdk.management,jdk.net,jdk.unsupported

mkdir -p "$home"
# No --compress: layers and archives are compressed as a whole, which comes out smaller.
"${bin}jlink" $quick --add-modules "$modules" --no-header-files --no-man-pages \
    --strip-java-debug-attributes --output "$home/runtime"

"${bin}java" -XX:TieredStopAtLevel=1 "$(dirname "$0")/Modern.java" "$jar" "$home/$(basename "$jar")"
# Whole seconds: an archive keeps no more, and the AOT cache is for the jar of this very time.
touch -d "@$(date +%s)" "$home/$(basename "$jar")"
