#!/usr/bin/env bash
# run.sh [-k PART] [FILE.case...] -- runs command-line cases that are written down as data
#
# A file holds many cases. A case begins with its claim and says what is done and what must come of it:
#
#   case a_claim_about_the_program
#     chain leaf int            the PEM of these rows of the PKI, as chain.pem
#     trust root                likewise as ca.pem
#     setup SHELL               more preparation, in the case's own empty folder
#     args -q localhost         caembed --at $at --chain chain.pem [--ca-file ca.pem] -q localhost
#     run SHELL                 or, instead of args, a whole command
#     status 4                  its exit status; 0 if not given
#     stdout = TEXT             stdout is exactly this line (several lines: one after the other)
#     stdout ~ REGEX            a line of stdout matches (grep -E)
#     stdout !~ REGEX           none does
#     stdout holds root int     it is a header that holds exactly the certificates of these rows
#     stdout any
#     stderr ...                likewise
#     file NAME ...             likewise for a file that the command makes or changes
#     gone NAME                 a file that is no longer there
#     check SHELL               must succeed afterwards; stdout and stderr lie in $out and $err
#     plain                     left out where CAEMBED_WRAPPER is set
#     needs SHELL               skipped, and counted, where this fails: what the machine may not allow
#     bug TEXT                  why this case is known to fail; it fails all the same
#
# What is not said must not happen: stdout and stderr are empty, no other file is made, touched or
# removed. {sha256 ROW} in a text or regex stands for a certificate's fingerprint. In shell lines
# there are $pki, $at and the functions caembed, as_nobody, on_small_disk, chain ROW..., header ROW...,
# sha256 ROW.
#
# CAEMBED_WRAPPER runs the program under another (valgrind); JOBS cases run at a time; with STRIDE=3
# only every third case is run.
. "$(dirname "$0")/../lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
at=2026-01-01T00:00:00Z
read -r -a wrapper <<<"${CAEMBED_WRAPPER:-}"
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
stride=${STRIDE:-1}
declare -A fingerprint

# ---- what shell lines can call ----

caembed() { timeout 60 ${wrapper[@]+"${wrapper[@]}"} "$work/caembed" "$@"; }

as_nobody() {
    if [ "$(id -u)" -ne 0 ]; then caembed "$@"; else
        timeout 60 setpriv --reuid 65534 --regid 65534 --clear-groups -- \
            ${wrapper[@]+"${wrapper[@]}"} "$work/caembed" "$@"
    fi
}

# FOLDER SIZE SHELL -- runs SHELL in FOLDER, which is a file system of that size for the time.
on_small_disk() {
    export at root work
    export -f caembed
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(--map-root-user) # which no process in a chroot may
    unshare --mount ${as_root[@]+"${as_root[@]}"} bash -c "mount -t tmpfs -o size=$2 none $1 && cd $1 && $3"
}

chain() {
    local name
    for name in "$@"; do cat "$pki/$name.pem"; done
}

# A header as people write them.
header() {
    echo 'const char SSL_CA_PEM[] ='
    chain "$@" | sed 's/.*/    "&\\n"/'
    echo '    ;'
}

