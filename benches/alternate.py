#!/usr/bin/env python3
"""Times two commands in turns and compares them round by round.

    alternate.py [--rounds N] [--folder DIR] FIRST ... -- SECOND ...

    alternate.py target/release/foreshot check --project P --versions P/versions -- zdm P/versions
"""

import sys

import timing


def main() -> int:
    args, rounds, folder = sys.argv[1:], 20, None
    while args and args[0] in ("--rounds", "--folder"):
        option, value, *args = args
        if option == "--rounds":
            rounds = int(value)
        else:
            folder = value
    if "--" not in args:
        print(__doc__, file=sys.stderr)
        return 2
    at = args.index("--")
    commands = [args[:at], args[at + 1 :]]
    first, second = timing.in_turns(commands, rounds, folder)
    print(timing.HEAD)
    for name, costs in zip(("first", "second"), (first, second), strict=True):
        print(timing.row(name, timing.median(costs)))
    wall, cpu = (timing.ratio(first, second, name) for name in ("wall", "cpu"))
    print(f"first / second, median of {rounds} rounds: wall {wall:.2f}, cpu {cpu:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
