#!/bin/sh
# Makes .venv and node_modules from the lock files; does nothing where both are current.
set -eu

cd "$(dirname "$0")/.."
python=$(sh tools/preflight.sh)

# A virtual environment holds absolute paths, so a moved checkout needs a new one.
python_stamp() {
    { pwd; cat requirements-build.lock requirements.lock; } | cksum
}

version_of() { "$1" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null || echo none; }

# Any supported Python serves, unless PYTHON=... asks for one.
python_current() {
    current .venv/.installed "$(python_stamp)" || return 1
    [ -z "${PYTHON:-}" ] || [ "$(version_of .venv/bin/python)" = "$(version_of "$python")" ]
}

npm_stamp() {
    { uname -sm; cat package.json package-lock.json .npmrc; } | cksum
}

current() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

install_python() {
    echo "Setting up .venv with $("$python" --version) (about a minute)"
    rm -rf .venv
    "$python" -m venv .venv
    pip="python -m pip --disable-pip-version-check --quiet"
    .venv/bin/$pip install --no-deps --require-hashes -r requirements-build.lock
    # The few source packages build with the pinned setuptools just installed.
    .venv/bin/$pip install --no-deps --require-hashes --no-build-isolation -r requirements.lock
    .venv/bin/$pip install --no-deps --no-build-isolation --editable .
}

if ! python_current; then
    install_python
    python_stamp >.venv/.installed
fi

wanted=$(npm_stamp)
if ! current node_modules/.installed "$wanted"; then
    echo "Setting up node_modules"
    npm ci --ignore-scripts --loglevel=error
    echo "$wanted" >node_modules/.installed
fi
