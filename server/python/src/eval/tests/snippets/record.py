"""Writes what CPython makes of each snippet behind it.

    python3.11 record.py *.txt

Snippets stand apart by empty lines and assign to `result`. Behind each comes a line `#=> ` with the repr of the result or
the class of the exception; `#=>? ` says that the evaluator may leave it unknown.
"""

import sys


def run(code):
    names = {"__name__": "snippet"}
    try:
        exec(compile(code, "snippet", "exec"), names)
    except Exception as error:
        return f"raises {type(error).__name__}"
    return repr(names["result"])


def record(path):
    with open(path, encoding="utf-8") as file:
        blocks = file.read().strip("\n").split("\n\n")
    out = []
    for block in blocks:
        lines = block.split("\n")
        mark = "#=>"
        if lines[-1].startswith("#=>"):
            mark = lines.pop().split(" ", 1)[0]
        code = "\n".join(lines) + "\n"
        out.append(f"{code}{mark} {run(code)}\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out))


for path in sys.argv[1:]:
    record(path)
