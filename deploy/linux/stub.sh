#!/bin/sh
# tunnel-agent @VERSION@, in one file: this script, and an archive behind its last line. It unpacks into
# a cache folder of the archive's hash, once, and starts the agent from there; see --help.
set -eu
hash=@HASH@
files='@FILES@'
sizes='@SIZES@'

fail() {
    echo "tunnel-agent: $*" >&2
    exit 2
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || fail "it needs a folder to unpack into: set HOME, or XDG_CACHE_HOME"
base=$cache/cloudtunnel
home=$base/$hash
elsewhere="or set XDG_CACHE_HOME to another folder"

# Whether each file is there with its size, and may be run by its mode: cleaners of caches and broken
# disks leave less. What only the file system keeps from being run is whole.
whole() {
    [ "$(cd "$home" 2>/dev/null && stat -c %s $files 2>/dev/null | tr '\n' ' ')" = "$sizes" ] || return 1
    for each in bin/tunnel-agent runtime/bin/java; do
        [ -x "$home/$each" ] || [ -n "$(find "$home/$each" -perm -100)" ] || return 1
    done
}

# Puts all files into the folder that is there, each at once: others may start from it, or mend it, too.
mend() {
    for each in $files; do
        mkdir -p "$home/${each%/*}" && mv -fT "$temporary/$each" "$home/$each" || return 1
    done
}

[ -d "$base" ] || (umask 077 && mkdir -p "$base") 2>/dev/null ||
    fail "it cannot write to $base, where it unpacks itself: make that writable, $elsewhere"
# Others could put a program of theirs where this one is looked for.
for each in "$base" "$home"; do
    [ ! -e "$each" ] || [ -O "$each" ] || fail "$each belongs to another user: remove it, $elsewhere"
done

if ! whole; then
    [ -w "$base" ] ||
        fail "it cannot write to $base, where it unpacks itself: make that writable, $elsewhere"
    if command -v sha256sum >/dev/null; then
        tail -n +@LINES@ "$0" | sha256sum | grep -q "^$hash" ||
            fail "$0 is damaged: download it again"
    fi
    temporary=$(mktemp -d "$base/unpacking.XXXXXXXX") || fail "it cannot write to $base, $elsewhere"
    trap 'rm -rf "$temporary"' EXIT
    trap 'exit 2' HUP INT TERM
    tail -n +@LINES@ "$0" | tar -xzf - -C "$temporary" --strip-components=1 ||
        fail "it cannot unpack itself into $base, which needs 130 MB: make room there, $elsewhere"
    # Or the name could outlive a loss of power, and what is in the files not. Only these: all that a
    # busy machine has to write may take minutes.
    find "$temporary" ! -type l -exec sync {} + 2>/dev/null || sync
    # Whole or not at all. Where another one was faster, its folder is as good.
    mv -T "$temporary" "$home" 2>/dev/null || whole || mend && whole ||
        fail "$home is damaged, and it cannot mend it: remove it, $elsewhere"
    rm -rf "$temporary"
    trap - EXIT HUP INT TERM
fi
[ -x "$home/runtime/bin/java" ] || fail "programs may not be run from $base (noexec?): $elsewhere"
exec "$home/bin/tunnel-agent" "$@"
