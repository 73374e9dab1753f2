#!/bin/bash
# try.sh FOLDER server|agent: runs what the Dockerfile runs for an image, by the lines of that file, but
# without a docker engine: in FOLDER, which must not exist, with FOLDER/app for /app. Then starts the
# entry point in an empty environment: a server has to answer 200, an agent to say its version. Needs
# what the image of the build stage has: JDK 25 (JAVA_HOME) and Maven; and curl.
set -euo pipefail
folder=$1
image=$2
cd "$(dirname "$0")/../.."
mkdir "$folder"
folder=$(cd "$folder" && pwd)

# The context: what is committed or would be, less .dockerignore's larger parts.
mkdir "$folder/src"
git ls-files -co --exclude-standard -- . ':!docs' ':!*/src/test/*' |
    tar -cf - --files-from=- | tar -xf - -C "$folder/src"

# The instructions of one stage, each on a line of its own.
stage() {
    awk -v stage="$1" '/^FROM/ { on = $NF == stage } on' Dockerfile
}

for name in build "$image-home"; do
    stage "$name" | sed -n 's/^RUN //p' | sed -e "s# /app# $folder/app#g" -e "s# /data# $folder/data#g" |
        while IFS= read -r command; do
            echo "+ $command"
            (cd "$folder/src" && PATH=${JAVA_HOME:+$JAVA_HOME/bin:}$PATH sh -c "$command" </dev/null)
        done
done

mapfile -t entry < <(stage "$image" | sed -n 's/^ENTRYPOINT \[\(.*\)\]$/\1/p' |
    sed -e "s#/app/#$folder/app/#g" -e 's/", "/\n/g' -e 's/^"//' -e 's/"$//')
du -sk "$folder"/app/*
if [ "$image" = agent ]; then
    exec env -i "${entry[@]}" --version
fi
port=${PORT:-18080}
env -i PORT="$port" "${entry[@]}" >"$folder/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for ((i = 0; i < 300; i++)); do
    status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/health/ready" || true)
    [ "$status" != 200 ] || break
    sleep 0.1
done
echo "GET /health/ready: $status"
[ "$status" = 200 ]
