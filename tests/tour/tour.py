"""The tour's blocks, and how shown output is compared with real output."""
import re
import subprocess

BEGIN, END = "<!-- tour:begin -->", "<!-- tour:end -->"
MARK = "\x1e"


def blocks(markdown: str) -> list[list[tuple[str, list[str]]]]:
    """Each block: its commands, each with the lines it is shown to print."""
    inside = markdown[markdown.index(BEGIN) + len(BEGIN) : markdown.index(END)]
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```$", inside, flags=re.M | re.S):
        steps: list[tuple[str, list[str]]] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif line.startswith("> ") and steps and not steps[-1][1]:
                steps[-1] = (steps[-1][0] + "\n" + line[2:], [])
            elif steps:
                steps[-1][1].append(line)
            else:
                raise ValueError(f"output before the first command: {line}")
        found.append(steps)
    return found


def agrees(shown: list[str], real: list[str]) -> bool:
    """Whether `real` is what `shown` promises; nothing shown promises nothing."""
    if not shown:
        return True
    parts = []
    for line in shown:
        parts.append(r"(?:[^\n]*\n)*?" if line.strip() == "…" else ".*".join(re.escape(p) for p in line.rstrip().split("…")) + r"[ \t]*\n")
    return re.fullmatch("".join(parts), "".join(line + "\n" for line in real)) is not None


class Shell:
    """One Bash session: variables of one command are there for the next."""

    def __init__(self, directory: str, environment: dict[str, str]):
        self.process = subprocess.Popen(["bash", "--noprofile", "--norc"], cwd=directory, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command: str) -> tuple[int, list[str]]:
        """Exit status and lines of output. The command's own input is empty."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{{ {command}\n}} </dev/null; printf '\\n{MARK}%d\\n' $?\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(MARK):
                while lines and not lines[-1]:
                    lines.pop()
                return int(line[1:]), lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"the shell ended in: {command}")

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()
