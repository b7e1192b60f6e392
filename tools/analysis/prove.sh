#!/bin/sh
# Proves what proofs/ states, with halmos on the optimised bytecode; `quick` leaves out the slow ones,
# any other argument is a pattern of contract names.
set -eu

cd "$(dirname "$0")/../.."
bin=$PWD/.venv-analysis/bin
if ! [ -x "$bin/halmos" ]; then
    echo "Proofs: left out, since halmos needs Python 3.11 or 3.12"
    exit 0
fi

contracts=${1:-'Proofs$'}
[ "$contracts" != quick ] || contracts='^(?!TickTree|SeasonWord).*Proofs$'

# Slots are packed from ids and not hashed, hence the generic layout. A panic of any kind is a
# failure, so no proof holds because the code under it reverts.
PATH=$bin:$PATH FOUNDRY_PROFILE=proofs halmos --match-contract "$contracts" \
    --forge-build-out build/proofs/out --storage-layout generic --panic-error-codes '*' \
    --solver yices --solver-timeout-assertion 300s --no-status
