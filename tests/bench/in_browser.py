"""What a browser shows: Chromium with a slowed processor or network, and Lighthouse, beside our own server. See tests/bench/web."""
import json
import os
import shutil

import programs
from report import Row
from session import ROOT, Session, say

HERE = ROOT / "tests/bench/web"
GOALS = {
    "web-board": ("≤ 100", lambda value: value <= 100),
    "web-market": ("≤ 100", lambda value: value <= 100),
    "web-cadres": ("≤ 1000", lambda value: value <= 1_000),
    "web-organisations": ("≤ 100", lambda value: value <= 100),
    "web-home": ("≤ 3000", lambda value: value <= 3_000),
    "lighthouse-performance": ("≥ 95", lambda value: value >= 95),
    "lighthouse-accessibility": ("100", lambda value: value == 100),
    "lighthouse-best-practices": ("≥ 95", lambda value: value >= 95),
}


def why_not(session: Session) -> str:
    """Empty when all is there that a browser needs."""
    if not (shutil.which("chromium") or os.environ.get("CHROMIUM")):
        return "chromium is not installed: ops/setup --web --browser"
    if not (ROOT / "build/web/index.html").exists() or not (ROOT / "api/web/node_modules").exists():
        return "there is no build/web: ops/web"
    if not (session.binaries / "pioneer").exists():
        return "pioneer is not built"
    return ""


def measured(session: Session, file: str, names: list[str]) -> list[Row]:
    reason = why_not(session)
    if reason:
        return [Row(name, "", None, note=reason) for name in names]
    figures = session.folder / f"{file}.jsonl"
    figures.touch()
    environment = os.environ | {"PIONEER_FIGURES": str(figures), "PIONEER_BIN": str(session.binaries)} | ({"PIONEER_QUICK": "1"} if session.quick else {})
    command = ["npx", "--no-install", "vitest", "run", "--config", "bench.config.ts", file]
    say(programs.run(command, seconds_max=1_800, cwd=ROOT / "api/web", env=environment))
    found = {one["name"]: one for one in map(json.loads, figures.read_text().splitlines())}
    rows = []
    for name in names:
        one = found.get(name)
        if one is None:
            rows.append(Row(name, "", None, note="not measured: npm ci --prefix tests/bench/web" if name.startswith("lighthouse") else "not measured"))
            continue
        goal, met = GOALS[name]
        rows.append(Row(name, one["unit"], one["value"], goal=goal, met=met(one["value"]), note=one.get("note", "")))
    return rows


def screens(session: Session) -> list[Row]:
    return measured(session, "screens", ["web-board", "web-market", "web-cadres"])


def organisations(session: Session) -> list[Row]:
    return measured(session, "organisations", ["web-organisations"])


def home(session: Session) -> list[Row]:
    if not (HERE / "node_modules").exists() and not why_not(session):
        programs.run(["npm", "ci", "--prefix", HERE, "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], cwd=ROOT)
    return measured(session, "home", ["web-home", "lighthouse-performance", "lighthouse-accessibility", "lighthouse-best-practices"])


#: Which names a measurement answers.
MEASUREMENTS = {
    screens: ["web-board", "web-market", "web-cadres"],
    organisations: ["web-organisations"],
    home: ["web-home", "lighthouse-performance", "lighthouse-accessibility", "lighthouse-best-practices"],
}
