#!/bin/sh
# Makes this machine a host of a Rebootless patch server: fetches the agent from it, installs it, enrols.
#
#   agent.sh --server URL [--ca FILE] [--publisher FILE]… [option…]
#
#   --server URL       https://HOST[:PORT], for the packages and for the agent
#   --ca FILE          the authority of the server's certificate (PEM); without it those that this machine trusts
#   --publisher FILE   the certificate of a publisher whose livepatches this host takes; as often as there are publishers
#   --threshold N      how many of them must have signed (1 without it)
#   --key-file FILE    holds the enrolment key; without it the key is asked for on the terminal
#   --sums FILE        the SHA-256 sums of the packages, as sha256sum writes them; without it the server's own word for them
#   --kernel RELEASE   for another kernel than the one that runs, in the image of a host
#   --tarball          the tarball, where Debian's packages could be had too
#   --force            enrol though preflight objects, or anew
#
# `rebootless enrollment create` prints a block to paste that has all of this and runs it.
#
# May be run again: after a failure it goes on, and where all is done it changes nothing. Whom this host trusts comes
# from --publisher and /etc/rebootless/trust.d alone, never from the server.
# Exit codes: 0 installed and enrolled; 64 wrong usage; 1 anything else, said in words.
set -eu

PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022

trust=/etc/rebootless/trust.d
state=/var/lib/rebootless
work=
echo_off=false

die() {
	echo "✗ $*" >&2
	exit 1
}

say() {
	echo "✓ $*"
}

clean() {
	if $echo_off; then
		stty echo </dev/tty 2>/dev/null || true
	fi
	[ -z "$work" ] || rm -rf "$work"
}

usage() {
	sed -n '2,/^set /{/^# \{0,1\}/s///p;}' "$0"
}

misused() {
	echo "✗ $*" >&2
	usage >&2
	exit 64
}

# --- what is asked for ----------------------------------------------------------------------------------------------

parse() {
	server='' ca='' key_file='' sums='' threshold='' publishers='' force=false way=''
	release=$(uname -r)
	while [ $# -gt 0 ]; do
		case $1 in
		--tarball) way=tarball ;;
		--force) force=true ;;
		-h | --help)
			usage
			exit
			;;
		--server | --ca | --publisher | --threshold | --key-file | --sums | --kernel)
			[ $# -ge 2 ] || misused "$1 needs a value"
			case $1 in
			--server) server=${2%/} ;;
			--ca) ca=$2 ;;
			--publisher) publishers="$publishers$2
" ;;
			--threshold) threshold=$2 ;;
			--key-file) key_file=$2 ;;
			--sums) sums=$2 ;;
			--kernel) release=$2 ;;
			esac
			shift
			;;
		*) misused "unknown argument $1" ;;
		esac
		shift
	done
	case $server in
	https://?*) ;;
	'') misused "--server is missing" ;;
	*) misused "--server: $server does not begin with https://, so nobody would vouch for what comes" ;;
	esac
	case $threshold in
	'' | [1-9] | 1[0-6]) ;;
	*) misused "--threshold: $threshold is no number from 1 to 16" ;;
	esac
}

lines() {
	printf %s "$1"
}

is_running() {
	[ -d /run/systemd/system ]
}

# Before anything is changed.
examine() {
	[ "$(id -u)" -eq 0 ] || die "only root can do this: sudo sh $0 …"
	[ "$(uname -m)" = x86_64 ] || die "this is for x86_64; this machine is $(uname -m)"
	for tool in curl sha256sum mktemp systemctl cmp; do
		command -v $tool >/dev/null || die "$tool is missing; install it and run this again"
	done
	for file in "$ca" "$key_file" "$sums"; do
		[ -z "$file" ] || [ -s "$file" ] || die "$file: empty, or not there"
	done
	lines "$publishers" >"$work/publishers"
	while read -r file; do
		grep -q -e '-----BEGIN CERTIFICATE-----' "$file" 2>/dev/null || die "$file: not a certificate in PEM"
		! grep -q 'PRIVATE KEY' "$file" || die "$file: holds a private key, which no host should have"
	done <"$work/publishers"
	if [ -z "$way" ]; then
		way=tarball
		if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
			way=deb
		fi
	fi
	# Not when it is to join anew, nor once its server has told it that it has left.
	enrolled=false
	if [ -e "$state/token.json" ] && ! $force; then
		verdict=0
		rebootless-agent status >/dev/null 2>&1 || verdict=$?
		[ $verdict -eq 4 ] || enrolled=true
	fi
	if $enrolled; then
		known=$(sed -n 's/^server *= *//p' /etc/rebootless/agent.properties 2>/dev/null | sed 's/\\//g')
		[ -z "$known" ] || [ "${known%/}" = "$server" ] ||
			die "this host is enrolled at $known; to have it join $server instead, run this with --force"
	elif [ -z "$key_file" ]; then
		(: </dev/tty) 2>/dev/null || die "no terminal to ask for the enrolment key: --key-file FILE"
	fi
	reach
}

