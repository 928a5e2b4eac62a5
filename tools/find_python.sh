#!/bin/sh
# Prints the usable Pythons of this machine, newest first, one of each minor version:
#
#     3.13.0 /path/to/python3.13
#
# Usable: it really runs (a pyenv shim of a version that is not activated does not), is 3.11 or
# newer, and can make virtual environments. Prints nothing and fails when there is none.
set -u

describe='
import sys
if sys.version_info >= (3, 11) and sys.version_info.releaselevel == "final":
    import ensurepip, venv
    print("%d.%d.%d" % sys.version_info[:3], sys.executable)
'

candidates() {
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        # Every directory of PATH, not only the first: a shim may hide a Python that runs.
        old_ifs=$IFS
        IFS=:
        for directory in $PATH; do
            IFS=$old_ifs
            [ -x "$directory/$name" ] && echo "$directory/$name"
        done
        IFS=$old_ifs
    done
    pyenv_root=${PYENV_ROOT:-$HOME/.pyenv}
    for path in "$pyenv_root"/versions/*/bin/python3; do
        [ -x "$path" ] && echo "$path"
    done
}

found=$(
    candidates | sort -u | while read -r path; do
        "$path" -c "$describe" 2>/dev/null </dev/null
    done | sort -t. -k1,1nr -k2,2nr -k3,3nr | awk '{ split($1, v, "."); if (!seen[v[1] "." v[2]]++) print }'
)

if [ -z "$found" ]; then
    echo "no Python 3.11 or newer with the venv module was found on this machine" >&2
    exit 1
fi
echo "$found"
