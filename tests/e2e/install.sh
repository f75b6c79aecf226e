#!/usr/bin/env bash
# install.sh -- what make install leaves, and how its programs are built
. "$(dirname "$0")/../lib.sh"

is_hardened() { # PROGRAM
    readelf -hW "$1" | grep 'Type:.*DYN' >/dev/null &&
        readelf -lW "$1" | grep GNU_RELRO >/dev/null &&
        readelf -dW "$1" | grep BIND_NOW >/dev/null &&
        nm -D "$1" | grep __stack_chk_fail >/dev/null
}

fortified() { nm -D "$1" | grep '_chk@' >/dev/null; }

stack_is_not_executable() { readelf -lW "$1" | grep GNU_STACK | grep -v RWE >/dev/null; }

modes() { # what others may do with what was installed under a umask that gives them nothing
    (cd "$work/inst" && find . -type f ! -perm -044 -o -type d ! -perm -055) >"$work/private"
    [ ! -s "$work/private" ] || { cat "$work/private" && return 1; }
}

install_in() { # FOLDER VARIABLE...
    (umask 077 && make_root ${SANITIZED:+SANITIZE=address} install DESTDIR="$1" "${@:2}")
}

pkg_config_has_the_version() {
    grep -qx "Version: $(cat "$root/VERSION")" "$work/inst/usr/lib/pkgconfig/tlssocket.pc" &&
        grep -qx 'prefix=/usr' "$work/inst/usr/lib/pkgconfig/tlssocket.pc"
}

completions_are_installed() {
    bash -n "$work/inst/usr/share/bash-completion/completions/caembed" &&
        grep -q '^#compdef caembed$' "$work/inst/usr/share/zsh/site-functions/_caembed" &&
        grep -q '^complete -c caembed ' "$work/inst/usr/share/fish/vendor_completions.d/caembed.fish"
}

# A program with the library, as pkg-config and CMake find it where make install put it.
cat >"$work/main.c" <<'C'
#include <tlssocket/tls_socket.h>
#include <stdio.h>
int main(void)
{
    struct tls_socket socket;
    tls_socket_init(&socket);
    printf("%d\n", tls_socket_connect(&socket, "localhost", 443) == NSAPI_ERROR_NO_SOCKET);
    tls_socket_free(&socket);
    return 0;
}
C

pkg_config_compiles() { # FOLDER: the PKG_CONFIG_PATH
    # shellcheck disable=SC2046 # words on purpose
    PKG_CONFIG_PATH=$1 cc ${SANITIZED:+-fsanitize=address,undefined} -o "$work/by-pkg-config" "$work/main.c" \
        $(PKG_CONFIG_PATH=$1 pkg-config --define-prefix --cflags --libs tlssocket) && [ "$("$work/by-pkg-config")" = 1 ]
}

cmake_project() { # NAME PREFIX ARGUMENTS: configures a program for the package that find_package(tlssocket ARGUMENTS) finds there
    rm -rf "${work:?}/$1" && mkdir "$work/$1" && cp "$work/main.c" "$work/$1"
    cat >"$work/$1/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.18)
project(firmware C)
find_package(tlssocket $3)
add_executable(firmware main.c)
target_link_libraries(firmware PRIVATE tlssocket::tlssocket)
EOF
    cmake ${SANITIZED:+-DCMAKE_C_FLAGS=-fsanitize=address,undefined} "-DCMAKE_PREFIX_PATH=$2" -S "$work/$1" -B "$work/$1/out"
}

cmake_compiles() { cmake_project "$@" && cmake --build "$work/$1/out" && [ "$("$work/$1/out/firmware")" = 1 ]; }

cmake_takes_another_folder() { # the whole installation moved, and reached through a link
    cp -a "$work/multi" "$work/moved folder" && ln -s "moved folder/usr/lib" "$work/lib" &&
        cmake_compiles moved "$work/moved folder/usr" REQUIRED &&
        cmake_compiles linked "$work" "REQUIRED PATHS \"$work/lib/$multiarch/cmake/tlssocket\" NO_DEFAULT_PATH"
}

