#!/usr/bin/env bash
# header.sh -- compilers take every header without a warning, and a program prints the roots from it
. "$(dirname "$0")/../lib.sh"

at=2026-01-01T00:00:00Z
source=$root/tests/support/print_header.c
warnings=(-Wall -Wextra -Wpedantic -Werror -Wcomment -Wtrigraphs -Wunused -Wundef -Woverlength-strings)
headers=() # their identifiers

# make_header NAME ROWS OPTION... -- NAME.h, in which NAME is the identifier, with the roots of these rows
make_header() {
    local name=$1 rows=$2
    shift 2
    # shellcheck disable=SC2086
    chain $rows | tee "$work/$name.wanted" >"$work/ca.pem"
    "$bin/caembed" -q --at "$at" -n "$name" -o "$work/$name.h" --ca-file "$work/ca.pem" "$@" localhost
}

header() { # WHAT NAME ROWS OPTION...
    local what=$1
    shift
    headers+=("$1")
    claim "a header is made of $what" make_header "$@"
}

chain leaf int >"$work/chain.pem"
header "a plain chain" SSL_CA_PEM root --chain "$work/chain.pem"
header "a plain chain, of another name" my_ca root --chain "$work/chain.pem"
for row in comment newline backslash trigraph terminal nul rtl quote broken-utf8 pem empty; do
    header "the hostile root $row" "hostile_${row//-/_}" "$row" --chain "$pki/$row-leaf.pem"
done
# Root and two intermediates that the device cannot do without: more than one certificate.
chain deep-9-leaf deep-{9,8,7,6,5,4,3,2,1} >"$work/long.pem"
header "several certificates" several deep-0 --chain "$work/long.pem"
chain deep-0 deep-1 >"$work/several.wanted"
# Far more than 4095 characters.
header "a large certificate" large names-self --chain "$pki/names-self.pem" -t generic

# One file that includes them all, since the compilers take most of their time to start.
{
    for name in "${headers[@]}"; do echo "#include \"$work/$name.h\""; done
    echo "#define EACH(X) $(printf 'X(%s) ' "${headers[@]}")"
} >"$work/all.h"

compiles() { # COMPILER STANDARD OPTION...
    local compiler=$1 standard=$2
    shift 2
    rm -f "$work"/*.printed
    "$compiler" -std="$standard" "$@" -DHEADERS="\"$work/all.h\"" -c -o "$work/first.o" "$source" &&
        "$compiler" -std="$standard" "$@" -DHEADERS="\"$work/all.h\"" -DSECOND_FILE -c -o "$work/second.o" "$source" &&
        "$compiler" -o "$work/program" "$work/first.o" "$work/second.o" && (cd "$work" && ./program)
}

# every compiler and standard; C++ compilers are told that a .c file holds C++
for build in "gcc c99" "gcc c11" "clang c99" "clang c11" "g++ c++11 -x c++" "clang++ c++11 -x c++"; do
    read -r compiler standard options <<<"$build"
    # shellcheck disable=SC2086
    claim "they compile with $compiler as $standard" compiles "$compiler" "$standard" $options "${warnings[@]}"
    for name in "${headers[@]}"; do
        claim "$name prints the same, built by $compiler as $standard" cmp "$work/$name.wanted" "$work/$name.printed"
    done
done

check_unused() { # a file that includes the headers and uses nothing of them
    printf '#include "%s"\nint main(void) { return 0; }\n' "$work/all.h" >"$work/unused.c"
    gcc -std=c99 "${warnings[@]}" -o "$work/unused" "$work/unused.c" &&
        clang -std=c99 "${warnings[@]}" -o "$work/unused" "$work/unused.c"
}
claim "a file may include the headers without using them" check_unused

# The bundled store's tables, whatever their words.
store_of_odd_words() {
    local data=$root/data/mozilla
    sed 's|AWS IoT, Server|AWS ??/\\"é??/Server|' "$data/profiles.tsv" >"$work/profiles.tsv"
    "$bin/mkstore" c "$data/owners.tsv" "$data/lifecycle.tsv" "$work/profiles.tsv" "$data/roots.pem" >"$work/store_data.c" &&
        grep -q 'AWS [\\]' "$work/store_data.c" &&
        gcc -std=c99 "${warnings[@]}" -I "$root/src/caembed" -fsyntax-only "$work/store_data.c"
}
claim odd_words_in_the_tables_of_the_store_compile store_of_odd_words

finish
