#!/bin/sh
# Names what this machine lacks in one line on stderr (exit 1), or prints the Python to use.
#
# PYTHON=...  use this interpreter and look for no other
set -u

MINIMUM_NODE=20
problems=""

add_problem() { problems="${problems:+$problems; }$1"; }

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

in_range() { case "$1" in 3.10 | 3.11 | 3.12) return 0 ;; *) return 1 ;; esac; }

# Debian ships venv without ensurepip; a virtual environment then has no pip.
can_make_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

find_python() {
    python="" without_venv="" out_of_range=""
    for candidate in ${PYTHON:+"$PYTHON"} ${PYTHON:-python3 python3.12 python3.11 python3.10}; do
        version=$(python_version "$candidate") || continue
        if ! in_range "$version"; then
            out_of_range=${out_of_range:-$version}
        elif ! can_make_venv "$candidate"; then
            without_venv=${without_venv:-$version}
        else
            python=$candidate
            return
        fi
    done
    if [ -n "$without_venv" ]; then
        add_problem "Python $without_venv lacks the venv module (on Debian and Ubuntu: apt install python3-venv)"
    else
        add_problem "needs Python 3.10, 3.11 or 3.12 (found ${out_of_range:-none}; PYTHON=... names another)"
    fi
}

check_node() {
    version=$(node --version 2>/dev/null) || version=""
    major=${version#v}
    major=${major%%.*}
    case "$major" in
        "" | *[!0-9]*) add_problem "needs Node.js $MINIMUM_NODE or newer (found none)" ;;
        *) [ "$major" -ge "$MINIMUM_NODE" ] || add_problem "needs Node.js $MINIMUM_NODE or newer (found $version)" ;;
    esac
    command -v npm >/dev/null 2>&1 || add_problem "needs npm"
}

# Elsewhere the pinned npm packages bring no binary, so the user's own Foundry serves.
check_foundry() {
    [ "$(uname -s)-$(uname -m)" = "Linux-x86_64" ] && return
    for tool in anvil forge; do
        command -v "$tool" >/dev/null 2>&1 || add_problem "needs $tool of Foundry on the PATH on $(uname -s) $(uname -m)"
    done
}

find_python
check_node
check_foundry
if [ -n "$problems" ]; then
    echo "World Markets cannot be set up: $problems." >&2
    exit 1
fi
echo "$python"