sha256() { openssl x509 -in "$pki/$1.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f; }

# ---- one case ----

fill_in() { # puts fingerprints into $text
    local row
    while [[ $text =~ \{sha256\ ([a-z0-9-]+)\} ]]; do
        row=${BASH_REMATCH[1]}
        [ -n "${fingerprint[$row]:-}" ] || fingerprint[$row]=$(sha256 "$row")
        text=${text//"{sha256 $row}"/${fingerprint[$row]}}
    done
}

complain() { problems+=("$*"); }

show() { # FILE WHAT -- quotes the beginning of a file among the problems
    local line
    while IFS= read -r line; do complain "    $2| $line"; done < <(head -n 20 "$1" | cat -v)
}

# Judges FILE, called NAME, by the case's lines "NAME OPERATOR TEXT".
judge() {
    local file=$1 name=$2 i operator text exact='' is_exact=0 before=${#problems[@]} said=0
    for ((i = 0; i < ${#want_name[@]}; i++)); do
        [ "${want_name[i]}" = "$name" ] || continue
        said=1
        operator=${want[i]%% *}
        text=${want[i]#"$operator"}
        text=${text# }
        fill_in
        case $operator in
        =) is_exact=1 exact+=$text$'\n' ;;
        '~') grep -aqE -e "$text" "$file" || complain "$name: no line matches: $text" ;;
        '!~') ! grep -aqE -e "$text" "$file" || complain "$name: a line matches: $text" ;;
        holds)
            # shellcheck disable=SC2086
            sed -nE 's/^    "(.*)\\n";?$/\1/p' "$file" | cmp -s - <(chain $text) ||
                complain "$name: does not hold exactly: $text"
            ;;
        any) ;;
        *) complain "no operator '$operator'" ;;
        esac
    done
    if [ "$is_exact" = 1 ] && ! printf %s "$exact" | cmp -s - "$file"; then
        complain "$name: is not exactly what the case says"
    fi
    if [ "$said" = 0 ] && [ -s "$file" ]; then complain "$name: is not empty"; fi
    [ ${#problems[@]} -eq "$before" ] || show "$file" "$name"
}

list_files() { find . -mindepth 1 \( -type d -printf '%P\tfolder %m\n' -o -printf '%P\t%y %m %s %i %T@ %C@ %l\n' \) | sort; }

judge_files() {
    local before=$1 after=$2 name rest mark
    local -A seen=()
    # Lines that only one of the two lists has: < before, > after.
    while read -r mark rest; do
        name=${rest%%$'\t'*}
        if [ "$mark" = '>' ]; then
            seen[$name]=1
            [[ " ${file_names[*]-} " == *" $name "* ]] || complain "made or touched: $name"
        elif ! cut -f 1 "$after" | grep -qxF -e "$name"; then
            [[ " ${gone_names[*]-} " == *" $name "* ]] || complain "removed: $name"
        fi
    done < <(diff "$before" "$after" | grep '^[<>]')
    for name in ${file_names[@]+"${file_names[@]}"}; do
        if [ -z "${seen[$name]:-}" ]; then complain "not made or changed: $name"; fi
        [ -f "$name" ] && judge "$name" "$name"
    done
    for name in ${gone_names[@]+"${gone_names[@]}"}; do
        [ ! -e "$name" ] || complain "still there: $name"
    done
}

run_case() {
    local box=$work/case-$BASHPID out=$work/out-$BASHPID err=$work/err-$BASHPID log=$work/log-$BASHPID got i
    problems=()
    mkdir "$box" && cd "$box" && chmod 755 . || return 1
    # shellcheck disable=SC2086
    [ -z "$chain_rows" ] || chain $chain_rows >chain.pem
    # shellcheck disable=SC2086
    [ -z "$trust_rows" ] || chain $trust_rows >ca.pem
    for ((i = 0; i < ${#setup[@]}; i++)); do
        (eval "${setup[i]}") >"$out" 2>&1 ||
            { complain "setup failed: ${setup[i]}" && show "$out" setup; }
    done
    list_files >"$work/before-$BASHPID"
    (eval "$command") >"$out" 2>"$err" </dev/null
    got=$?
    list_files >"$work/after-$BASHPID"
    [ "$got" -eq "$status" ] || complain "exit status $got, not $status"
    judge "$out" stdout
    judge "$err" stderr
    judge_files "$work/before-$BASHPID" "$work/after-$BASHPID"
    for ((i = 0; i < ${#checks[@]}; i++)); do
        (eval "${checks[i]}") >"$log" 2>&1 ||
            { complain "check failed: ${checks[i]}" && show "$log" check; }
    done
    cd "$work" && chmod -R u+rwX "$box" && rm -rf "$box"
    if [ ${#problems[@]} -eq 0 ]; then passed=$((passed + 1)); return 0; fi
    failed=$((failed + 1))
    echo "FAILED ${file##*/}: $claim: $command"
    [ -z "$bug" ] || echo "    known bug: $bug"
    printf '    %s\n' "${problems[@]}"
}

# ---- the data ----

begin_case() {
    claim=$1 chain_rows='' trust_rows='' command='' status=0 bug='' plain=0 needs=''
    setup=() checks=() want_name=() want=() file_names=() gone_names=()
}

end_case() {
    [ -n "$claim" ] || return 0
    number=$((number + 1))
    [ -n "$command" ] || { echo "run.sh: $file: $claim: neither run nor args" >&2 && exit 2; }
    [ $((number % stride)) -eq 0 ] && [ $((number / stride % jobs)) -eq "$shard" ] || return 0
    if [ "$plain" = 1 ] && [ ${#wrapper[@]} -gt 0 ]; then return 0; fi
    [[ $claim == *"$part"* ]] || return 0
    if [ -n "$needs" ] && ! (cd "$(mktemp -d -p "$work")" && eval "$needs") >/dev/null 2>&1; then
        skip "$claim" "this machine does not allow: $needs"
    else
        run_case
    fi
}

add_wanted() {
    want_name+=("$1")
    want+=("$2")
}

read_line() {
    local keyword=$1 rest=$2 name
    case $keyword in
    '' | \#*) ;;
    case) end_case && begin_case "$rest" ;;
    chain) chain_rows=$rest ;;
    trust) trust_rows=$rest ;;
    setup) setup+=("$rest") ;;
    args) command="caembed --at $at --chain chain.pem ${trust_rows:+--ca-file ca.pem }$rest" ;;
    run) command=$rest ;;
    status) status=$rest ;;
    stdout | stderr) add_wanted "$keyword" "$rest" ;;
    file)
        name=${rest%% *}
        [[ " ${file_names[*]-} " == *" $name "* ]] || file_names+=("$name")
        add_wanted "$name" "${rest#"$name "}"
        ;;
    gone) gone_names+=("$rest") ;;
    check) checks+=("$rest") ;;
    plain) plain=1 ;;
    needs) needs=$rest ;;
    bug) bug=$rest ;;
    *) echo "run.sh: $file: no keyword '$keyword'" >&2 && exit 2 ;;
    esac
}

