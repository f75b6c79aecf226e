#!/usr/bin/env bash
# survey.sh -- examples/recipes/survey: two workers that sshd runs, one killed on the way, give the header of one machine
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh

recipe=$root/examples/recipes/survey
sshd=$(command -v sshd) || { echo "no sshd" && exit 1; }
unset PARALLEL PARALLEL_SEQ SSH_AUTH_SOCK SSH_CLIENT SSH_CONNECTION
export PARALLEL_HOME=$work/parallel SLICE=12
mkdir "$PARALLEL_HOME"
ssh_port=()

# As root sshd insists on this folder, which Debian makes when the service starts. It stays: another run may need it.
[ "$(id -u)" -ne 0 ] || [ -d /run/sshd ] || mkdir -m 755 /run/sshd
# Without PAM it lets nobody in whose password is locked, if it may read that.
uses_pam=no
case $(getent shadow "$(id -un)" 2>/dev/null | cut -d : -f 2) in !*) uses_pam=yes ;; esac

# ---- the servers: 40 names at one of nginx; another root; one that refuses; one that can be held up ----

"$bin/tests/mkpki" "$work" 40
start_names 40 || exit 1
serve() { # LEAF -- sets $port, and $server to its process
    port=$(free_port)
    start "$work/$1.log" openssl s_server -accept "127.0.0.1:$port" -cert "$work/$1.pem" -key "$work/$1.key" -quiet
    server=${pids[-1]}
    wait_for_port "$port" || exit 1
}
serve second-leaf
second=$port
serve bare
bare=$port held_up=$server
cat "$work/root.pem" "$work/second.pem" >"$work/roots.pem"
{
    echo "# a comment, and a blank line, count for the slices too"
    echo
    printf 'h%s.localhost:'"$names"'\n' $(seq 20)
    printf 'localhost:%s\n' "$bare" "$(free_port)" "$second"
    printf 'h%s.localhost:'"$names"'\n' $(seq 21 40)
} >"$work/hosts"
slow_slice=$((($(grep -n ":$bare\$" "$work/hosts" | cut -d : -f 1) - 1) / SLICE))
slow_slice=slice.aaa$(printf 'abcdefgh' | cut -c $((slow_slice + 1)))

# ---- the workers: each an sshd with its own key, and a home folder that stands for its machine ----

