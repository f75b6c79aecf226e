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
#     each WORD...              the case is run once for each of these words of the shell, which is $each
#                               in shell lines and {each} in a text or regex; several lines add up. A word
#                               'A -> B' sets $each to A, and $gives and {gives} to B
#     plain                     left out where CAEMBED_WRAPPER is set
#     needs SHELL               skipped, and counted, where this fails: what the machine may not allow
#     bug TEXT                  why this case is known to fail; it fails all the same
#
# What is not said must not happen: stdout and stderr are empty, no other file is made, touched or
# removed. {sha256 ROW} in a text or regex stands for a certificate's fingerprint. In shell lines
# there are $pki, $at and the functions caembed, as_nobody, on_small_disk, chain ROW..., header ROW...,
# sha256 ROW, recorded HOST PORT TIME OFFER ROW..., sealed OBJECT.
#
# CAEMBED_WRAPPER runs the program under another (valgrind); JOBS cases run at a time (two for each processor); with STRIDE=3
# only every third case is run.
. "$(dirname "$0")/../lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
at=2026-01-01T00:00:00Z
read -r -a wrapper <<<"${CAEMBED_WRAPPER:-}"
jobs=${JOBS:-$((2 * $(getconf _NPROCESSORS_ONLN)))}
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
    local rows_pem
    load_rows "$@" && printf %s "$rows_pem"
}

# A header as people write them.
header() {
    local rows_pem line
    load_rows "$@" || return
    echo 'const char SSL_CA_PEM[] ='
    while IFS= read -r line; do printf '    "%s\\n"\n' "$line"; done <<<"${rows_pem%$'\n'}"
    echo '    ;'
}

# HOST PORT TIME OFFER ROW... -- a line as --record writes it, made without caembed
recorded() {
    local certs=() row
    for row in "${@:5}"; do certs+=("$(openssl x509 -in "$pki/$row.pem" -outform DER | base64 -w0)"); done
    sealed "$(jq -cn --arg h "$1" --argjson p "$2" --arg t "$3" --arg o "$4" '{v: 1, host: $h, port: $p,
        servername: $h, address: null, time: $t, offer: $o, chains: [{certs: $ARGS.positional, tls: null}]}' \
        --args "${certs[@]}")"
}

sealed() { printf '%s,"sum":"%s"}\n' "${1%\}}" "$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)"; } # OBJECT -- as a line