run_shard() {
    local line keyword rest
    number=0 passed=0 failed=0 skipped=0
    trap - EXIT
    for file in "$@"; do
        begin_case ''
        while IFS= read -r line; do
            line=${line#"${line%%[![:blank:]]*}"}
            keyword=${line%%[[:blank:]]*}
            rest=${line#"$keyword"}
            read_line "$keyword" "${rest#"${rest%%[![:blank:]]*}"}"
        done <"$file"
        end_case
    done
    echo "$passed $failed $skipped" >"$work/count-$shard"
}

part=
if [ "${1:-}" = -k ]; then part=$2 && shift 2; fi
files=()
for file in "$@"; do files+=("$(realpath "$file")"); done
[ ${#files[@]} -gt 0 ] || files=("$here"/*.case)
chmod 1777 "$work"
cp "$bin/caembed" "$work/caembed"
umask 022

workers=()
for ((shard = 0; shard < jobs; shard++)); do
    run_shard "${files[@]}" >"$work/log-shard-$shard" 2>&1 &
    workers+=($!)
done
for ((shard = 0; shard < jobs; shard++)); do
    wait "${workers[shard]}" || failed=$((failed + 1))
    cat "$work/log-shard-$shard"
    read -r more_passed more_failed more_skipped <"$work/count-$shard" || more_passed=0 more_failed=1 more_skipped=0
    passed=$((passed + more_passed)) failed=$((failed + more_failed)) skipped=$((skipped + more_skipped))
done
finish
