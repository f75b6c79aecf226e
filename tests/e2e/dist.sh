#!/usr/bin/env bash
# dist.sh -- the tarball of `make dist`: the commit's files, the same bytes everywhere, and it builds without git
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

version=$(cat "$root/VERSION")
package=caembed-$version
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_DATE='2026-01-02T03:04:05Z' GIT_COMMITTER_DATE='2026-01-02T03:04:05Z'

make_repository() { # of the tree that is tested, which may have no git
    mkdir "$work/tree" && tar -C "$root" --exclude=./.git --exclude=./build --exclude="./${build#"$root/"}" -cf - . | tar -C "$work/tree" -xf - &&
        cd "$work/tree" && git init -q && git config user.name test && git config user.email test@localhost &&
        git add -A && git commit -q -m all
}

is_reproducible() { # in another folder, with another umask, time zone and language, and files of another time
    git clone -q "$work/tree" "$work/another tree" && find "$work/another tree" -name .git -prune -o -exec touch {} + &&
        (umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$work/another tree/scripts/dist" "$work/two") &&
        cmp "$work/one/$package.tar.gz" "$work/two/$package.tar.gz"
}

checksum_holds() { (cd "$work/one" && sha256sum -c "$package.tar.gz.sha256"); }

has_the_files_of_the_commit() {
    tar -tzf "$work/one/$package.tar.gz" | grep -v '/$' | sort >"$work/packed"
    git -C "$work/tree" ls-tree -r --name-only HEAD | sed "s|^|$package/|" | sort | cmp - "$work/packed" &&
        grep -qx "$package/VERSION" "$work/packed"
}

has_no_owner_and_one_time() {
    tar -tvzf "$work/one/$package.tar.gz" --numeric-owner --utc --full-time | awk '$2 != "0/0" || $4 " " $5 != "2026-01-02 03:04:05" { print; bad = 1 }
        substr($1, 2) !~ /^(rwxr-xr-x|rw-r--r--)$/ { print; bad = 1 } END { exit bad }'
}

refuses_uncommitted_changes() {
    echo >>"$work/another tree/README.md"
    ! "$work/another tree/scripts/dist" "$work/three" 2>"$work/err" && grep 'error: there are changes that are not committed' "$work/err" &&
        [ -z "$(ls "$work/three")" ]
}

refuses_a_folder_without_git() {
    ! "$work/$package/scripts/dist" "$work/three" 2>"$work/err" && grep 'is no git checkout' "$work/err" && [ -z "$(ls "$work/three")" ]
}

builds_without_git() { # the tool and all else by the same rules; scripts/check-packages builds them from the tarball
    make -s -C "$work/$package" BUILD=build SANITIZE= build/mbed-config build/libtlssocket.a &&
        make -n -C "$work/$package" BUILD=build SANITIZE= all >/dev/null &&
        "$work/$package/build/mbed-config" -V | grep -F "$version"
}

versions_agree() { # of all files that have one
    [ "$(sed -nE '1s/^caembed \((.*)-[0-9]+\) .*/\1/p' "$root/debian/changelog")" = "$version" ]
}

claim repository_is_made make_repository
claim dist_succeeds "$work/tree/scripts/dist" "$work/one"
claim tarball_is_reproducible is_reproducible
claim tarball_has_its_checksum checksum_holds
claim tarball_has_the_files_of_the_commit has_the_files_of_the_commit
claim tarball_has_no_owner_and_one_time has_no_owner_and_one_time
tar -C "$work" -xzf "$work/one/$package.tar.gz"
claim dist_refuses_uncommitted_changes refuses_uncommitted_changes
claim dist_refuses_a_folder_without_git refuses_a_folder_without_git
claim tarball_builds_without_git builds_without_git
claim versions_agree versions_agree
finish
