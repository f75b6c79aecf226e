#!/usr/bin/env bash
# binary.sh -- what is said of the release build: libc alone, hardened, for old glibc, the same bytes from any folder
. "$(dirname "$0")/../lib.sh"

program=$(readlink -f "$bin/caembed")
sources=$(dirname "$program")/deps/sources

needs_libc_alone() {
    readelf -dW "$program" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' >"$work/needed"
    cat "$work/needed"
    [ "$(cat "$work/needed")" = libc.so.6 ]
}

has_no_search_path() { ! readelf -dW "$program" | grep -E 'RPATH|RUNPATH'; }

is_hardened() {
    readelf -hW "$program" | grep 'Type:.*DYN' >/dev/null &&
        readelf -lW "$program" | grep GNU_RELRO >/dev/null &&
        readelf -dW "$program" | grep BIND_NOW >/dev/null &&
        readelf -lW "$program" | grep GNU_STACK | grep -v RWE >/dev/null &&
        nm -D "$program" | grep __stack_chk_fail >/dev/null &&
        nm -D "$program" | grep '_chk@' >/dev/null
}

# What it asks of glibc: no more than that of the release that it was built on, on Debian 12 no more than 2.36.
goes_with_glibc() { # VERSION
    local most
    most=$(readelf -VW "$program" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1)
    echo "needs glibc $most"
    [ "$(printf '%s\n' "$most" "$1" | sort -V | tail -n 1)" = "$1" ]
}

# Each as the library itself says it, and libcurl without what would need another library.
says_what_is_in_it() {
    local line words
    line=$("$program" -V | tail -n 1)
    echo "$line"
    read -r -a words <<<"$line"
    [ "${words[*]:0:2}" = "$(openssl version | cut -d ' ' -f 1,2)" ] &&
        [[ $line =~ ,\ libcurl/[0-9.]+\ OpenSSL/${words[1]}\ libidn2/[0-9.]+,\ Mbed\ TLS\ [0-9.]+,\ BearSSL$ ]]
}

says_the_version_of_debians_curl() {
    local dsc
    dsc=$(basename "$(find "$sources" -name 'curl_*.dsc' | sort -V | tail -n 1)")
    dsc=${dsc#curl_}
    "$program" -V | grep -F "libcurl/${dsc%%[-+~]*} "
}

folder_is_not_in_it() { ! grep -aF -e "$root/" -e /tmp/caembed-deps "$program"; }

# The same tree in another folder, with a blank in its name, at another time, by another umask, time zone and locale.
# The source packages are those of the first build; everything else is made anew.
build_elsewhere() {
    local tree="$work/another folder/tree"
    mkdir -p "$tree" && git -C "$root" ls-files -z | (cd "$root" && tar --null -T - -cf -) | tar -xf - -C "$tree" &&
        find "$tree" -type f -exec touch -d '2001-02-03 04:05:06' {} + &&
        (cd "$tree" && umask 027 && SOURCES=$sources TZ=Asia/Tokyo LC_ALL=C.UTF-8 CFLAGS=-O0 CPPFLAGS=-DNDEBUG \
            make -s -j"$(nproc)" BUILD=made release) &&
        cp "$tree/made/release/caembed" "$work/again"
}

same_bytes() { cmp "$program" "$work/again"; }

claim it_needs_libc_alone needs_libc_alone
claim it_has_no_search_path has_no_search_path
claim it_is_hardened is_hardened
if grep -q '^VERSION_ID="12"' /etc/os-release; then
    claim built_on_debian_12_it_goes_with_glibc_2_36 goes_with_glibc 2.36
else
    claim it_goes_with_the_glibc_it_was_built_on goes_with_glibc "$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)"
fi
claim it_says_what_is_in_it says_what_is_in_it
claim it_says_the_version_of_debians_curl says_the_version_of_debians_curl
claim it_names_no_folder_of_the_build folder_is_not_in_it
claim it_is_built_elsewhere build_elsewhere
claim two_builds_are_the_same_bytes same_bytes
finish
