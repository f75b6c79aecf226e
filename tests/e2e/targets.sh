#!/usr/bin/env bash
# targets.sh [--write] -- every kind of chain for every target: what caembed says is what docs/targets.md says
#
# The table of that page is the data of this test; --write puts what this build of caembed says in its
# place. A chain that the Mbed TLS linked in cannot parse (docs/targets.md, "Builds") is no difference.
# The certificates are made by tests/macros/mkcases.c.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh

page=docs/targets.md
kinds=( # of mkcases, and in words
    "plain|P-256, SHA-256"
    "p192|root with P-192"
    "p192-int|intermediate with P-192"
    "p224|root with P-224"
    "p224-int|intermediate with P-224"
    "k256|root with secp256k1"
    "k256-int|intermediate with secp256k1"
    "p521|root with P-521"
    "p521-int|intermediate with P-521"
    "bp256|root with brainpoolP256r1"
    "bp512|root with brainpoolP512r1"
    "bp256-int|intermediate with brainpoolP256r1"
    "sha224|root signed with SHA-224"
    "sha224-int|intermediate signed with SHA-224"
    "sha1|root signed with SHA-1"
    "sha1-int|intermediate signed with SHA-1"
    "md5|root signed with MD5"
    "md5-int|intermediate signed with MD5"
    "pss|root signed with RSA-PSS"
    "pss-int|intermediate signed with RSA-PSS"
    "ed25519|root with Ed25519"
    "ed25519-int|intermediate with Ed25519"
    "rsa-512|root with RSA 512"
    "rsa-512-int|intermediate with RSA 512"
    "rsa-1024|root with RSA 1024"
    "rsa-1024-int|intermediate with RSA 1024"
    "rsa-2048-int|intermediate with RSA 2048"
    "rsa-4096|root with RSA 4096"
    "rsa-4096-int|intermediate with RSA 4096"
    "rsa-8192|root with RSA 8192"
    "rsa-8192-int|intermediate with RSA 8192"
)
mapfile -t targets < <("$bin/caembed" --list-targets | grep -v 'another name' | sed -nE 's/^([^ :]+):.*/\1/p')

# verdicts KIND: a line for each target, "TARGET|status|setting|way", or "TARGET|lack" where this build cannot say
verdicts() {
    local target report
    for target in "${targets[@]}"; do
        report=$(timeout 20 "$bin/caembed" -q --json --chain "$work/$1.pem" --ca-file "$bin/tests/cases/$1-root.pem" \
            --at "$at" -t "$target" localhost 2>/dev/null)
        echo "${report:-null}"
    done | jq -r '[$ARGS.positional, [., inputs]] | transpose[] | .[0] + "|" + (.[1] |
        if . == null then "no report" elif .status == "proof" and (.error.message | test("is built (on Mbed TLS|without BearSSL)")) then "lack" else
            .status + "|" + ([.requirements[].setting | select(. != null)] | join(" ")) + "|" +
            ([.requirements[].by] | unique | join(" ")) end)' --args "${targets[@]}"
}

# table: the rows of the page, targets of one verdict in one row
table() {
    local entry kind text
    echo "| chain | targets | status | setting | arrives by |"
    echo "|---|---|---|---|---|"
    for entry in "${kinds[@]}"; do
        IFS='|' read -r kind text <<<"$entry"
        awk -F'|' -v text="$text" '
            { key = $2 " | " ($3 != "" ? "`" $3 "`" : "") " | " $4 }
            !(key in names) { order[++count] = key }
            { names[key] = names[key] (key in names && names[key] != "" ? ", " : "") $1 }
            END { for (i = 1; i <= count; i++) printf "| %s | %s | %s |\n", i == 1 ? text : "", names[order[i]], order[i] }' "$work/$kind.verdicts" | tr -s ' '
    done
}

# expected TEXT: "target|status|setting|way" of each target, from the page
expected() {
    awk -F' *[|] *' -v text="$1" '
        /^\| / { if ($2 != "") inside = $2 == text }
        /^\| / && inside {
            gsub(/`/, "")
            count = split($3, name, ", ")
            for (i = 1; i <= count; i++) printf "%s|%s|%s|%s\n", name[i], $4, $5, $6
        }' "$page"
}

is_as_the_page_says() { # KIND TEXT
    local line got differences=0 count=0
    while IFS= read -r line; do
        got=$(grep "^${line%%|*}|" "$work/$1.verdicts")
        count=$((count + 1))
        [ "$got" = "${line%%|*}|lack" ] || [ "$got" = "$line" ] || { echo "got: $got, want: $line" && differences=1; }
    done < <(expected "$2")
    if [ "$count" -eq 0 ] || [ "$count" -ne "${#targets[@]}" ]; then
        echo "$count targets on the page, ${#targets[@]} in the program"
        return 1
    fi
    return "$differences"
}

for entry in "${kinds[@]}"; do
    kind=${entry%%|*}
    cat "$bin/tests/cases/$kind-leaf.pem" "$bin/tests/cases/$kind-int.pem" >"$work/$kind.pem" || exit 1
    verdicts "$kind" >"$work/$kind.verdicts"
done

if [ "${1:-}" = --write ]; then
    table >"$work/table"
    awk -v table="$work/table" '
        /^\| chain \| targets/ { while ((getline line <table) > 0) print line; skip = 1 }
        skip && !/^\|/ { skip = 0 }
        !skip' "$page" >"$work/page" && cp "$work/page" "$page"
    exit
fi
for entry in "${kinds[@]}"; do
    claim "${entry#*|}: every target" is_as_the_page_says "${entry%%|*}" "${entry#*|}"
done
finish
