#!/bin/sh
# Prints what is installed on this Mac, for `warrant discover`. Reads only; sends nothing; needs no rights.
#
#   sh macos.sh software    applications, as JSON from system_profiler (warrant keeps the names alone)
#   sh macos.sh brew        what Homebrew installed
#   sh macos.sh extensions  ids of the extensions of this user's browsers and editors, one a line
case "$1" in
software)
    system_profiler -json SPApplicationsDataType
    ;;
brew)
    brew list --versions
    ;;
extensions)
    support="$HOME/Library/Application Support"
    for folder in "$support"/*/*/Extensions/* "$support"/*/*/*/Extensions/*; do
        if [ -d "$folder" ]; then basename "$folder"; fi
    done | grep -E '^[a-p]{32}$' | sort -u
    for folder in "$HOME"/.vscode*/extensions/* "$HOME"/.cursor/extensions/* "$HOME"/.windsurf/extensions/*; do
        if [ -d "$folder" ]; then basename "$folder"; fi
    done | sed -E 's/-[0-9]+(\.[0-9]+)+.*$//' | sort -u
    ;;
*)
    echo "usage: sh macos.sh software | brew | extensions" >&2
    exit 2
    ;;
esac