# A name that nobody knows, a wrong authority, a closed port: said at once, not after all repetitions.
reach() {
	set -- --silent --show-error --proto '=https' --connect-timeout 20 --max-time 60 --max-filesize 65536 --output /dev/null
	if [ -n "$ca" ]; then
		set -- "$@" --cacert "$ca"
	fi
	curl "$@" "$server/healthz" ||
		die "$server cannot be reached: see above. Is it the server's address, and is its certificate by the given authority?"
}

# --- packages -------------------------------------------------------------------------------------------------------

# fetch NAME: into the work folder, over a connection that the authority vouches for, or not at all. A server that hands
# out as many files as it can says so, and when to come again: hosts that are installed together wait for each other.
fetch() {
	set -- "$1" --fail --silent --show-error --location --proto '=https' --proto-redir '=https' \
		--retry 100 --retry-max-time 900 --connect-timeout 20 --speed-limit 1000 --speed-time 30 --output "$work/$1"
	name=$1
	shift
	if [ -n "$ca" ]; then
		set -- "$@" --cacert "$ca"
	fi
	# In blocks of 512 bytes: a server that sends without end does not fill the disk.
	(ulimit -f 1048576 && curl "$@" "$server/install/$name") ||
		die "$server/install/$name could not be fetched. Is the server reached, and is its certificate by the given authority?"
}

# newest PATTERN: the name in the list that fits it, of the highest version
newest() {
	sed -n "s/^[0-9a-f]\{64\} [ *]\($1\)\$/\1/p" "$work/SHA256SUMS" | sort -V | tail -n 1
}

# sum_of NAME: as the list has it
sum_of() {
	while read -r sum file; do
		if [ "${file#\*}" = "$1" ]; then
			echo "$sum"
		fi
	done <"$work/SHA256SUMS"
}

# get NAME: a package, checked against its sum
get() {
	fetch "$1"
	if [ "$(sha256sum <"$work/$1" | cut -c 1-64)" != "$(sum_of "$1")" ]; then
		rm -f "${work:?}/$1"
		die "$1 is not what its SHA-256 sum says: the server's file is damaged, or not the one that was meant"
	fi
}

have_module() {
	modinfo -k "$release" rebootless >/dev/null 2>&1
}

choose() {
	if [ -n "$sums" ]; then
		cp "$sums" "$work/SHA256SUMS"
	else
		fetch SHA256SUMS
	fi
	dots=$(echo "$release" | sed 's/\./\\./g')
	if [ "$way" = deb ]; then
		agent=$(newest 'rebootless-agent_.*\.deb')
		common=$(newest 'rebootless-module-common_.*\.deb')
		module=$(newest "rebootless-module-${dots}_.*\.deb")
		[ -n "$module" ] || module=$(newest 'rebootless-dkms_.*\.deb')
		[ -n "$common" ] || die "the server has no rebootless-module-common; its admin puts one into its install directory"
		[ -n "$module" ] || have_module ||
			die "the server has no kernel module for Linux $release (rebootless-module-$release, or rebootless-dkms);" \
				"its admin puts one into its install directory"
	else
		agent=$(newest 'rebootless-agent-.*-linux-amd64\.tar\.xz')
	fi
	[ -n "$agent" ] || die "the server has no $way of the agent; its admin puts one into its install directory"
}

install_debs() {
	files=
	for name in "$agent" "$common" $module; do
		get "$name"
		files="$files $work/$name"
	done
	case $module in
	rebootless-dkms_*)
		# Where apt does not know them they are there already, or dkms says what it lacks.
		if apt-cache show "linux-headers-$release" >/dev/null 2>&1; then
			files="$files linux-headers-$release"
		fi
		;;
	esac
	# Names of packages have no spaces.
	# shellcheck disable=SC2086
	apt_install $files || {
		apt-get -qq update || true
		# shellcheck disable=SC2086
		apt_install $files
	} || die "apt could not install $agent, $common and $module; mend what it says above and run this again"
}

apt_install() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

install_tarball() {
	command -v xz >/dev/null || die "xz is missing; install it and run this again"
	get "$agent"
	mkdir "$work/agent"
	tar -C "$work/agent" --strip-components=1 --no-same-owner -xJf "$work/$agent"
	"$work/agent/install" || die "the installation did not come to its end; mend what it says above and run this again"
}

# --- whom this host trusts ------------------------------------------------------------------------------------------

