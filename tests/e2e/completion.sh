#!/usr/bin/env bash
# completion.sh -- what the completion scripts do in the real shells, by keystrokes
. "$(dirname "$0")/../lib.sh"

# In each shell `caembed` prints its arguments, so that what Tab made of the line is seen when it is entered.
mkdir -p "$work/functions" "$work/home" && cd "$work/home" || exit 1
touch hosts.txt
for shell in bash zsh fish; do "$bin/caembed" --completion "$shell" >"$work/caembed.$shell" || exit 1; done
cp "$work/caembed.zsh" "$work/functions/_caembed"

# begin SHELL: starts it, ready for what is typed
begin() {
    local shell ready
    case $1 in
    bash) shell='bash --norc --noprofile -i' ready="PS1='> '; caembed() { printf '<%s>' \"\$@\"; }; source $work/caembed.bash" ;;
    zsh)
        shell='zsh -f -i'
        ready="PS1='> '; fpath=($work/functions \$fpath); autoload -Uz compinit; compinit -u -D; caembed() { printf '<%s>' \"\$@\"; }"
        ;;
    fish) shell='fish --no-config -i' ready="function caembed; printf '<%s>' \$argv; end; source $work/caembed.fish" ;;
    esac
    rm -f "$work/keys" "$work/screen" && mkfifo "$work/keys"
    HOME=$work/home TERM=dumb script -qfc "$shell" "$work/screen" <"$work/keys" >/dev/null 2>&1 &
    pids+=($!)
    exec 5>"$work/keys"
    printf '%s; printf %%s rea; printf %%s dy\n' "$ready" >&5
    await ready
}

await() { # TEXT, on the screen within 20 seconds
    for _ in $(seq 400); do
        ! grep -qF -- "$1" "$work/screen" 2>/dev/null || return 0
        sleep 0.05
    done
    cat -v "$work/screen"
    return 1
}

completes() { # KEYS WANT: after these keys and Enter the shell prints WANT
    printf '%b\t\n' "$1" >&5 && await "$2"
}

for shell in bash zsh fish; do
    command -v "$shell" >/dev/null || { skip "$shell" 'it is not installed' && continue; }
    claim "${shell}_takes_the_script" begin "$shell"
    claim "${shell}_completes_an_option" completes 'caembed --keep-g' '<--keep-going>'
    claim "${shell}_completes_a_target" completes 'caembed --target mbed-c' '<mbed-ce>'
    claim "${shell}_completes_a_format_by_its_letter" completes 'caembed -f ardu' '<arduino>'
    claim "${shell}_completes_a_file" completes 'caembed --from hos' '<hosts.txt>'
    claim "${shell}_completes_a_profile" completes 'caembed --profile aws' '<aws-iot>'
    exec 5>&-
done
finish