cmake_goes_by_the_version() {
    local major minor patch older
    IFS=. read -r major minor patch <"$root/VERSION"
    older=$((major - 1)).0 # an older series, whose programs may not compile any more
    if [ "$major" -eq 0 ]; then older=0.$((minor - 1)); fi
    cmake_project v "$work/multi/usr" "$major.$minor REQUIRED" && cmake_project v "$work/multi/usr" "$major.$minor.$patch EXACT REQUIRED" &&
        ! cmake_project v "$work/multi/usr" "$major.$minor.$((patch + 1)) REQUIRED" &&
        ! cmake_project v "$work/multi/usr" "$major.$((minor + 1)) REQUIRED" &&
        ! cmake_project v "$work/multi/usr" "$older REQUIRED" &&
        ! cmake_project v "$work/multi/usr" "$((major + 1)).0 REQUIRED"
}

cmake_refuses_another_size_of_pointers() {
    sed -i 's/NOT CMAKE_SIZEOF_VOID_P STREQUAL "[48]"/NOT CMAKE_SIZEOF_VOID_P STREQUAL "2"/' \
        "$work/inst/usr/lib/cmake/tlssocket/tlssocketConfigVersion.cmake" &&
        ! cmake_project size "$work/inst/usr" REQUIRED 2>"$work/size.err" && grep 'version: .*for pointers of' "$work/size.err"
}

libdir_holds_all_of_a_machine() { # and nothing else: what Debian's multiarch folders are for
    [ -f "$work/multi/usr/lib/$multiarch/libtlssocket.a" ] && [ "$(ls "$work/multi/usr/lib")" = "$multiarch" ] &&
        grep -qx "libdir=\${prefix}/lib/$multiarch" "$work/multi/usr/lib/$multiarch/pkgconfig/tlssocket.pc"
}

libdir_may_lie_outside_the_prefix() {
    install_in "$work/apart" PREFIX=/usr LIBDIR=/opt/lib && grep -qx 'libdir=/opt/lib' "$work/apart/opt/lib/pkgconfig/tlssocket.pc" &&
        grep -q 'tlssocket_PREFIX "/usr"' "$work/apart/opt/lib/cmake/tlssocket/tlssocketConfig.cmake" && [ ! -e "$work/apart/usr/lib" ]
}

if nm -D "$bin/caembed" | grep __asan >/dev/null; then SANITIZED=1; else SANITIZED=; fi
mkdir -m 755 "$work/inst"
multiarch=$(cc -print-multiarch) # the name is Debian's; CMake looks only into the machine's own
claim install_succeeds install_in "$work/inst" PREFIX=/usr
claim install_with_libdir_succeeds install_in "$work/multi" PREFIX=/usr "LIBDIR=/usr/lib/$multiarch"
claim installed_files_are_for_everybody modes
claim completions_are_installed completions_are_installed
claim pkg_config_has_the_version pkg_config_has_the_version
claim libdir_holds_all_of_a_machine libdir_holds_all_of_a_machine
claim libdir_may_lie_outside_the_prefix libdir_may_lie_outside_the_prefix
claim pkg_config_compiles_a_program pkg_config_compiles "$work/inst/usr/lib/pkgconfig"
claim cmake_compiles_a_program cmake_compiles plain "$work/inst/usr" REQUIRED
claim cmake_takes_another_folder cmake_takes_another_folder
claim cmake_goes_by_the_version cmake_goes_by_the_version
claim cmake_refuses_another_size_of_pointers cmake_refuses_another_size_of_pointers
for program in caembed mbed-config; do
    if [ -n "$SANITIZED" ]; then continue; fi
    claim "${program}_is_position_independent_and_bound_at_start" is_hardened "$work/inst/usr/bin/$program"
    claim "${program}_checks_string_functions" fortified "$work/inst/usr/bin/$program"
    claim "${program}_has_no_executable_stack" stack_is_not_executable "$work/inst/usr/bin/$program"
done
finish
