#!/usr/bin/env bash
# mbed-os.sh -- library and adapter compile for a Cortex-M4 as Mbed OS 5.11 (C++98) and 6 (C++14) compile them
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v arm-none-eabi-g++ >/dev/null || { echo "mbed-os.sh: 0 passed, 0 failed, 1 skipped"; exit 0; }
"$root/scripts/fetch-mbedtls" 2.28 || exit 1
mbedtls=$root/build/mbedtls-2.28
# shellcheck disable=SC2154
cd "$work" || exit 1
machine="-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=softfp -Os -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"

"$bin/caembed" --list-targets | "$root/tests/macros/target-row" -v target=mbed-os >target_row.h
compiles() { # compiles COMPILER-AND-STANDARD SOURCE...
    local compiler=$1 source
    shift
    for source; do
        # shellcheck disable=SC2086
        $compiler $machine -I"$root/include" -isystem "$root/tests/support/tls_mbed_os" -isystem "$mbedtls/include" \
            -isystem "$root/tests/device/firmware" -isystem . '-DMBEDTLS_CONFIG_FILE="device_tls_config.h"' \
            -DMBED_CONF_MBED_TRACE_ENABLE=1 -c -o "$(basename "${source%.*}").o" "$source" || return 1
    done
}
claim library_compiles_as_c99 compiles "arm-none-eabi-gcc -std=c99" "$root"/src/tlssocket/*.c
for standard in c++98 c++14; do
    claim "adapter_compiles_as_$standard" compiles "arm-none-eabi-g++ -fno-exceptions -fno-rtti -std=$standard" \
        "$root"/src/tlssocket/ports/mbed-os/*.cpp
done

links_into_one() { # no name is defined twice, and the default network is the adapter's
    arm-none-eabi-ld -r -o all.o ./*.o && arm-none-eabi-nm all.o | grep ' T network_default$'
}
claim library_and_adapter_link links_into_one
finish
