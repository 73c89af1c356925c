"""Runs commands and tells what they cost. The other scripts here import it."""

import dataclasses
import os
import statistics
import subprocess
import time


@dataclasses.dataclass
class Cost:
    """What one run cost: seconds of the clock and of the processors, and the most memory it held, in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: list[str], folder: str | None = None) -> Cost:
    """Exit codes tell of findings; only a command that was killed is an error."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        raise SystemExit(f"{command[0]} was killed by signal {-process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turns(commands: list[list[str]], rounds: int, folder: str | None = None) -> list[list[Cost]]:
    """The costs of each command. All run in every round, so that a busy machine is busy for all of them."""
    for command in commands:
        run(command, folder)
    costs: list[list[Cost]] = [[] for _ in commands]
    for turn in range(rounds):
        order = range(len(commands)) if turn % 2 == 0 else reversed(range(len(commands)))
        for at in order:
            costs[at].append(run(commands[at], folder))
    return costs


def median(costs: list[Cost]) -> Cost:
    def of(name: str) -> float:
        return statistics.median(getattr(cost, name) for cost in costs)

    return Cost(of("wall"), of("cpu"), of("memory"))


def ratio(costs: list[Cost], others: list[Cost], name: str) -> float:
    """The median of what each round says, which outliers do not move."""
    pairs = zip(costs, others, strict=True)
    return statistics.median(getattr(cost, name) / max(getattr(other, name), 1e-6) for cost, other in pairs)


def row(label: str, cost: Cost) -> str:
    return f"{label:24} {1000 * cost.wall:9.1f} {1000 * cost.cpu:9.1f} {cost.memory:9.1f}"


HEAD = f"{'':24} {'wall ms':>9} {'cpu ms':>9} {'MB':>9}"
