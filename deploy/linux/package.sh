#!/bin/sh
# package.sh VERSION OUT: makes OUT/tunnel-agent-linux-x64.tar.gz and OUT/tunnel-agent-linux-x64, which
# is one executable file, from tunnel-agent.jar and tunnel-server.jar (which ./tunnel builds). Both hold
# a part of the JDK; nothing else has to be installed. Needs JDK 25: JAVA_HOME, or the PATH.
set -eu
version=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
sh deploy/image/runtime.sh tunnel-agent/target/tunnel-agent.jar "$work/home"
sh deploy/image/train.sh "$work/home" tunnel-agent tunnel-server/target/tunnel-server.jar
sh deploy/linux/archive.sh "$work/home" "$version" "$out"
