#!/bin/sh
# Prints what is installed on this Linux machine, for `warrant discover`. Reads only; sends nothing; needs no rights.
#
#   sh linux.sh software    names and versions of installed packages
#   sh linux.sh extensions  ids of the extensions of this user's browsers and editors, one a line
#
# Nothing in the output says who you are or what you did: no paths, no history, no settings.
case "$1" in
software)
    # the first of these that exists is this machine's package manager
    if command -v dpkg >/dev/null; then dpkg -l
    elif command -v rpm >/dev/null; then rpm -qa
    elif command -v pacman >/dev/null; then pacman -Q
    fi
    ;;
extensions)
    # each extension lies in a folder that is named by its id
    for folder in "$HOME"/.config/*/*/Extensions/* "$HOME"/.config/*/*/*/Extensions/* "$HOME"/snap/*/common/*/*/Extensions/*; do
        if [ -d "$folder" ]; then basename "$folder"; fi
    done | grep -E '^[a-p]{32}$' | sort -u
    # editors: publisher.name-version
    for folder in "$HOME"/.vscode*/extensions/* "$HOME"/.cursor/extensions/* "$HOME"/.windsurf/extensions/*; do
        if [ -d "$folder" ]; then basename "$folder"; fi
    done | sed -E 's/-[0-9]+(\.[0-9]+)+.*$//' | sort -u
    ;;
*)
    echo "usage: sh linux.sh software | extensions" >&2
    exit 2
    ;;
esac
