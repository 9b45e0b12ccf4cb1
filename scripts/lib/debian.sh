# shellcheck shell=bash
# What checking our packages on real Debian has in common: folders with one in it, and guests that boot from them. To be
# sourced in the repository's top folder, by a script that works in the folder $work. The folders are kept as they were
# before any package of ours came, in REBOOTLESS_CACHE (default: .cache in the repository).
# shellcheck source=scripts/lib/base.sh
source scripts/lib/base.sh

export REBOOTLESS_CACHE=${REBOOTLESS_CACHE:-$PWD/.cache}
cache=$REBOOTLESS_CACHE/rootfs
started=$SECONDS

say() {
    printf '%4d s  %s\n' $((SECONDS - started)) "$*"
}

expect() { # what, expected, found
    [[ $2 == "$3" ]] || die "$1: expected '$2', found '$3'"
}

# --- folders -------------------------------------------------------------------------------------------------------

# This machine's mirror, asked of apt.
mirror() { # debian | debian-security
    local uri
    # shellcheck disable=SC2016 # the format is for apt-get to expand
    uri=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -m 1 -E "/$1/?\$") || true
    [[ -n $uri ]] || die "apt knows no $1 mirror here; add one to /etc/apt/sources.list and run apt-get update"
    echo "$uri"
}

# inside FOLDER COMMAND…: with processes of its own, which end with it, and this kernel's /sys to look at
inside() {
    local folder=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive HOME=/root \
        setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
        sh -c 'mount -t proc proc "$1/proc" && mount -t sysfs -o ro sysfs "$1/sys" && exec chroot "$@"' sh "$folder" "$@"
}

apt_inside() { # folder, apt-get's arguments
    inside "$1" apt-get -qq -o Acquire::Retries=5 -o Acquire::http::Timeout=30 "${@:2}" </dev/null
}

# The following are run by `quietly`, where `set -e` means nothing: hence each && in them.

# debian FOLDER SUITE PACKAGE,PACKAGE…: a small one with these packages. debootstrap mounts in the folder: in a namespace,
# nothing of that is left when it is killed.
debian() {
    local main security
    main=$(mirror debian) && security=$(mirror debian-security) &&
        unshare --mount debootstrap --variant=minbase "--include=ca-certificates,systemd,systemd-sysv,$3" "$2" "$1" "$main" &&
        printf 'deb %s main\n' "$main $2" "$security $2-security" >"$1/etc/apt/sources.list" &&
        apt_inside "$1" update && apt_inside "$1" clean
}

# add_kernel FOLDER RELEASE: installs it, with an initramfs of the guest's few devices instead of all there are: made and
# booted in a fraction of the time
add_kernel() {
    mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d" &&
        echo MODULES=list >"$1/etc/initramfs-tools/conf.d/guest" &&
        printf '%s\n' virtio_pci virtio_blk virtio_net ext4 crc32c_generic >"$1/usr/share/initramfs-tools/modules.d/guest" || return
    # Debian signs a kernel some days after it is there.
    apt_inside "$1" install -y --no-install-recommends "linux-image-$2" ||
        apt_inside "$1" install -y --no-install-recommends "linux-image-$2-unsigned" || return
    apt_inside "$1" clean
}

# pristine NAME MAKE: makes a folder in the cache, whole or not at all; one that is there is used as it is
pristine() {
    local new lock_fd
    [[ ! -d $cache/$1 ]] || return 0
    mkdir -p "$cache"
    exec {lock_fd}>"$cache/.lock"
    flock --timeout 900 "$lock_fd" || die "another run has held $cache/.lock for 15 minutes"
    if [[ ! -d $cache/$1 ]]; then
        say "making $cache/$1"
        rm -rf --one-file-system "$cache"/.new.* # of a run that was killed: we hold the lock
        new=$(mktemp -d "$cache/.new.XXXXXX")
        chmod 755 "$new"
        quietly "making the Debian folder $1" "$2" "$new"
        mv -T "$new" "$cache/$1"
    fi
    exec {lock_fd}>&-
}

# copy_of NAME FOLDER: a copy of a pristine folder, to be changed
copy_of() {
    mkdir "$2"
    cp -a --reflink=auto "$cache/$1/." "$2"
}

# files_of FOLDER [PATH…]: everything but what apt, dpkg and other programs note for themselves, and but the paths
files_of() {
    local folder=$1 path pruned=()
    shift
    for path in ./proc ./sys ./dev ./run ./var/log ./var/cache ./var/lib/apt "$@"; do
        pruned+=(-path "$path" -o)
    done
    (cd "$folder" && find . \( "${pruned[@]}" -path './var/lib/dpkg/*-old' -o -path './etc/*-' \) -prune -o -printf '%p %y\n' | sort)
}

# --- guests --------------------------------------------------------------------------------------------------------

# disk_of FOLDER IMAGE MEGABYTES: a disk that a guest boots from, with so much room on it
disk_of() {
    local megabytes
    # A machine with an identity is not asked for one at its first boot.
    echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
    megabytes=$(($(du -sm "$1" | cut -f1) * 5 / 4 + $3))
    quietly "making the guest's disk" mke2fs -q -t ext4 -E root_owner=0:0 -d "$1" "$2" "${megabytes}M"
}

# boot FOLDER RELEASE IMAGE SECONDS OPTION…: with that kernel of the folder, until the guest powers off or reboots; its
# console goes to $work/console
boot() {
    local status=0
    # One CPU, emulated: fast enough, and the same on every machine.
    timeout --kill-after=10 "$4" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -nographic -nodefaults -no-reboot \
        -serial stdio -drive "file=$3,if=virtio,format=raw" "${@:5}" \
        -kernel "$1/boot/vmlinuz-$2" -initrd "$1/boot/initrd.img-$2" \
        -append "console=ttyS0 no_timer_check root=/dev/vda rw panic=-1 quiet systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service" \
        </dev/null >>"$work/console" 2>&1 || status=$?
    ((status == 0)) || die "the guest ended with $status; its last words: $(tail -n 40 "$work/console")"
}

# said_as_expected: compares what the guest's check has said on the console with $work/expected, and shows it
said_as_expected() {
    tr -d '\r' <"$work/console" | sed -n 's/^.*check: //p' >"$work/said"
    diff "$work/expected" "$work/said" >"$work/diff" ||
        die "the guest (<: expected, >: found): $(cat "$work/diff" && tail -n 100 "$work/console")"
    sed 's/^/        /' "$work/said"
}