# Whoever is trusted already stays so, and nobody joins them: trust is changed by trust bundles, or by hand. A mark is
# there from the first thing that this script writes to the last: ended in between, it goes on.
state_trust() {
	mkdir -p "$trust"
	[ -s "$work/publishers" ] || return 0
	begun=$trust/.being-written
	if [ ! -e "$begun" ]; then
		ls "$trust"/*.pem "$trust"/*.crt "$trust"/*.cer "$trust"/*.der "$trust"/*.rlb >"$work/trusted" 2>/dev/null || true
		if [ -s "$work/trusted" ]; then
			as_given || say "whom this host trusts stays as $trust has it"
			return 0
		fi
		: >"$begun"
	fi
	if [ -n "$threshold" ]; then
		echo "$threshold" >"$trust/.threshold.new"
		mv -f "$trust/.threshold.new" "$trust/threshold"
	fi
	while read -r publisher; do
		name=publisher-$(sha256sum <"$publisher" | cut -c 1-12).pem
		install -m 644 "$publisher" "$trust/.$name.new"
		mv -f "$trust/.$name.new" "$trust/$name"
	done <"$work/publishers"
	rm -f "$begun"
}

# Whether the trust directory says what was given, under whatever names, and nothing else.
as_given() {
	[ -z "$threshold" ] || [ "$(cat "$trust/threshold" 2>/dev/null || echo 1)" = "$threshold" ] || return 1
	[ "$(contents_of "$work/trusted")" = "$(contents_of "$work/publishers")" ]
}

# contents_of LIST: of the files that it names
contents_of() {
	while read -r file; do
		sha256sum <"$file"
	done <"$1" | sort -u
}

# --- joining --------------------------------------------------------------------------------------------------------

# Before anything is loaded into the kernel. The image of a host has no kernel to look at.
preflight() {
	if ! is_running; then
		have_module || echo "✗ Linux $release has no kernel module rebootless yet, without which nothing is applied" >&2
		return 0
	fi
	set -- --server "$server"
	if [ -n "$ca" ]; then
		set -- "$@" --ca "$ca"
	fi
	verdict=0
	rebootless-agent preflight "$@" || verdict=$?
	case $verdict in
	0 | 1) return ;;
	2) found="cannot be patched as it is" ;;
	*) found="could not be looked at (exit code $verdict)" ;;
	esac
	if $enrolled; then
		echo "✗ this host is enrolled and $found: see above" >&2
		return
	fi
	$force || die "the agent is installed and not enrolled, because this host $found: mend what it says above and run" \
		"this again, or enrol all the same with --force"
}

seal() {
	if [ -z "$(ls "$trust")" ]; then
		echo "✗ no publisher is trusted yet, so nothing can be applied: put the publishers' certificates into $trust," >&2
		echo "  then: systemctl restart rebootless-trust" >&2
	elif is_running; then
		systemctl start rebootless-trust || {
			journalctl --no-pager -o cat -n 5 -u rebootless-trust >&2 || true
			die "the kernel module is not sealed; mend what it says above and run this again"
		}
		say "the kernel module is loaded and sealed"
	fi
}

# The key is in no argument, no environment and no history: a builtin writes it into a pipe.
ask_for_key() {
	echo_off=true
	stty -echo </dev/tty 2>/dev/null || die "this terminal would show the key; all else is done: run this again with --key-file FILE"
	printf 'Enrolment key: ' >/dev/tty
	IFS= read -r key </dev/tty || key=
	stty echo </dev/tty || true
	echo_off=false
	echo >/dev/tty
	[ -n "$key" ] || die "no key was given; all else is done: run this again"
}

enroll() {
	if $enrolled; then
		say "this host is enrolled already"
		return
	fi
	set -- --server "$server"
	if [ -n "$ca" ]; then
		set -- "$@" --ca "$ca"
	fi
	if $force; then
		set -- "$@" --force
	fi
	if [ -n "$key_file" ]; then
		rebootless-agent enroll "$@" --key-file "$key_file" && return
	else
		ask_for_key
		printf '%s\n' "$key" | rebootless-agent enroll "$@" --key-stdin && return
	fi
	die "this host is installed and not enrolled: mend what it says above and run this again"
}

start() {
	if ! is_running; then
		say "installed and enrolled; the services start with the machine"
		return
	fi
	if $force; then
		systemctl restart rebootless-agent
	else
		systemctl start rebootless-agent
	fi || die "rebootless-agent does not start: journalctl -u rebootless-agent"
	# A first directive takes a moment; without one the status says so.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		if rebootless-agent status >/dev/null 2>&1; then
			break
		fi
		sleep 1
	done
	rebootless-agent status || true
}

main() {
	parse "$@"
	work=$(mktemp -d)
	trap clean EXIT
	trap 'exit 1' HUP INT TERM
	examine
	choose
	if [ "$way" = deb ]; then
		install_debs
	else
		install_tarball
	fi
	say "installed: $agent"
	state_trust
	preflight
	seal
	enroll
	start
}

main "$@"
