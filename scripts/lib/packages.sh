# shellcheck shell=bash
# What making our Debian packages has in common. To be sourced in the repository's top folder, by a script that leaves
# its packages in the folder $packages and works in the folder $work.
# shellcheck source=scripts/lib/base.sh
source scripts/lib/base.sh

packages=$PWD/dist/packages

# Dates come from the commit, so that it gives the same packages whenever they are made.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || die "this is no git checkout"
export SOURCE_DATE_EPOCH

# version_of VERSION PATH…: a release has the version of its tag; between two, the commit tells them apart, and whether
# something in one of the paths is not committed
version_of() {
    local version=$1 commit
    shift
    if ! git describe --exact-match --match "v$version" HEAD >/dev/null 2>&1; then
        commit=$(git rev-parse --short=10 HEAD) || die "this is no git checkout, from which the version comes"
        git diff --quiet HEAD -- "$@" || commit+=.modified
        version+="~git$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S).$commit"
    fi
    echo "$version"
}

# The version that the project's jars have, without -SNAPSHOT.
project_version() {
    sed -n '/^  <version>/{s|^  <version>\(.*\)</version>$|\1|;s/-SNAPSHOT$//;p;q;}' pom.xml
}

# build_packages SOURCE VERSION FOLDER: runs Debian's tools in a folder with debian/ in it; each package takes the place
# of its earlier versions
build_packages() {
    local deb
    {
        echo "$1 ($2) unstable; urgency=medium"
        echo
        echo "  * Built from the sources of $(date -u -d "@$SOURCE_DATE_EPOCH" +%F)."
        echo
        echo " -- Rebootless authors <authors@rebootless.invalid>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")"
    } >"$3/debian/changelog"
    # Packages keep the dates of files that are older than the changelog.
    find "$3" -exec touch --no-dereference -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$3" && DEB_BUILD_OPTIONS=noautodbgsym quietly "building $1" \
        dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo)
    mkdir -p "$packages"
    for deb in "${3%/*}"/*.deb; do
        rm -f "$packages/$(dpkg-deb --field "$deb" Package)"_*.deb
        mv "$deb" "$packages/"
        echo "$packages/${deb##*/}"
    done
}
