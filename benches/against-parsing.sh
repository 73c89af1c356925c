#!/usr/bin/env bash
# CPU time of a whole run over one project against raw tree-sitter parsing of the files that it reads.
#
#   benches/against-parsing.sh PROJECT VERSIONS [ROUNDS]
#
# PROJECT is a directory, VERSIONS its folder of revision files (relative to PROJECT).
set -euo pipefail
cd "$(dirname "$0")/.."

project=$(realpath "$1") versions=$2 rounds=${3:-10}
cargo build --quiet --release --bin foreshot
cargo build --quiet --release -p project --example parse
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')

# The mean of user and system time of a command, in milliseconds.
cpu() {
    python3 - "$rounds" "$@" <<'PY'
import resource, subprocess, sys
rounds, command = int(sys.argv[1]), sys.argv[2:]
times = []
for _ in range(rounds):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
print(round(1000 * sorted(times)[len(times) // 2], 1))
PY
}

mapfile -t files < <(find "$project/$versions" -maxdepth 1 -name '*.py' | sort)
whole=$(cpu "$target/release/foreshot" schema --project "$project" --versions "$project/$versions" \
    --source-root "$project" --dialect postgresql)
parsing=$(cpu "$target/release/examples/parse" "${files[@]}")
echo "${#files[@]} revision files: schema $whole ms, parsing $parsing ms," \
    "ratio $(python3 -c "print(round($whole / $parsing, 2))")"
