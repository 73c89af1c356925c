#!/usr/bin/env bash
# A whole run over one project against raw tree-sitter parsing of the very files that it reads.
#
#   benches/against-parsing.sh PROJECT [ARGUMENT ...]
#
# PROJECT is a directory; the arguments go to `foreshot check`: --versions, --source-root, --dialect, ...
# ROUNDS=40 in the environment measures longer.
set -euo pipefail
cd "$(dirname "$0")/.."

project=$(realpath "$1")
shift
cargo build --quiet --release --bin foreshot
cargo build --quiet --release -p project --example parse
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
check=("$target/release/foreshot" check --no-cache --project "$project" "$@")

mapfile -t files < <({ "${check[@]}" -vv 2>&1 >/dev/null || true; } | sed -n 's/^ *DEBUG read \(.*\.py\)$/\1/p' | sort -u)
if [ "${#files[@]}" = 0 ]; then
    echo "no Python file was read" >&2
    exit 1
fi
echo "${#files[@]} files, $(cat "${files[@]}" | wc -c) bytes; first: foreshot check, second: parsing alone"
python3 benches/alternate.py --rounds "${ROUNDS:-20}" "${check[@]}" -- "$target/release/examples/parse" "${files[@]}"
