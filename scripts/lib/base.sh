# shellcheck shell=bash
# What many scripts need. To be sourced in the repository's top folder.

# die WORD…: ends the script, in its own name
die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# quietly WHAT COMMAND…: its output, kept in $work/log, only if it fails
quietly() {
    local what=$1
    shift
    # shellcheck disable=SC2154 # the script's own folder
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 60 "$work/log" >&2
        die "$what failed"
    fi
}

# other_jdk TOOL LEAST: the newest JDK beside the default one that has the tool and is of that version or newer; prints
# nothing if there is none
other_jdk() {
    local default jdk
    default=$(readlink -f "$(command -v javac)")
    find /usr/lib/jvm -maxdepth 1 -mindepth 1 -type d 2>/dev/null | while read -r jdk; do
        if [[ -x $jdk/bin/$1 && $(readlink -f "$jdk/bin/javac") != "$default" ]]; then
            printf '%s %s\n' "$("$jdk/bin/javac" -version 2>&1 | sed 's/javac \([0-9]*\).*/\1/')" "$jdk"
        fi
    done | awk -v least="$2" '$1 >= least' | sort -n | tail -n 1 | cut -d' ' -f2
}
