#!/usr/bin/env bash
# manual.sh -- the manual has every option, and caembed takes each command line that the manual, the README and docs/ show
. "$(dirname "$0")/../lib.sh"

# What the examples name is there, and no server answers: whatever gets as far as to connect ends with status 2.
mkdir "$work/bin" "$work/project"
cd "$work/project" || exit 1
chain leaf int >chain.pem
chain root | tee our-root.pem >certdata.txt
chain int >our-issuing-ca.pem
chain leaf >device.pem
cp "$pki/leaf.key" device.key
printf 'os.mbed.com # updates\n' >hosts.txt
unset no_proxy NO_PROXY
export all_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1
"$bin/caembed" -q --ca-file our-root.pem --chain chain.pem localhost -o ssl_ca_pem.h
cp ssl_ca_pem.h ca.h
for recording in survey servers; do "$bin/caembed" -q --record "$recording.ndjson" --from hosts.txt 2>/dev/null; done
cat >"$work/bin/caembed" <<SCRIPT
#!/bin/sh
"$bin/caembed" "\$@" --retry 0
status=\$?
echo \$status >>"$work/statuses"
exit \$status
SCRIPT
chmod +x "$work/bin/caembed"

# FILE -- the commands that it shows, each on one line
commands() {
    sed -nE 's/^(\.Dl |\$ |    |\t)(\$ )?//p' "$1" | sed -E -e ':more' -e '/\\e?$/{N;s/\\e?\n */ /;b more' -e '}' |
        grep -E '^(.*\| )?caembed '
}

takes() { # COMMAND
    local status
    rm -f "$work/statuses"
    PATH=$work/bin:$PATH timeout 60 bash -c "$1" </dev/null >"$work/out" 2>"$work/err"
    read -r status <"$work/statuses" || return 1
    case $status in 0 | 2 | 4 | 10 | 11 | 12 | 13) return 0 ;; esac
    echo "status $status" && cat "$work/err" && return 1
}

has_every_option() {
    local option missing=0
    for option in $("$bin/caembed" --help=all | grep -oE '^  (-., |    )--[a-z0-9-]+' | grep -oE '[a-z0-9][a-z0-9-]+$'); do
        grep -qE "^\.It Fl (.* )?-$option( |\$)" "$root/man/caembed.1" || { echo "$option" && missing=1; }
    done
    return $missing
}

claim "the manual has every option" has_every_option
for page in "$root"/man/caembed.1 "$root"/README.md "$root"/docs/*.md; do
    commands "$page" >"$work/commands"
    while IFS= read -r command <&3; do claim "${page#"$root/"}: $command" takes "$command"; done 3<"$work/commands"
done
claim "the pages show commands" [ "$passed" -ge 50 ]
finish
