#!/usr/bin/env bash
# install.sh -- what make install leaves, and how its programs are built
. "$(dirname "$0")/../lib.sh"

is_hardened() { # PROGRAM
    readelf -hW "$1" | grep 'Type:.*DYN' >/dev/null &&
        readelf -lW "$1" | grep GNU_RELRO >/dev/null &&
        readelf -dW "$1" | grep BIND_NOW >/dev/null &&
        nm -D "$1" | grep __stack_chk_fail >/dev/null
}

fortified() { nm -D "$1" | grep '_chk@' >/dev/null; }

stack_is_not_executable() { readelf -lW "$1" | grep GNU_STACK | grep -v RWE >/dev/null; }

modes() { # what others may do with what was installed under a umask that gives them nothing
    (cd "$work/inst" && find . -type f ! -perm -044 -o -type d ! -perm -055) >"$work/private"
    [ ! -s "$work/private" ] || { cat "$work/private" && return 1; }
}

install_privately() {
    (umask 077 && make -s -C "$root" BUILD="$bin" ${SANITIZED:+SANITIZE=address} install DESTDIR="$work/inst" PREFIX=/usr)
}

pkg_config_has_the_version() {
    grep -qx "Version: $(cat "$root/VERSION")" "$work/inst/usr/lib/pkgconfig/tlssocket.pc" &&
        grep -qx 'prefix=/usr' "$work/inst/usr/lib/pkgconfig/tlssocket.pc"
}

completions_are_installed() {
    bash -n "$work/inst/usr/share/bash-completion/completions/caembed" &&
        grep -q '^#compdef caembed$' "$work/inst/usr/share/zsh/site-functions/_caembed" &&
        grep -q '^complete -c caembed ' "$work/inst/usr/share/fish/vendor_completions.d/caembed.fish"
}

if nm -D "$bin/caembed" | grep __asan >/dev/null; then SANITIZED=1; else SANITIZED=; fi
mkdir -m 755 "$work/inst"
claim install_succeeds install_privately
claim installed_files_are_for_everybody modes
claim completions_are_installed completions_are_installed
claim pkg_config_has_the_version pkg_config_has_the_version
for program in caembed mbed-config; do
    if [ -n "$SANITIZED" ]; then continue; fi
    claim "${program}_is_position_independent_and_bound_at_start" is_hardened "$work/inst/usr/bin/$program"
    claim "${program}_checks_string_functions" fortified "$work/inst/usr/bin/$program"
    claim "${program}_has_no_executable_stack" stack_is_not_executable "$work/inst/usr/bin/$program"
done
finish
