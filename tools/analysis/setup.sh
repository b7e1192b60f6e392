#!/bin/sh
# Makes .venv-analysis from its lock file; does nothing where it is current.
#
# Slither and halmos want other versions than Ape, so they live apart from .venv, on its Python.
set -eu

cd "$(dirname "$0")/../.."
folder=.venv-analysis
lock=tools/analysis/requirements.lock

# A virtual environment holds absolute paths and belongs to one Python.
stamp() {
    { pwd; .venv/bin/python -c 'import sys; print(sys.version_info[:2])'; cat "$lock"; } | cksum
}

if ! [ -f "$folder/.installed" ] || [ "$(cat "$folder/.installed")" != "$(stamp)" ]; then
    echo "Setting up $folder (about half a minute)"
    rm -rf "$folder"
    .venv/bin/python -m venv "$folder"
    "$folder/bin/python" -m pip --disable-pip-version-check --quiet \
        install --no-deps --require-hashes -r "$lock"
    stamp >"$folder/.installed"
fi
