#!/bin/sh
# train.sh HOME PROGRAM OTHER_JAR: makes the AOT cache HOME/PROGRAM.aot, for PROGRAM being
# tunnel-server or tunnel-agent in a folder that runtime.sh has made. What goes into the cache is what
# a run of some seconds uses: requests through a tunnel, whose other end OTHER_JAR is; then SIGTERM.
set -eu
here=$(dirname "$0")
bin=${JAVA_HOME:+$JAVA_HOME/bin/}
"${bin}java" -XX:TieredStopAtLevel=1 "$here/Train.java" "$@"
[ -s "$1/$2.aot" ] || {
    echo "train.sh: no AOT cache came out of the training run" >&2
    exit 1
}
# The cache is read by whoever runs the program.
chmod -R a+rX "$1"
