#!/usr/bin/env bash
# action.sh -- action.yml and action/gitlab do what they say: the status, the anchors, and one issue
. "$(dirname "$0")/../lib.sh"

chain root second >"$work/ca.pem"
tls_server server "leaf int"
host=localhost:$port
refused=localhost:$(free_port)
good=$work/good.h
embed --ca-file "$work/ca.pem" -o "$good" "$host"
{ cat "$good"; echo; } >"$work/edited.h"
embed --ca-file "$work/ca.pem" --chain "$pki/second-other.pem" --servername other.example -o "$work/wrong.h" other.example
echo 'const char SSL_CA_PEM[] = ELSEWHERE;' >"$work/unreadable.h"
mkdir "$work/github" "$work/gitlab" "$work/bin"
ln -s "$root/tests/support/gh" "$work/bin/gh"
export PATH=$work/bin:$PATH GH_ISSUES=$work/github RUNNER_TEMP=$work TMPDIR=$work

# ---- GitHub ----

options=$(printf '%s\n' --at "$at" -q --ca-file "$work/ca.pem")
act() { # STATUS HEADER INPUT=VALUE... -- the action ends with this status; its outputs are in $work/outputs
    local status=$1 header=$2
    shift 2
    exits "$status" python3 "$root/tests/support/run_action.py" "$root/action.yml" caembed="$bin/caembed" header="$header" \
        hosts="$host" options="$options" "$@" >"$work/outputs"
}
output() { sed -n "s/^$1=//p" "$work/outputs"; }
issues() { find "$work/github" -name '*.state' | wc -l; }
state() { cat "$work/github/$1.state"; }
calls() { wc -l <"$work/github/calls"; }

current() {
    act 0 "$good" && [ "$(output status)" = 0 ] && [ "$(issues)" -eq 0 ] &&
        output anchors | jq -e --argjson port "$port" \
            '.[0] | .host == "localhost" and .port == $port and .status == "ok" and .anchors[0].subject == "CN=Test Root"'
}
claim "current: the anchors are an output, and no issue is opened" current
differs() {
    act 0 "$work/edited.h" && [ "$(output status)" = 10 ] && [ "$(issues)" -eq 1 ] && [ "$(state 1)" = open ] &&
        grep -q 'would be written differently' "$work/github/1.title" && grep -qF "localhost:$port: still verifies" "$work/github/1.body"
}
claim "10 opens an issue" differs
again() {
    sed -i 's/^.*$/old/' "$work/github/1.body"
    act 0 "$work/edited.h" && [ "$(issues)" -eq 1 ] && grep -qF "$host: still verifies" "$work/github/1.body"
}
claim "the next time that issue is updated" again
annotated() { # the runner reads annotations in the log; the issue has the errors that say the same
    GITHUB_ACTIONS=true act 0 "$work/edited.h" && grep -q "^::warning file=.*::$host: still verifies" "$work"/caembed.*/messages &&
        [ "$(grep -c 'still verifies' "$work/github/1.body")" -eq 1 ] && ! grep '^::' "$work/github/1.body"
}
claim "annotations for the runner do not reach the issue" annotated
fails_then() {
    act 11 "$work/wrong.h" && [ "$(output status)" = 11 ] && [ "$(issues)" -eq 1 ] &&
        grep -q 'no longer verifies' "$work/github/1.title" && grep -qF "$host: " "$work/github/1.body"
}
claim "11 updates it, and the job fails" fails_then
nothing_to_say() {
    local before after
    before=$(cat "$work"/github/1.*)
    act 2 "$good" hosts="$refused" && [ "$(output status)" = 2 ] && after=$(cat "$work"/github/1.*) && [ "$before" = "$after" ]
}
claim "a server that can't be asked touches no issue" nothing_to_say
holds_again() { act 0 "$good" && [ "$(issues)" -eq 1 ] && [ "$(state 1)" = closed ]; }
claim "0 closes it" holds_again
expires() { # the label, which somebody has described anew, stays as it is
    echo ours >"$work/github/label.trust-anchors"
    act 0 "$good" options="$options"$'\n--expires-within\n7000' && [ "$(output status)" = 12 ] && [ "$(issues)" -eq 2 ] && [ "$(state 2)" = open ] &&
        grep -q 'expires or retires soon' "$work/github/2.title" &&
        grep -qx ours "$work/github/label.trust-anchors"
}
claim "12 opens another, and leaves the label as it is" expires
unreadable() {
    act 13 "$work/unreadable.h" && [ "$(output status)" = 13 ] && [ "$(issues)" -eq 2 ] && grep -q 'cannot read' "$work/github/2.title"
}
claim "13 updates it" unreadable
usage() {
    local before
    before=$(calls)
    act 1 "$good" options=--no-such-option && [ "$(output status)" = 1 ] && [ "$(calls)" -eq "$before" ]
}
claim "1 fails, and nobody looks for an issue" usage
no_issue() {
    local before
    before=$(calls)
    act 10 "$work/edited.h" issue=false fail-on='10 11' && [ "$(calls)" -eq "$before" ]
}
claim "without issue none is looked for, and fail-on decides" no_issue
claim "a token that GitHub refuses is a failure" act 4 "$good" token=wrong
from_a_file() {
    printf '%s # ours\n' "$host" >"$work/hosts.txt"
    act 0 "$good" hosts= from="$work/hosts.txt" && [ "$(output anchors | jq length)" -eq 1 ]
}
claim "hosts come from a file" from_a_file
words_stay_words() { # in hosts, options and the header's name
    local odd="$work/a b;touch \$(echo x)\`echo y\`.h"
    cp "$good" "$odd"
    act 0 "$odd" && act 2 "$odd" hosts="  $host "$'\r\n\n'"$refused" && [ "$(output anchors | jq length)" -eq 2 ] &&
        act 1 "$odd" hosts=--version && [ ! -e x ]
}
claim "words stay words, whatever is in them" words_stay_words
built() { # from a copy of this source, by the action itself; what is compiled already is not compiled again
    mkdir "$work/source"
    tar -C "$root" --exclude=./build --exclude=./.git -cf - . | tar -C "$work/source" -xf - && mkdir "$work/source/build" &&
        cp -a "$bin"/{obj,gen,rooms.a} "$work/source/build" || return 1
    CAEMBED='' GITHUB_OUTPUT=$work/installed "$work/source/action/install" >"$work/log" 2>&1 || { tail -5 "$work/log"; return 1; }
    [ "$(sed -n 's/^caembed=//p' "$work/installed")" = "$work/source/build/caembed" ] && "$work/source/build/caembed" --version
}
if [ -z "${SANITIZE:-}" ]; then
    claim "caembed is built from the action's source" built
