#!/usr/bin/env bash
# files.sh -- what a signal, a limit or another owner does to the files of -o and -m
. "$(dirname "$0")/../lib.sh"

cd "$work" || exit 1
chain leaf int >chain.pem
chain root >ca.pem

temporaries() { find "$work" -maxdepth 1 -name '.caembed*'; }
no_temporary() { [ -z "$(temporaries)" ] || { temporaries && return 1; }; }

# Writes to a pipe that is full, after the header is staged; then gets SIGNAL.
ends_by() {
    local signal=$1 status=0
    rm -f ca.h pid full
    mkfifo full
    exec 3<>full
    dd if=/dev/zero bs=65536 count=1 >&3 2>/dev/null
    env --default-signal "$bin/caembed" --at "$at" --json -o ca.h --chain chain.pem --ca-file ca.pem localhost >&3 2>err 3>&- &
    local writer=$!
    for _ in $(seq 100); do [ -z "$(temporaries)" ] || break; sleep 0.05; done
    temporaries >staged
    kill -s "$signal" "$writer"
    wait "$writer" || status=$?
    exec 3>&-
    [ -s staged ] && [ "$status" -eq $((128 + $(kill -l "$signal"))) ] && no_temporary && [ ! -e ca.h ] &&
        grep -qx "caembed: error: interrupted: no file was changed" err
}

limited() { # no file may have more than 1 KiB
    (ulimit -f 1 && fails 6 "ca\.h: cannot write: File too large" embed -o ca.h --chain chain.pem --ca-file ca.pem localhost) &&
        no_temporary && [ ! -e ca.h ]
}

keeps() { # OWNER MODE of a file that is replaced
    rm -f ca.h && echo old >ca.h && chown "$1" ca.h && chmod "$2" ca.h &&
        embed -o ca.h --chain chain.pem --ca-file ca.pem localhost && holds ca.h root &&
        [ "$(stat -c '%u:%g %a' ca.h)" = "$1 $2" ] || { stat -c '%u:%g %a' ca.h && return 1; }
}

gives_no_rights() { # an ordinary user replaces root's set-user-ID file in a folder of his own
    mkdir -p own && rm -f own/ca.h && echo old >own/ca.h && chown 0:65534 own/ca.h && chmod 6775 own/ca.h && chown 65534 own &&
        chmod 755 "$work" && chmod 644 chain.pem ca.pem && cp "$bin/caembed" own/caembed &&
        setpriv --reuid 65534 --regid 65534 --clear-groups "$work/own/caembed" -q --at "$at" -o own/ca.h --chain chain.pem --ca-file ca.pem localhost &&
        [ "$(stat -c '%u:%g %a' own/ca.h)" = "65534:65534 775" ] || { stat -c '%u:%g %a' own/ca.h && return 1; }
}

one_file() { # NAME MADE-BY OPTION...: refused, and nothing changes
    local made=$1
    shift
    rm -rf place && mkdir place && (cd place && cp ../chain.pem ../ca.pem . && eval "$made") || return 1
    cp -a place before
    (cd place && fails 1 "(-o|-m|--depfile) and (-m|--depfile|--ca-file|--chain|--store|--from) name the same file" \
        embed --chain chain.pem --ca-file ca.pem "$@" localhost) && diff -r --no-dereference place before
    local status=$?
    rm -rf before
    return $status
}

for signal in INT TERM HUP; do claim "${signal}_leaves_no_file_behind" ends_by "$signal"; done
claim limit_on_size_is_a_write_error limited
claim header_and_settings_by_a_dangling_link one_file 'ln -s ca.h app.json' -o ca.h -m app.json
claim header_and_settings_by_a_hard_link one_file 'echo {} >ca.h; ln ca.h app.json' -o ca.h -m app.json
claim header_over_the_ca_file_by_a_link one_file 'ln -s ca.pem out.h' -o out.h
claim header_over_the_chain_by_a_hard_link one_file 'ln chain.pem out.h' -o out.h
claim depfile_over_the_ca_file_by_two_links one_file 'ln -s ca.pem a; ln -s a b' -o ca.h --depfile b
if [ "$(id -u)" -eq 0 ]; then
    claim owner_and_mode_stay keeps 65534:65534 640
    claim set_user_id_stays_with_its_owner keeps 65534:65534 6755
    claim set_user_id_is_not_lent gives_no_rights
else
    skip owner_and_mode "only root may give files to others"
fi
finish