sha256() { openssl x509 -in "$pki/$1.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f; }

# ---- one case ----
#
# This part calls other programs only where bash can't do the work itself: with a dozen small ones a
# case, they took more time than caembed.

declare -A pem # what the PKI's files hold, by row

load_rows() { # ROW... -- their PEM, into $rows_pem
    local row
    rows_pem=
    for row in "$@"; do
        [ -n "${pem[$row]:-}" ] || IFS= read -r -d '' "pem[$row]" <"$pki/$row.pem" # fails at the end of the file
        [ -n "${pem[$row]:-}" ] || return
        rows_pem+=${pem[$row]}
    done
}

fill_in() { # puts fingerprints and the value of `each` into $text
    local row
    text=${text//"{each}"/"$each"}
    text=${text//"{gives}"/"$gives"}
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

load_file() { # FILE -- into $content and $lines; $is_text unless there is a NUL in it
    is_text=1
    IFS= read -r -d '' content <"$1" && is_text=0
    mapfile -t lines <"$1" 2>/dev/null
}

matches() { # REGEX FILE -- whether a line does; FILE is loaded
    local line found=1
    if [ $is_text = 0 ] || [ ${#lines[@]} -gt 40 ]; then
        grep -aqE -e "$1" "$2"
        return
    fi
    for line in ${lines[@]+"${lines[@]}"}; do
        [[ $line =~ $1 ]]
        found=$?
        [ $found -eq 1 ] || break
    done
    [ $found -ne 2 ] || complain "no regular expression: $1"
    return $found
}

held_certificates() { # the PEM in the string literals of the loaded header, into $held
    local line
    held=
    for line in ${lines[@]+"${lines[@]}"}; do
        case $line in
        '    "'*'\n"' | '    "'*'\n";')
            line=${line#'    "'} && line=${line%;}
            held+=${line%'\n"'}$'\n'
            ;;
        esac
    done
}

# Judges FILE, called NAME, by the case's lines "NAME OPERATOR TEXT".
judge() {
    local file=$1 name=$2 i operator text exact='' is_exact=0 before=${#problems[@]} said=0
    local content is_text lines held rows_pem
    load_file "$file"
    for ((i = 0; i < ${#want_name[@]}; i++)); do
        [ "${want_name[i]}" = "$name" ] || continue
        said=1
        operator=${want[i]%% *}
        text=${want[i]#"$operator"}
        text=${text# }
        fill_in
        case $operator in
        =) is_exact=1 exact+=$text$'\n' ;;
        '~') matches "$text" "$file" || complain "$name: no line matches: $text" ;;
        '!~') ! matches "$text" "$file" || complain "$name: a line matches: $text" ;;
        holds)
            held_certificates
            # shellcheck disable=SC2086
            load_rows $text && [ "$held" = "$rows_pem" ] || complain "$name: does not hold exactly: $text"
            ;;
        any) ;;
        *) complain "no operator '$operator'" ;;
        esac
    done
    if [ "$is_exact" = 1 ] && { [ $is_text = 0 ] || [ "$content" != "$exact" ]; }; then
        complain "$name: is not exactly what the case says"
    fi
    if [ "$said" = 0 ] && [ -s "$file" ]; then complain "$name: is not empty"; fi
    [ ${#problems[@]} -eq "$before" ] || show "$file" "$name"
}

list_files() { # ARRAY -- what lies in the current folder, by name
    local -n list=$1
    local name state
    list=()
    # shellcheck disable=SC2034 # it is the caller's
    while IFS=$'\t' read -r -d '' name state; do list[$name]=$state; done < <(
        exec find . -mindepth 1 \( -type d -printf '%P\tfolder %m\0' -o -printf '%P\t%y %m %s %i %T@ %C@ %l\0' \)
    )
}

judge_files() { # by $before and $after
    local name
    for name in "${!after[@]}"; do
        [ "${after[$name]}" = "${before[$name]:-}" ] || [[ " ${file_names[*]-} " == *" $name "* ]] ||
            complain "made or touched: $name"
    done
    for name in "${!before[@]}"; do
        [ -n "${after[$name]:-}" ] || [[ " ${gone_names[*]-} " == *" $name "* ]] || complain "removed: $name"
    done
    for name in ${file_names[@]+"${file_names[@]}"}; do
        [ "${after[$name]:-}" != "${before[$name]:-}" ] || complain "not made or changed: $name"
        [ -f "$name" ] && judge "$name" "$name"
    done
    for name in ${gone_names[@]+"${gone_names[@]}"}; do
        [ ! -e "$name" ] || complain "still there: $name"
    done
}

new_box() { # an empty folder, into $box; they are made by the hundred
    [ $((boxes % 100)) -ne 0 ] || mkdir $(seq -f "$work/case-$shard-%.0f" "$boxes" $((boxes + 99)))
    box=$work/case-$shard-$boxes
    boxes=$((boxes + 1))
}

run_case() {
    local box out=$work/out-$shard err=$work/err-$shard log=$work/log-$shard got i
    local -A before after
    problems=()
    new_box
    cd "$box" || return 1
    # shellcheck disable=SC2086
    [ -z "$chain_rows" ] || chain $chain_rows >chain.pem || complain "no such rows: $chain_rows"
    # shellcheck disable=SC2086
    [ -z "$trust_rows" ] || chain $trust_rows >ca.pem || complain "no such rows: $trust_rows"
    for ((i = 0; i < ${#setup[@]}; i++)); do
        (eval "${setup[i]}") >"$out" 2>&1 ||
            { complain "setup failed: ${setup[i]}" && show "$out" setup; }
    done
    list_files before
    (eval "$command") >"$out" 2>"$err" </dev/null
    got=$?
    list_files after
    case $command in
    *--json*) grep -aE '^\{"(host|target)":' "$out" >>"$work/reports-$shard" ;;
    esac
    [ "$got" -eq "$status" ] || complain "exit status $got, not $status"
    judge "$out" stdout
    judge "$err" stderr
    judge_files
    for ((i = 0; i < ${#checks[@]}; i++)); do
        (eval "${checks[i]}") >"$log" 2>&1 ||
            { complain "check failed: ${checks[i]}" && show "$log" check; }
    done
    if [ ${#problems[@]} -eq 0 ]; then passed=$((passed + 1)); return 0; fi
    failed=$((failed + 1))
    echo "FAILED ${file##*/}: $claim${each:+ ($(printf %q "$each"))}: $command"
    [ -z "$bug" ] || echo "    known bug: $bug"
    printf '    %s\n' "${problems[@]}"
}

# ---- the data ----

begin_case() {
    claim=$1 chain_rows='' trust_rows='' command='' status=0 bug='' plain=0 needs='' each='' gives=''
    each_values=() setup=() checks=() want_name=() want=() file_names=() gone_names=()
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
        return
    fi
    if [ ${#each_values[@]} -eq 0 ]; then run_case; fi
    for each in ${each_values[@]+"${each_values[@]}"}; do
        gives=${each#*" -> "}
        each=${each%%" -> "*}
        run_case
    done
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
    each) eval "each_values+=($rest)" ;;
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
    number=0 passed=0 failed=0 skipped=0 boxes=0
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
if [ $# -eq 0 ] && [ -z "$part" ] && [ "$stride" = 1 ]; then
    claim every_line_of_a_report_fits_the_schema "$here/../report-schema" "$work"/reports-*
fi
finish
