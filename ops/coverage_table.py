"""Prints a table of line coverage by folder from gcovr's JSON summary. usage: coverage_table.py SUMMARY.json"""
import collections
import json
import pathlib
import sys

FOLDER_PARTS = 2  # "adapters/segments", "api/node"


def by_folder(files: list[dict]) -> dict[str, tuple[int, int]]:
    """Folder → (lines reached, lines)."""
    lines: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    for file in files:
        folder = "/".join(pathlib.PurePath(file["filename"]).parent.parts[:FOLDER_PARTS])
        lines[folder][0] += file["line_covered"]
        lines[folder][1] += file["line_total"]
    return {folder: (reached, of) for folder, (reached, of) in sorted(lines.items()) if of}


def table(files: list[dict]) -> list[str]:
    folders = by_folder(files)
    folders["all"] = tuple(map(sum, zip(*folders.values()))) if folders else (0, 0)
    width = max(map(len, folders))
    return [f"{folder:<{width}}  {reached:>6} of {of:>6} lines  {100 * reached // max(of, 1):>3} %" for folder, (reached, of) in
            folders.items()]


if __name__ == "__main__":
    print("\n".join(table(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["files"])))