else
    skip "caembed is built from the action's source" "with sanitizers it is another build"
fi

# The inputs of the job in examples/recipes are those that the action has; the runner refuses others.
job_to_copy() {
    local inputs=()
    mapfile -d '' inputs < <(python3 -c '
import sys, yaml
steps = yaml.safe_load(open(sys.argv[1]))["jobs"]["check"]["steps"]
for name, value in steps[-1]["with"].items():
    print(f"{name}={value}", end="\0")' "$root/examples/recipes/github.yml")
    echo "$host" >"$work/hosts.txt"
    cp "$good" "$work/ssl_ca_pem.h"
    (cd "$work" && embed --ca-file "$work/ca.pem" -o ssl_ca_pem.h -m mbed_app.json "$host" &&
        act 0 "" hosts= "${inputs[@]}" options="$options"$'\n'"$(printf '%s\n' "${inputs[@]}" | sed -n '/^options=/,$p' | sed 's/^options=//')")
}
claim "the job to copy has inputs that the action knows" job_to_copy

# ---- what servers say ----

issue() { GH_TOKEN=secret STATUS=11 HEADER=x.h MESSAGES=$work/said LABEL=hostile "$root/action/issue"; }
in_its_block() {
    printf '%s\n' '```' '@everyone #1 [x](http://x) <b>' '````' '![](x)' >"$work/said"
    issue && body=$(ls "$work"/github/*.body | tail -n 1) && [ "$(grep -nx '`````text' "$body" | wc -l)" -eq 1 ] &&
        [ "$(sed -n '/^`````text$/,/^`````$/p' "$body" | grep -cF -f "$work/said")" -eq 6 ] &&
        ! sed '/^`````text$/,/^`````$/d' "$body" | grep -F '@everyone'
}
claim "what servers say stays in a block of code" in_its_block
bounded() {
    head -c 3000000 /dev/zero | tr '\0' x >"$work/said"
    issue && [ "$(cat "$work"/github/*.body | wc -c)" -lt 65536 ]
}
claim "and is no longer than an issue may be" bounded

# ---- GitLab ----

gitlab_port=$(free_port)
start "$work/gitlab.log" python3 "$root/tests/support/gitlab_server.py" "$gitlab_port" "$work/gitlab"
wait_for_port "$gitlab_port"
job() { # STATUS HEADER [VARIABLE=VALUE...]
    local status=$1 header=$2
    shift 2
    (cd "$work" && exits "$status" env GITLAB_CI=true CI_API_V4_URL="http://127.0.0.1:$gitlab_port/api/v4" CI_PROJECT_ID=7 CAEMBED_TOKEN=secret \
        CAEMBED="$bin/caembed" HOSTS="$host" OPTIONS="$options" FAIL_ON='2 3 11 13' HEADER="$header" "$@" "$root/action/gitlab")
}
on_gitlab() {
    job 0 "$work/edited.h" && [ "$(cat "$work/caembed-status")" = 10 ] && jq -e '.[0].status == "changed"' "$work/caembed-anchors.json" &&
        job 11 "$work/wrong.h" && job 2 "$work/good.h" HOSTS="$refused" && [ "$(ls "$work/gitlab")" = 1.json ] &&
        jq -e '.state == "opened" and (.title | test("no longer verifies")) and (.description | test("```text"))' "$work/gitlab/1.json" &&
        job 0 "$good" && jq -e '.state == "closed"' "$work/gitlab/1.json" && job 0 "$work/edited.h" && [ -e "$work/gitlab/2.json" ]
}
claim "at GitLab likewise" on_gitlab
gitlab_job_to_copy() { # its variables, and options of the test's own
    local variables
    mapfile -d '' variables < <(python3 -c '
import sys, yaml
for name, value in yaml.safe_load(open(sys.argv[1]))["trust-anchors"]["variables"].items():
    print(f"{name}={value}", end="\0")' "$root/examples/recipes/gitlab.yml")
    job 0 ssl_ca_pem.h HOSTS= "${variables[@]}" OPTIONS="$options" && job 2 ssl_ca_pem.h "${variables[@]}" OPTIONS="$options" HOSTS="$refused"
}
claim "the job to copy at GitLab" gitlab_job_to_copy
claim "a token that GitLab refuses is a failure" job 22 "$good" CAEMBED_TOKEN=wrong
without_token() { job 0 "$good" CAEMBED_TOKEN= && jq -e '.state == "opened"' "$work/gitlab/2.json"; }
claim "without a token no issue is looked for" without_token
finish
