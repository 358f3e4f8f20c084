"""The tracked files of this repository, and small scanners over their text."""
import functools
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPP = (".cpp", ".hpp")
TEXT = CPP + (".proto", ".py", ".ts", ".vue", ".js", ".sh", ".cmake", ".md", ".txt", ".yaml", ".json", "")


@functools.cache
def tracked() -> tuple[str, ...]:
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True).stdout
    return tuple(sorted(p for p in listed.decode().split("\0") if p and (ROOT / p).is_file()))


def files(*suffixes: str, under: str = "") -> list[str]:
    return [p for p in tracked() if p.startswith(under) and pathlib.PurePath(p).suffix in suffixes]


@functools.cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def code_only(source: str) -> str:
    """C++ with comments and the content of string and character literals blanked; line breaks stay."""

    def blank(match: re.Match) -> str:
        found = match.group(0)
        if found.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", found)
        return found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]

    pattern = r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\''
    return re.sub(pattern, blank, source, flags=re.S)


def includes(source: str) -> list[str]:
    """What a source includes: quoted ones as written, system ones in angle brackets."""
    return [a or f"<{b}>" for a, b in re.findall(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', source, flags=re.M)]


def layer_of(path: str) -> str | None:
    """The row of the layers' table that a path belongs to."""
    parts = pathlib.PurePath(path).parts
    if parts[0] == "api" and len(parts) > 2 and parts[1] in ("ports", "server", "cli"):
        return f"api_{parts[1]}"
    return parts[0] if parts[0] in ("domain", "eventstore", "projections", "adapters", "api", "tests") else None


def allowed_layers(cmake: str) -> dict[str, set[str]]:
    return {name: set(row.split()) for name, row in re.findall(r"^set\(PIONEER_ALLOWED_(\w+)\s+([^)]*)\)", cmake, flags=re.M)}


NOT_FUNCTIONS = ("if", "for", "while", "switch", "else", "do", "try", "catch", "namespace", "class", "struct", "enum", "union", "extern")


def functions(source: str) -> list[tuple[str, int, int]]:
    """(signature, its line, lines) of functions in formatted C++: bodies whose closing brace stands in column 0 or 2."""
    lines = code_only(source).split("\n")
    found, open_at = [], []
    for number, line in enumerate(lines):
        for brace in re.findall(r"[{}]", line):
            if brace == "{":
                open_at.append(number)
                continue
            start = open_at.pop() if open_at else number
            indent = len(line) - len(line.lstrip(" "))
            if start == number or indent not in (0, 2) or not line.lstrip().startswith("}"):
                continue
            first = start
            while first > 0 and (not lines[first].strip() or len(lines[first]) - len(lines[first].lstrip(" ")) > indent):
                first -= 1
            signature = " ".join(part.strip() for part in lines[first : start + 1])
            word = re.match(r"(?:\}\s*)?(\w+)", signature)
            if "(" in signature and signature.endswith("{") and not (word and word.group(1) in NOT_FUNCTIONS):
                found.append((signature, first + 1, number - first + 1))
    return found


class StyleTest(unittest.TestCase):
    """Collects findings and lets `allowed.txt` excuse some, each for its reason."""

    maxDiff = None

    def expect_none(self, rule: str, findings: list[tuple[str, str]]) -> None:
        """findings: (path, sentence)."""
        excused = {path for r, path, _ in allowances() if r == rule}
        needed = {path for path, _ in findings}
        left = [f"{path}: {sentence}" for path, sentence in findings if path not in excused]
        left += [f"tests/style/allowed.txt: nothing needs the entry {rule} | {path}" for path in sorted(excused - needed)]
        if left:
            self.fail(f"{rule}: {len(left)} findings\n" + "\n".join(left))


@functools.cache
def allowances() -> tuple[tuple[str, str, str], ...]:
    rows = []
    for line in text("tests/style/allowed.txt").splitlines():
        if line.strip() and not line.startswith("#"):
            rule, path, reason = (part.strip() for part in line.split("|", 2))
            rows.append((rule, path, reason))
    return tuple(rows)
