# shellcheck shell=bash
# lib.sh -- sourced by device.sh and bench/device.sh: a server, caembed, an image, the emulator
#
#   serve CERT...           a TLS server on loopback that has these certificates, the leaf first; sets $port
#   write NAME OPTION...    NAME.h and NAME.json, by caembed
#   build NAME IMAGE [-D...]    IMAGE from NAME.h and NAME.json
#   boot IMAGE HOST PORT [ARGUMENT]    runs it, with a path to fetch unless told otherwise; its output goes to stdout, its exit status is the image's

# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
target=mbed-os
pki=$work

for program in arm-none-eabi-gcc qemu-system-arm openssl; do
    command -v "$program" >/dev/null && continue
    echo "no $program here: nothing is proven on a device"
    echo "$(basename "$0"): 0 passed, 0 failed, 1 skipped"
    exit 0
done
"$root/scripts/fetch-mbedtls" && "$bin/tests/mkservers" "$work" && printf 'hello\n' >"$work/hello.txt" || exit 1
cd "$work" || exit 1

serve() {
    local leaf=$1
    shift
    port=$(free_port)
    chain "$@" >"sent.$port.pem"
    local sent=()
    [ $# -eq 0 ] || sent=(-cert_chain "sent.$port.pem")
    start "server.$port.log" openssl s_server -accept "127.0.0.1:$port" -cert "$leaf.pem" -key "$leaf.key" \
        ${sent[@]+"${sent[@]}"} -no-CAfile -no-CApath -no-CAstore -WWW
    wait_for_port "$port"
}

write() {
    local name=$1
    shift
    embed -t "$target" -o "$name.h" -m "$name.json" "$@"
}

build() {
    local name=$1 image=$2
    shift 2
    BUILD=$build "$root/tests/device/image" "$work/$name.h" "$work/$name.json" "$target" "$work/$image" "$@"
}

boot() {
    local arguments=arg=hello argument
    for argument in "$2" "$3" "${4:-/hello.txt}"; do arguments+=",arg=$argument"; done
    timeout 60 qemu-system-arm ${icount:+-icount "$icount"} -M mps2-an385 -nodefaults -display none -serial "tcp:127.0.0.1:$3" \
        -semihosting-config "enable=on,target=native,$arguments" -kernel "$1" 2>&1
}
