#!/bin/sh
# archive.sh HOME VERSION OUT: the second half of package.sh, from a folder that train.sh has made.
# COMPRESS is the command that compresses, gzip -9 unless set.
set -eu
home=$1
version=$2
out=$3
here=$(cd "$(dirname "$0")" && pwd)
name=tunnel-agent-linux-x64

mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The folder's name has the version, so that two can lie side by side.
folder=$work/tunnel-agent-$version
mkdir -p "$folder/bin" "$folder/etc"
# With the jar's time, which the AOT cache knows.
cp -a "$home/runtime" "$home/tunnel-agent.jar" "$home/tunnel-agent.aot" "$folder/"
cp "$here/tunnel-agent" "$folder/bin/"
cp "$here/application.yaml" "$here/tunnel-agent.service" "$folder/etc/"
echo "$version" >"$folder/VERSION"
chmod -R u=rwX,go=rX "$folder"
chmod 755 "$folder/bin/tunnel-agent"

tar -C "$work" --owner=0 --group=0 --numeric-owner --sort=name -cf - "tunnel-agent-$version" |
    ${COMPRESS:-gzip -9} >"$work/$name.tar.gz"

# One file: a shell script, and behind its last line the archive.
hash=$(sha256sum "$work/$name.tar.gz" | cut -d ' ' -f 1)
lines=$(($(wc -l <"$here/stub.sh") + 1))
# By which it sees whether what it has unpacked is whole. No name has a blank.
files=$(cd "$folder" && find . -type f | LC_ALL=C sort | tr '\n' ' ')
sizes=$(cd "$folder" && stat -c %s $files | tr '\n' ' ')
sed -e "s/@HASH@/$hash/" -e "s/@LINES@/$lines/" -e "s/@VERSION@/$version/" \
    -e "s|@FILES@|$files|" -e "s|@SIZES@|$sizes|" "$here/stub.sh" >"$work/$name"
cat "$work/$name.tar.gz" >>"$work/$name"
chmod 755 "$work/$name"
mv "$work/$name" "$work/$name.tar.gz" "$out/"
