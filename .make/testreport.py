"""Reads the events of `go test -json` and prints what plain `go test` would: a
line a package and the output of what failed. Then a line for every skipped
test with its reason; their names go to the file named by the argument, for
.ci/run. The exit status is go test's own, through pipefail."""

import json
import sys

# What the suites of storage/storagetest run on: their parents are TestStores and
# TestImages.
STORES = {
    "oblik/storage/local": "SQLite and a folder",
    "oblik/storage/postgres": "PostgreSQL",
    "oblik/storage/s3": "an S3 server, alone and with PostgreSQL",
}

output, skipped, passed, failed = {}, [], 0, 0
suites = dict.fromkeys(STORES, 0)
for line in sys.stdin:
    try:
        event = json.loads(line)
        action = event["Action"]
    except (ValueError, KeyError, TypeError):
        print(line, end="", flush=True)  # not an event: a message of the go command
        continue
    test = event.get("Test")
    key = (event.get("Package"), test)
    if action == "build-output" or (action == "output" and test is None):
        if event["Output"] != "PASS\n":
            print(event["Output"], end="", flush=True)
    elif action == "output":
        output.setdefault(key, []).append(event["Output"])
    elif test is not None and action in ("pass", "fail", "skip"):
        lines = output.pop(key, [])
        passed += action == "pass"
        if key[0] in suites and test.startswith(("TestStores/", "TestImages")) and "/" in test:
            suites[key[0]] += action == "pass"
        failed += action == "fail"
        if action == "fail":
            print("".join(lines), end="", flush=True)
        elif action == "skip":
            told = [l.strip() for l in lines if not l.lstrip().startswith(("=== ", "--- "))]
            skipped.append((*key, " ".join(told) or "no reason given"))
    elif action == "fail":  # the package: what its unfinished tests said, as after a panic
        for unfinished in [k for k in output if k[0] == key[0]]:
            print("".join(output.pop(unfinished)), end="", flush=True)

print(f"== {passed} passed, {failed} failed, {len(skipped)} skipped")
for package, test, reason in skipped:
    print(f"   skipped {package} {test}: {reason}")
if any(suites.values()):
    counts = ", ".join(f"{suites[package]} on {store}" for package, store in STORES.items())
    left = [test for package, test, _ in skipped if package in STORES]
    print(f"== storage suites: {counts}; {len(left) or 'none'} skipped")
with open(sys.argv[1], "w", encoding="utf-8") as names:
    names.writelines(f"{test}\n" for _, test, _ in skipped)
