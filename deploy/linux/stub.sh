#!/bin/sh
# tunnel-agent @VERSION@, in one file: this script, and an archive behind its last line. It unpacks into
# a cache folder of the archive's hash, once, and starts the agent from there; see --help.
set -eu
hash=@HASH@

fail() {
    echo "tunnel-agent: $*" >&2
    exit 2
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || fail "it needs a folder to unpack into: set HOME, or XDG_CACHE_HOME"
base=$cache/cloudtunnel
home=$base/$hash
elsewhere="or set XDG_CACHE_HOME to another folder"

if [ ! -d "$home" ]; then
    (umask 077 && mkdir -p "$base") 2>/dev/null && [ -w "$base" ] ||
        fail "it cannot write to $base, where it unpacks itself: make that writable, $elsewhere"
    # Others could put a program of theirs where this one is looked for.
    [ -O "$base" ] || fail "$base belongs to another user: remove it, $elsewhere"
    if command -v sha256sum >/dev/null; then
        tail -n +@LINES@ "$0" | sha256sum | grep -q "^$hash" ||
            fail "$0 is damaged: download it again"
    fi
    temporary=$(mktemp -d "$base/unpacking.XXXXXXXX") || fail "it cannot write to $base, $elsewhere"
    trap 'rm -rf "$temporary"' EXIT
    trap 'exit 2' HUP INT TERM
    tail -n +@LINES@ "$0" | tar -xzf - -C "$temporary" --strip-components=1 ||
        fail "it cannot unpack itself into $base, which needs 130 MB: make room there, $elsewhere"
    # Whole or not at all. Where another one was faster, its folder is as good.
    mv -T "$temporary" "$home" 2>/dev/null || [ -d "$home" ] || fail "it cannot write to $base"
    rm -rf "$temporary"
    trap - EXIT HUP INT TERM
fi
[ -O "$home" ] || fail "$home belongs to another user: remove it, $elsewhere"
[ -x "$home/runtime/bin/java" ] || fail "programs may not be run from $base (noexec?): $elsewhere"
exec "$home/bin/tunnel-agent" "$@"
