# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced first by every script: strict mode, the project's folder as the working folder, --help from the script's
# own header comment.
set -euo pipefail
script="$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)/$(basename "${BASH_SOURCE[1]}")"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Clones in different folders share what ccache holds.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

say() { printf '== %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "scripts/$(basename "$script")" "$1" >&2
  exit "${2:-1}"
}

case "${1:-}" in
  -h | --help)
    sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$script"
    exit 0
    ;;
esac
