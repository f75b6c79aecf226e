#!/usr/bin/env bash
# header.sh -- compilers take every header without a warning, and a program prints the roots from it
. "$(dirname "$0")/../lib.sh"

at=2026-01-01T00:00:00Z
source=$root/tests/support/print_header.c
warnings=(-Wall -Wextra -Wpedantic -Werror -Wcomment -Wtrigraphs -Wunused -Wundef -Woverlength-strings)

# make_header FILE ROWS OPTION... -- a header with the roots of these rows
make_header() {
    local file=$1 rows=$2 row
    shift 2
    for row in $rows; do cat "$pki/$row.pem"; done >"$work/ca.pem"
    "$bin/caembed" -q --at "$at" -o "$file" --ca-file "$work/ca.pem" "$@" localhost
}

# prints_exactly COMPILER STANDARD HEADER NAME ROWS WARNING... -- compiles, runs, compares
prints_exactly() {
    local compiler=$1 standard=$2 header=$3 name=$4 rows=$5 row
    shift 5
    for row in $rows; do cat "$pki/$row.pem"; done >"$work/wanted"
    "$compiler" -std="$standard" "$@" -DHEADER="\"$header\"" -DNAME="$name" -c -o "$work/first.o" "$source" &&
        "$compiler" -std="$standard" "$@" -DHEADER="\"$header\"" -DNAME="$name" -DSECOND_FILE \
            -c -o "$work/second.o" "$source" &&
        "$compiler" -o "$work/program" "$work/first.o" "$work/second.o" &&
        "$work/program" >"$work/printed" && cmp "$work/wanted" "$work/printed"
}

# every compiler and standard; C++ compilers are told that a .c file holds C++
check_header() {
    local what=$1 header=$2 name=$3 rows=$4 compiler standard
    for compiler in gcc clang; do
        for standard in c99 c11; do
            claim "$what compiles with $compiler as $standard" \
                prints_exactly "$compiler" "$standard" "$header" "$name" "$rows" "${warnings[@]}"
        done
    done
    for compiler in g++ clang++; do
        claim "$what compiles with $compiler as c++11" \
            prints_exactly "$compiler" c++11 "$header" "$name" "$rows" -x c++ "${warnings[@]}"
    done
}

cat "$pki/leaf.pem" "$pki/int.pem" >"$work/chain.pem"
claim "a plain header is made" make_header "$work/plain.h" root --chain "$work/chain.pem"
check_header "a plain header" "$work/plain.h" SSL_CA_PEM root

claim "a header of another name is made" make_header "$work/name.h" root --chain "$work/chain.pem" -n my_ca
check_header "a header of another name" "$work/name.h" my_ca root

for row in comment newline backslash trigraph terminal nul rtl quote broken-utf8 empty; do
    claim "a header of the hostile root $row is made" \
        make_header "$work/$row.h" "$row" --chain "$pki/$row-leaf.pem"
    check_header "the hostile root $row" "$work/$row.h" SSL_CA_PEM "$row"
done

# Root and two intermediates that the device cannot do without: more than one certificate.
cat "$pki/deep-9-leaf.pem" "$pki"/deep-{9,8,7,6,5,4,3,2,1}.pem >"$work/long.pem"
claim "a header of several certificates is made" make_header "$work/several.h" deep-0 --chain "$work/long.pem"
check_header "a header of several certificates" "$work/several.h" SSL_CA_PEM "deep-0 deep-1"

# Far more than 4095 characters.
claim "a header of a large certificate is made" make_header "$work/large.h" names-self --chain "$pki/names-self.pem" -t generic
check_header "a header of a large certificate" "$work/large.h" SSL_CA_PEM names-self

check_together() { # two headers of different names in one file
    printf '#include "%s"\n#include "%s"\nint main(void) { return SSL_CA_PEM[0] != my_ca[0]; }\n' \
        "$work/plain.h" "$work/name.h" >"$work/together.c"
    gcc -std=c99 "${warnings[@]}" -o "$work/together" "$work/together.c" && "$work/together"
}
claim "two headers of different names go into one file" check_together

check_unused() { # a file that includes the header and uses nothing of it
    printf '#include "%s"\nint main(void) { return 0; }\n' "$work/plain.h" >"$work/unused.c"
    gcc -std=c99 "${warnings[@]}" -o "$work/unused" "$work/unused.c" &&
        clang -std=c99 "${warnings[@]}" -o "$work/unused" "$work/unused.c"
}
claim "a file may include the header without using it" check_unused

finish
