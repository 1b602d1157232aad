"""What llvm-cov says, for people: a line for each folder, then the files that are least covered. Fails where one of
the layers is below so many percent. Arguments: a summary, the percentage."""
import collections
import json
import sys

LAYERS = ("transport", "rpc", "codegen")
N_FILES = 25


def main():
    summary, enough = sys.argv[1], float(sys.argv[2])
    with open(summary, encoding="utf-8") as f:
        files = json.load(f)["data"][0]["files"]
    counts = collections.defaultdict(lambda: [0, 0])
    worst = []
    for file in files:
        path = file["filename"].partition("/proc/self/cwd/")[2] or file["filename"]
        layer = path.partition("/")[0]
        if layer not in LAYERS or not path.endswith(".c") or path.endswith(".tern.c"):
            continue
        lines = file["summary"]["lines"]
        for name in (layer, path.rpartition("/")[0]):
            counts[name][0] += lines["covered"]
            counts[name][1] += lines["count"]
            if layer == path.rpartition("/")[0]:
                break
        worst.append((lines["count"] - lines["covered"], lines["percent"], path))
    for name, (covered, count) in sorted(counts.items()):
        print(f"{100 * covered / count:6.2f} %  {covered:6} of {count:6}  {name}")
    for missing, percent, path in sorted(worst, reverse=True)[:N_FILES]:
        print(f"{percent:6.2f} %  {missing:4} lines missing  {path}")
    missing = [name for name in LAYERS if counts[name][1] == 0 or 100 * counts[name][0] / counts[name][1] < enough]
    if missing:
        sys.exit(f"below {enough:.0f} %: {', '.join(missing)}")


main()
