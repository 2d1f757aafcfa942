"""The table of statuses by operation, and what it must show."""

import collections
import json
import sys

EXAMPLES, GOOD = 200, 0.2  # of each operation: calls at least, and the part that is 2xx
OPERATIONS = 22


class Table:
    """Counts answers by operation, mode of generation and status."""

    def __init__(self):
        self._counts = collections.defaultdict(collections.Counter)

    def add(self, operation, mode, status):
        self._counts[operation][f"{mode} {status}"] += 1

    def write(self, path, callbacks):
        with open(path, "w") as file:
            json.dump({"operations": self._counts, "callbacks": callbacks}, file)


def main(path):
    """Prints the table and returns what is wrong with it."""
    with open(path) as file:
        data = json.load(file)
    wrong = []
    if len(data["operations"]) != OPERATIONS:
        wrong.append(f"{len(data['operations'])} operations of {OPERATIONS}")
    print(f"{'operation':26} {'calls':>6} {'2xx':>5}  status: calls that fit the schema + others")
    for name, counts in data["operations"].items():
        calls = sum(counts.values())
        by_status = collections.defaultdict(lambda: [0, 0])
        for key, n in counts.items():
            mode, status = key.split()
            by_status[status][mode != "positive"] += n
        good = sum(sum(n) for status, n in by_status.items() if status[0] == "2") / calls
        print(f"{name:26} {calls:6} {good:5.0%}  " + ", ".join(f"{s}: {a}+{b}" for s, (a, b) in sorted(by_status.items())))
        if calls < EXAMPLES:
            wrong.append(f"{name}: {calls} calls, {EXAMPLES} are asked for")
        if good < GOOD:
            wrong.append(f"{name}: {good:.0%} of 2xx, {GOOD:.0%} are asked for")
        if by_status["500"] != [0, 0]:
            wrong.append(f"{name}: an answer of 500")
    print("callbacks received:", ", ".join(f"{n} {name}" for name, n in sorted(data["callbacks"].items())))
    return wrong


if __name__ == "__main__":
    faults = main(sys.argv[1])
    print("\n".join(faults))
    sys.exit(bool(faults))
