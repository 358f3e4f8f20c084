"""A city's generated weeks: every rule holds in them, and another policy judges them as this file recounts."""
import collections
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / folder) for folder in ("process", "fault")]
import forged_log  # noqa: E402
import pioneer  # noqa: E402

SERVICES = pioneer.ROOT / "ops/config/services.yaml"
STRICTER = {"accept_within": "5 min", "resolve_within": "6 h"}
# What happens in such a city; each kind must be among the decisions that are made again.
DECIDED = {"AdoptPolicy", "RegisterOrganisation", "RegisterMember", "GrantRole", "IssueToken", "ImportRequest", "SubmitRequest", "AcceptRequest",
           "AssignRequest", "ReportProgress", "ResolveRequest", "ConfirmRequest", "DisputeRequest", "RateRequest", "WithdrawRequest", "PassDeadline",
           "CreateProduct", "PublishProduct", "ChangeCapacity", "CancelProduct", "CompleteProduct", "PlaceClaim", "CancelClaim", "CheckIn",
           "CompleteClaim", "MarkNoShow", "RateClaim"}
IMPORTED = 200  # of the real requests: they have no clocks


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def minutes(text: str) -> datetime.timedelta:
    number, unit = text.split()
    return datetime.timedelta(**{{"min": "minutes", "h": "hours", "d": "days"}[unit]: int(number)})


class AuditDemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        files = cls.folder / "files"
        shutil.copytree(pioneer.ROOT / "ops/demo", files)
        rows = (files / "la311-2020-01.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (files / "la311-2020-01.csv").write_text("".join(rows[:IMPORTED + 1]), encoding="utf-8")
        pioneer.run("demo", str(cls.folder / "data"), "--days", "30", "--seed", "5", "--until", "2026-03-01T09:00:00Z", "--files", str(files))
        pioneer.run("--data", str(cls.folder / "data"), "audit", "mirror", "--to", str(cls.folder / "stick"))

    def audit(self, *arguments: str) -> dict:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", *arguments, "--json"], cwd=self.folder, text=True, capture_output=True,
                              timeout=250, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_every_rule_holds(self):
        told = self.audit("invariants", "stick")
        self.assertEqual((told["ok"], told["breaches"], told["counts"]), (True, [], {}))
        self.assertGreater(told["requests"], IMPORTED)
        self.assertGreater(told["products"], 5)

    def figure(self, *arguments: str, expect: int = 0) -> list:
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "why", "stick", *arguments, "--json"], cwd=self.folder, text=True,
                              capture_output=True, timeout=250, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()] or [{"error": done.stderr}]

    def test_a_figure_of_a_board_leads_to_the_requests_that_it_counts(self):
        at = "2026-02-12T03:00:00Z"
        board = json.loads(pioneer.run("--data", str(self.folder / "data"), "as-of", "board", "350206", "--at", at, "--json"))
        place = f"board/{board['organisation']['id']}"
        late = 0
        for column in board["columns"]:
            *requests, told = self.figure(f"{place}/{column['state']}", "--to", at)
            self.assertEqual(told["counted"], column["count"], column["state"])
            self.assertTrue({card["id"] for card in column["cards"]} <= {one["stream"].split("/")[1] for one in requests})
            self.assertEqual(sum(one["overdue"] for one in requests), column["overdue"])
            late += column["overdue"]
        self.assertGreater(late, 0)
        *requests, told = self.figure(f"{place}/overdue", "--to", at)
        self.assertEqual(told["counted"], late)
        self.assertIn("RequestDeadlinePassed", {one["events"] for one in requests}, "that made them late")
        *requests, _ = self.figure(f"{place}/closed_confirmed", "--to", at)
        self.assertEqual({one["events"] for one in requests}, {"RequestConfirmed"}, "not a rating, which came later")
        self.assertIn("no organisation", self.figure("board/nowhere", expect=1)[0]["error"])
        for wrong in (f"{place}/lost", f"{place}/overdue/accepted"):
            self.assertIn("A figure is board/", self.figure(wrong, expect=2)[0]["error"])
        self.assertEqual(list(self.folder.glob("replay*")), [], "nothing stays behind")

    def test_a_kind_is_told_in_groups_that_are_the_whole(self):
        """What bounds the memory: some streams at a time, each with a reading of the mirror."""
        for kind, at_once in (("request/", 700), ("product/", 100)):
            whole, grouped = self.audit("why", "stick", kind), self.audit("why", "stick", kind, "--entries-at-once", str(at_once))
            self.assertEqual(whole["groups"], 1)
            self.assertGreater(grouped["groups"], 2)
            self.assertGreater(len(whole["commits"]), 2 * at_once)
            position = lambda commit: (int(commit["position"]), commit["stream"])  # noqa: E731
            self.assertEqual(whole["commits"], sorted(grouped["commits"], key=position))
            self.assertEqual({commit["again"]["verdict"] for commit in grouped["commits"]}, {"same"})
            told = pioneer.run("audit", "why", str(self.folder / "stick"), kind, "--entries-at-once", str(at_once))
            self.assertTrue(told.startswith(f"In {grouped['groups']} groups of streams, each in the log's order:\n"), told[:100])

    def test_what_is_long_is_said_as_it_comes(self):
        """Nothing is gathered until the end: where the end cannot be read, what came before it is there, and it is no JSON that somebody could take
        for all."""
        torn, end = self.folder / "torn", self.folder / "end/tile/entries"
        shutil.copytree(self.folder / "stick", torn)
        end.mkdir(parents=True)
        bundles = (torn / "tile/entries").glob("[0-9]*[0-9]")  # the whole ones
        last = max(bundle for bundle in bundles if bundle.is_file() and b"RequestResolved" in bundle.read_bytes())
        shutil.copy(last, end)
        forged_log.rewrite_mirrored(self.folder / "end", b"RequestResolved", b"RequestDissolve")
        shutil.copy(end / last.name, last)
        done = subprocess.run([pioneer.BIN / "pioneer", "audit", "why", "torn", "request/", "--unproven", "--json"], cwd=self.folder, text=True,
                              capture_output=True, timeout=250, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("RequestDissolve", done.stderr)
        self.assertTrue(done.stdout.startswith('{"stream":"request/","commits":[{"position":'), done.stdout[:100])
        self.assertGreater(len(done.stdout), 1_000_000)
        with self.assertRaises(json.JSONDecodeError):
            json.loads(done.stdout)

    def test_every_decision_comes_out_the_same(self):
        told = self.audit("rerun", "stick")
        self.assertEqual((told["ok"], told["different"], told["missing"]), (True, [], {}))
        decisions = sum(int(n) for n in json.loads(pioneer.run("audit", "diff", str(self.folder / "stick"), "--json"))["counts"].values())
        self.assertGreater(decisions, told["same"], "a decision is an event or more")
        self.assertGreater(told["same"], 3000)
        kinds = {command for command, counts in told["commands"].items() if counts["same"] > 0}
        self.assertLessEqual(DECIDED, kinds)
        self.assertEqual(sum(counts["same"] for counts in told["commands"].values()), told["same"])

    def test_the_policy_that_was_in_force_changes_nothing(self):
        told = self.audit("what-if", "stick", "--policy", str(SERVICES))
        self.assertEqual((told["changes"], told["otherwise"], told["differences"], told["lacking"]), ({}, [], [], {}))
        self.assertGreater(told["requests"], 50)
        self.assertFalse(any(organisation["otherwise"] for organisation in told["organisations"]))

    def test_a_stricter_policy_judges_as_is_recounted_here(self):
        services = yaml.safe_load(SERVICES.read_text(encoding="utf-8"))
        for category in services["categories"]:
            category.update(STRICTER)
        services["confirm_within"] = "12 h"
        services["categories"] = [c for c in services["categories"] if c["code"] not in ("lift", "safety")]
        other = self.folder / "stricter.yaml"
        other.write_text(yaml.safe_dump(services, allow_unicode=True), encoding="utf-8")
        told = self.audit("what-if", "stick", "--policy", str(other))
        changes, lacking = self.recount({c["code"] for c in services["categories"]})
        self.assertEqual(told["changes"], changes)
        self.assertEqual(told["lacking"], lacking)
        self.assertGreater(sum(changes.values()), 20)
        self.assertEqual(len(told["otherwise"]) + told["more"], sum(changes.values()))
        self.assertTrue(any(organisation["otherwise"] for organisation in told["organisations"]))

    def recount(self, known: set[str]) -> tuple[dict, dict]:
        """From the log as `audit why` shows it, request by request."""
        lives = collections.defaultdict(list)
        last = None
        for commit in self.audit("why", "stick", "request/")["commits"]:
            for event in commit["events"]:
                lives[commit["stream"]].append((instant(commit["recordedAt"]), event["type"], event["data"], commit["rules"]))
        end = instant(json.loads(pioneer.run("audit", "verify", str(self.folder / "stick"), "--json"))["recordedAt"])
        changes, lacking = collections.Counter(), collections.Counter()
        measure = {"accept": minutes(STRICTER["accept_within"]), "resolve": minutes(STRICTER["resolve_within"]),
                   "confirm": minutes("12 h")}
        for life in lives.values():
            begun = [data for _, kind, data, _ in life if kind == "RequestSubmitted"]
            if not begun:
                continue
            unnamed = any("feedback_category" in rules for _, kind, _, rules in life if kind == "RequestSubmitted")
            if not unnamed and begun[0]["category"] not in known:
                lacking[begun[0]["category"]] += 1
                continue
            closed = False  # by the other policy's silence
            for place, (at, kind, data, _) in enumerate(life):
                if kind != "RequestDeadlineSet":
                    continue
                clock = data["kind"]
                how, ended = self.fate(clock, life[place + 1:])
                now = ended or end
                was = "late" if now >= instant(data["due"]) else how
                would = "late" if now >= at + measure[clock] else how
                if ended is None and clock == "confirm" and any(k == "RequestClosedUnconfirmed" for _, k, _, _ in life):
                    was, would = "late", "late"
                if not closed and was != would:
                    changes[f"{clock}: {was} → {would}"] += 1
                closed |= clock == "confirm" and would == "late" and how != "open"
        return dict(changes), dict(lacking)

    @staticmethod
    def fate(clock: str, later: list) -> tuple[str, datetime.datetime | None]:
        meets = {"accept": "RequestAccepted", "resolve": "RequestResolved", "confirm": "RequestConfirmed"}[clock]
        for at, kind, data, _ in later:
            if kind == meets:
                return "in_time", at
            if clock == "confirm" and kind == "RequestDisputed":
                return "disputed", at
            if kind == "RequestWithdrawn" or (kind == "RequestDeadlineSet" and data["kind"] == clock):
                return "dropped", at
        return "open", None


if __name__ == "__main__":
    unittest.main(verbosity=2)
