"""What a benchmark found, and how it is printed: a line of JSON, a table, the README's section."""
import json
import pathlib
import re
import typing

START, END = "<!-- bench:start -->", "<!-- bench:end -->"


class Row(typing.NamedTuple):
    """Absent numbers are None: there is no such peer or limit, or it could not be had here."""

    name: str
    unit: str
    ours: float | None
    peer: float | None = None
    peer_name: str = ""
    limit: float | None = None
    limit_name: str = ""
    goal: str = ""  # as the table shows it
    met: bool | None = None
    note: str = ""  # what else a reader must know: how it was measured, why a number is absent

    @property
    def ratio(self) -> float | None:
        """Ours to the peer's; where less is better, less than 1 is better."""
        return self.ours / self.peer if self.ours is not None and self.peer else None


def rounded(value: float | None) -> float | None:
    """Three digits that count; what is behind them is noise."""
    if value is None:
        return None
    number = float(f"{value:.3g}")
    return int(number) if number == int(number) else number


def json_line(row: Row) -> str:
    return json.dumps(
        {
            "name": row.name,
            "unit": row.unit,
            "ours": rounded(row.ours),
            "peer": rounded(row.peer),
            "peer_name": row.peer_name,
            "ratio": rounded(row.ratio),
            "limit": rounded(row.limit),
            "limit_name": row.limit_name,
        },
        ensure_ascii=False,
    )


def shown(value: float | None) -> str:
    number = rounded(value)
    return "–" if number is None else f"{number:,}"


HEAD = ["benchmark", "unit", "ours", "peer", "ratio", "goal", "limit of the machine"]


def cells(row: Row) -> list[str]:
    verdict = {True: " ✓", False: " ✗", None: ""}[row.met]
    return [
        row.name,
        row.unit,
        shown(row.ours),
        f"{shown(row.peer)} {row.peer_name}".strip() if row.peer_name else "–",
        "–" if row.ratio is None else f"{rounded(row.ratio):,}",
        (row.goal + verdict) or "–",
        f"{shown(row.limit)} {row.limit_name}" if row.limit_name else "–",
    ]


def table(rows: list[Row]) -> str:
    lines = [HEAD] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)
    notes = "".join(f"\n{row.name}: {row.note}" for row in rows if row.note)
    return text + ("\n" + notes if notes else "")


def markdown(rows: list[Row], where: str) -> str:
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    notes = "".join(f"\n- `{row.name}`: {row.note}" for row in rows if row.note)
    return f"{where}\n\n" + "\n".join(lines) + ("\n" + notes if notes else "")


def into_readme(path: pathlib.Path, text: str) -> None:
    """Puts the text between the two marks, which must be there once each."""
    old = path.read_text(encoding="utf-8")
    new, count = re.subn(f"{START}.*?{END}", lambda _: f"{START}\n{text}\n{END}", old, flags=re.S)
    if count != 1:
        raise ValueError(f"{path}: the marks {START} and {END} are not there once")
    path.write_text(new, encoding="utf-8")
