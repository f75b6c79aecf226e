#!/usr/bin/env bash
# device.sh -- the memory that the firmware of tests/device takes, as the tables of bench/device.md
#
# Everything is measured in the image: flash and static RAM by the linker's map, the peaks of heap and
# stack by the image itself, in a run that shakes hands and fetches hello.txt.
# shellcheck source=tests/device/lib.sh
. "$(dirname "$0")/../tests/device/lib.sh"

# label|hierarchy: the root that is embedded, under which the server's chain is
cases=("P-256|p256" "P-384|p384" "RSA-2048|rsa2048" "RSA-4096|rsa4096" "RSA-2048, SHA-1 signed|sha1")

# by_part MAP: "PART FLASH RAM" for the parts of the image
by_part() {
    awk '
        function part(path) {
            sub(/.*\//, "", path)
            if (path ~ /^(tls_|transport-)/) return "tlssocket"
            if (path ~ /^mbed_trace-/) return "mbed-trace"
            if (path ~ /^(main|board|start|semihosting|uart_network)-/) return "hello"
            return path ~ /-[0-9a-f]+\.o$/ ? "mbedtls" : "libc"
        }
        function number(hex,    n, i) { # mawk has no strtonum()
            for (i = 3; i <= length(hex); i++) n = 16 * n + index("0123456789abcdef", substr(hex, i, 1)) - 1
            return n + 0
        }
        /^Linker script and memory map/ { inside = 1 }
        /^\.[a-zA-Z]/ { output = $1 }
        !inside || output !~ /^\.(text|data|bss|ARM.exidx)$/ { next }
        /^ [.C][^ ]*$/ { getline line; $0 = $0 " " line }
        /^ [.C]/ && $2 ~ /^0x/ && NF >= 4 {
            begin = number($2)
            if (begin < end && output == previous) begin = end # strings that others share
            size = number($2) + number($3) - begin
            if (size <= 0) next
            end = begin + size
            previous = output
            if (output != ".bss") flash[part($4)] += size
            if (output == ".data" || output == ".bss") ram[part($4)] += size
            seen[part($4)] = 1
        }
        END { for (name in seen) print name, flash[name] + 0, ram[name] + 0 }' "$1"
}

static_size() { # IMAGE: "FLASH RAM"
    arm-none-eabi-size "$1" | awk 'NR == 2 { print $1 + $2, $2 + $3 }'
}

prepare() { # NAME: server, header, and two sets of settings: as caembed writes them, and without tracing
    local name=$1
    chain "$name-root" >"$name.trusted.pem"
    serve "$name-leaf" "$name-int"
    write "$name" --ca-file "$name.trusted.pem" "localhost:$port"
    cp "$name.h" "$name-quiet.h"
    jq '.target_overrides["*"]["mbed-trace.enable"] = null' "$name.json" >"$name-quiet.json"
}

row() { # LABEL NAME: builds, runs, prints
    local label=$1 name=$2 flash ram heap stack
    build "$name" "$name.elf"
    read -r flash ram < <(static_size "$name.elf")
    read -r heap stack < <(boot "$name.elf" localhost "$port" |
        sed -nE 's/^device: heap peak ([0-9]+) bytes, stack peak ([0-9]+) bytes.*/\1 \2/p')
    echo "| $label | $flash | $ram | ${heap:?the image did not come through} | $stack | $((ram + heap + stack)) |"
}

anchor_size() { # IMAGE: bytes of the embedded anchors
    printf '%d\n' "0x$(arm-none-eabi-nm -S "$1" | awk '$4 == "SSL_CA_PEM" { print $2 }')"
}

socket_size() { # IMAGE: bytes of a struct tls_socket
    printf '#include "tlssocket/tls_socket.h"\nchar size[sizeof(struct tls_socket)];\n' |
        arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb "-I$1.config" "-I$root/tests/device/firmware" "-I$root/include" \
            "-I$root/build/mbedtls-2.28/include" '-DMBEDTLS_CONFIG_FILE="device_tls_config.h"' \
            -include "$1.config/mbed_config.h" -x c -c -o size.o -
    printf '%d\n' "0x$(arm-none-eabi-nm -S size.o | awk '$4 == "size" { print $2 }')"
}

echo "The image, in bytes:"
echo
echo "| root | flash | static RAM | heap peak | stack peak | RAM in all |"
echo "|---|---|---|---|---|---|"
for line in "${cases[@]}"; do
    IFS='|' read -r label name <<<"$line"
    prepare "$name"
    row "$label" "$name"
    row "$label, no trace" "$name-quiet"
done
echo
echo "What is in it (P-256), in bytes:"
echo
echo "| part | flash | static RAM | flash, no trace | static RAM, no trace |"
echo "|---|---|---|---|---|"
join -a 1 -e 0 -o 0,1.2,1.3,2.2,2.3 <(by_part p256.elf.map | sort) <(by_part p256-quiet.elf.map | sort) |
    awk '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5 }'
echo
echo "A struct tls_socket is $(socket_size "$work/p256.elf") bytes; the example has it on the stack."
echo
echo "The embedded anchor (part of hello's flash), in bytes:"
echo
echo "| root | PEM | the certificate itself |"
echo "|---|---|---|"
for line in "${cases[@]}"; do
    IFS='|' read -r label name <<<"$line"
    echo "| $label | $(anchor_size "$name.elf") | $(openssl x509 -in "$name-root.pem" -outform DER | wc -c) |"
done

# A boot is a connection: the first is a full handshake, the second resumes its session, from the flash.
resumed_row() { # LABEL NAME MODE: boots once, prints
    local label=$1 name=$2 mode=$3
    icount=shift=5 boot "$name.elf" localhost "$port" "$work/$name.flash" | sed -nE "
        s/^device: connect $mode, ([0-9]+) ms, ([0-9]+) bytes sent, ([0-9]+) received, ([0-9]+) bytes of heap.*/| $label, $mode | \\1 | \\2 | \\3 | \\4 |/p" |
        grep . || { echo "$name: no handshake that is $mode" >&2; exit 1; }
}

echo
echo "A full and a resumed handshake (tests/device/resume.c, at 32 ns an instruction). The heap's peak is nearly all record buffers;"
echo "the milliseconds count instructions, those spent waiting for a server on loopback too:"
echo
echo "| root, resumed by | ms | bytes sent | bytes received | heap peak |"
echo "|---|---|---|---|---|"
for line in "P-256|p256" "RSA-2048|rsa2048"; do
    IFS='|' read -r label name <<<"$line"
    serve "$name-leaf" "$name-int"
    for by in id ticket; do
        options=()
        [ $by = id ] || options=(-DMBEDTLS_SSL_SESSION_TICKETS)
        cp "$name-quiet.h" "$name-$by.h"; cp "$name-quiet.json" "$name-$by.json"
        MAIN=tests/device/resume.c build "$name-$by" "$name-$by.elf" ${options[@]+"${options[@]}"}
        resumed_row "$label, $by" "$name-$by" full
        resumed_row "$label, $by" "$name-$by" resumed
    done
done
echo
echo "tlssocket in that program, which has no trace, is $(by_part p256-id.elf.map | awk '$1 == "tlssocket" { print $2 }') bytes of flash."