ssh-keygen -q -t ed25519 -N '' -f "$work/id"
make_worker() { # NAME
    local home=$work/$1 port
    port=$(free_port)
    mkdir -p "$home"
    ssh-keygen -q -t ed25519 -N '' -f "$home/host_key"
    cp "$work/id.pub" "$home/authorized_keys"
    printf '%s %s\n' "$1" "$(cut -d ' ' -f 1,2 "$home/host_key.pub")" >>"$work/known_hosts"
    cat >"$home/enter" <<EOF
#!/bin/sh
HOME='$home' PATH='$bin:$PATH'
export HOME PATH
cd && exec /bin/sh -c "\$SSH_ORIGINAL_COMMAND"
EOF
    chmod +x "$home/enter"
    cat >"$home/sshd_config" <<EOF
ListenAddress 127.0.0.1
Port $port
HostKey $home/host_key
AuthorizedKeysFile $home/authorized_keys
PidFile none
StrictModes no
UsePAM $uses_pam
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
ForceCommand $home/enter
MaxStartups 100
EOF
    cat >>"$work/ssh_config" <<EOF
Host $1
    HostName 127.0.0.1
    HostKeyAlias $1
    Port $port
EOF
    ssh_port[${#ssh_port[@]}]=$port
}
run_worker() { # NAME -- sets worker_NAME to its process
    start "$work/$1/log" "$sshd" -D -e -f "$work/$1/sshd_config"
    printf -v "worker_$1" %s "${pids[-1]}"
}
make_worker a
make_worker b
cat >>"$work/ssh_config" <<EOF
Host *
    User $(id -un)
    IdentityFile $work/id
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile $work/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    BatchMode yes
    ConnectTimeout 10
EOF
printf 'a\nb\n' >"$work/workers"
export PARALLEL_SSH="ssh -F $work/ssh_config"
worker_a='' worker_b=''
run_workers() {
    local port
    run_worker a
    run_worker b
    for port in "${ssh_port[@]}"; do wait_for_port "$port" || return; done
}
run_workers || exit 1

# ---- what is claimed ----

choose=(-q --ca-file "$work/roots.pem" --fewest --keep-going --from "$work/hosts")
claim "one machine writes the header" exits 2 "$bin/caembed" "${choose[@]}" -o "$work/direct.h"
claim "it holds both roots" test "$(grep -c BEGIN "$work/direct.h")" -eq 2

survey() { # FOLDER
    PATH=$bin:$PATH "$recipe/with-parallel" "$work/hosts" "$work/workers" "$work/$1" --connect-timeout 60 --max-time 60
}
same_header() { # FOLDER
    rm -f "$work/judged.h"
    PATH=$bin:$PATH exits 2 "$recipe/judge" "$work/$1" "${choose[@]}" -o "$work/judged.h" && cmp "$work/direct.h" "$work/judged.h"
}
has_a_line_each() { # FOLDER
    grep -v -e '^#' -e '^$' "$work/hosts" | sort >"$work/asked"
    cat "$work/$1"/slice.????.ndjson | jq -r '"\(.host):\(.port)"' | sort | cmp "$work/asked"
}
nothing_stays() { # on the workers
    ! find "$work/a/caembed-survey" "$work/b/caembed-survey" -type f | grep .
}
both_worked() { # FOLDER
    [ "$(cut -f 2 "$work/$1/log" | grep -cx a)" -ge 1 ] && [ "$(cut -f 2 "$work/$1/log" | grep -cx b)" -ge 1 ]
}
plain() {
    survey plain && has_a_line_each plain && same_header plain && both_worked plain && nothing_stays
}
claim "two workers give the header of one machine" plain
done_again() {
    cp "$work/plain/log" "$work/log" && survey plain && cmp "$work/log" "$work/plain/log" && same_header plain
}
claim "done again, nobody is asked" done_again

# Waits until a worker has recorded all of the slice but the host that is held up; sets $at_work, its name, and $recording.
wait_for_the_slow_slice() {
    for _ in $(seq 400); do
        for at_work in a b; do
            recording=$work/$at_work/caembed-survey/$slow_slice.ndjson
            [ "$(cat "$recording" 2>/dev/null | wc -l)" -ge $((SLICE - 1)) ] && return 0
        done
        sleep 0.05
    done
    echo "nobody got to the slow slice" && return 1
}
tree() { # PID -- it and all that it started
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do tree "$child"; done
}

# Starts a survey, $survey, and lets it come as far as the host that is held up; sets $sshd_pid, the worker that waits.
survey_until_held_up() { # FOLDER
    kill -STOP "$held_up"
    survey "$1" &
    survey=$!
    wait_for_the_slow_slice || { kill -CONT "$held_up" && return 1; }
    sshd_pid=worker_$at_work
    sshd_pid=${!sshd_pid}
}

# caembed is killed with a line half written: its slice goes to the other worker, with what was recorded of it.
killed_process() {
    local survey sshd_pid pid
    survey_until_held_up killed || return
    cp "$recording" "$work/recorded"
    printf '{"v":1,"host":"local' >>"$recording"
    for pid in $(tree "$sshd_pid"); do
        [ "$(cat "/proc/$pid/comm")" != caembed ] || kill -9 "$pid"
    done
    kill -CONT "$held_up"
    wait $survey && has_a_line_each killed && same_header killed || return
    cmp -n "$(stat -c %s "$work/recorded")" "$work/recorded" "$work/killed/$slow_slice.ndjson"
}
claim "caembed is killed on a worker: another goes on with its recording" killed_process

# A whole machine is gone, with all that it was recording.
killed_machine() {
    local survey sshd_pid
    survey_until_held_up gone || return
    # shellcheck disable=SC2046
    kill -9 $(tree "$sshd_pid")
    kill -CONT "$held_up"
    wait $survey && has_a_line_each gone && same_header gone
}
claim "a worker is gone: another repeats its slice" killed_machine

# No worker is left: the survey fails. When they are back it does what is left.
goes_on_later() {
    # shellcheck disable=SC2046
    kill -9 $(tree "$worker_a") $(tree "$worker_b") 2>/dev/null
    ! survey later || return
    ! has_a_line_each later || return
    run_workers && survey later && has_a_line_each later && same_header later
}
claim "a survey that failed goes on" goes_on_later

usage_error_is_a_failure() { # of the whole survey: no host gets a line
    SLICE=100 PATH=$bin:$PATH fails_with "--no-such-option" "$recipe/with-parallel" "$work/hosts" "$work/workers" "$work/wrong" --no-such-option
}
fails_with() { # TEXT COMMAND...
    local text=$1
    shift
    ! "$@" 2>"$work/err" && grep -e "$text" "$work/err"
}
claim "an option that caembed does not know is named" usage_error_is_a_failure
another_list() {
    echo localhost >"$work/other"
    fails_with "is of another list" "$recipe/cut-hosts" "$work/other" "$work/plain"
}
claim "a folder is for one list of hosts" another_list

finish
