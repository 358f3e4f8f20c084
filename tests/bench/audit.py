"""What auditors wait for: a mirror verified and fetched, any instant looked at, what signing costs; and how much memory each command takes."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import time
import urllib.error
import urllib.request

import over_http
import programs
import stored
from report import Row
from session import ROOT, Session, median

MEMORY_MAX_MIB = 256
CONNECTIONS = 4
INTEROP = ROOT / "tests/interop/tessera"


def audited_city(session: Session) -> pathlib.Path:
    """A log of more than a million records where the run is not a quick one: 350 bytes each, about."""
    return stored.city(session, session.events)


def mirror(session: Session) -> pathlib.Path:
    def make() -> pathlib.Path:
        to = session.folder / "mirror"
        programs.run([session.binaries / "pioneer", "audit", "mirror", "--data", audited_city(session), "--to", to], cwd=session.folder)
        return to

    return session.once("mirror", make)


def size_of(mirrored: pathlib.Path) -> int:
    return int((mirrored / "checkpoint").read_text(encoding="utf-8").split("\n")[1])


def bytes_of(mirrored: pathlib.Path) -> int:
    return sum(file.stat().st_size for file in mirrored.rglob("*") if file.is_file())


def tessera(session: Session) -> pathlib.Path:
    """Its fsck, as a program: see tests/interop/tessera."""

    def make() -> pathlib.Path:
        if not shutil.which("go"):
            raise programs.Unavailable("Go is not installed: ops/setup")
        program = session.folder / "tessera"
        where = {"GOMODCACHE": str(ROOT / "build/go/modules"), "GOFLAGS": "-mod=readonly -modcacherw"}
        try:
            programs.run(["go", "build", "-o", program, "."], cwd=INTEROP, env={**os.environ, **where})
        except RuntimeError as error:
            raise programs.Unavailable(f"Tessera is not to be had: {error}") from error
        return program

    return session.once("Tessera", make)


def timed(command: list, session: Session) -> float:
    start = time.monotonic()
    programs.run(command, cwd=session.folder)
    return time.monotonic() - start


def audit_verify(session: Session) -> list[Row]:
    mirrored = mirror(session)
    entries, key = size_of(mirrored), (mirrored / "verifier").read_text(encoding="utf-8").strip()
    fsck = tessera(session)
    verify = [session.binaries / "pioneer", "audit", "verify", mirrored, "--json"]
    found = session.alternate(
        ours=lambda: entries / timed(verify, session),
        peer=fsck and (lambda: entries / timed([fsck, "fsck", key, mirrored, os.cpu_count()], session)),
        limit=lambda: session.limit("hash", 350, session.seconds / 3),
    )
    row = Row("audit-verify", "entries/s", median(found["ours"]), median(found.get("peer", [])), "Tessera's fsck", median(found["limit"]), "SHA-256 of leaf and node, one core")
    met = None if row.peer is None else row.ratio >= 2
    note = f"`pioneer audit verify` of {entries:,} entries from its start to its end, both cores; it checks each record, the chain, times and checkpoints too, the peer hashes alone"
    return [row._replace(goal="≥ 2×", met=met, note=note)]


@contextlib.contextmanager
def nginx(session: Session, root: pathlib.Path, port: int):
    settings = session.folder / "nginx.conf"
    settings.write_text(
        f"""worker_processes {os.cpu_count()}; daemon off; pid {session.folder}/nginx.pid; error_log {session.folder}/nginx.log; user root;
events {{ worker_connections 256; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/octet-stream;
  client_body_temp_path {session.folder}/nginx-body; proxy_temp_path {session.folder}/nginx-proxy; fastcgi_temp_path {session.folder}/nginx-fastcgi;
  uwsgi_temp_path {session.folder}/nginx-uwsgi; scgi_temp_path {session.folder}/nginx-scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
""",
        encoding="utf-8",
    )
    command = ["nginx", "-c", settings, "-e", session.folder / "nginx.log"]
    with programs.serving(command, session.folder / "nginx.out", lambda: programs.accepts(port)) as server:
        yield server


def curl_list(session: Session, mirrored: pathlib.Path, port: int, to: pathlib.Path) -> pathlib.Path:
    """What curl is to fetch, and into which files."""
    wanted = session.folder / "curl.list"
    names = sorted(file.relative_to(mirrored).as_posix() for file in mirrored.rglob("*") if file.is_file() and not file.is_relative_to(mirrored / "checkpoints"))
    wanted.write_text("".join(f'url = "http://127.0.0.1:{port}/{name}"\noutput = "{to}/{name}"\n' for name in names), encoding="utf-8")
    return wanted


def token(session: Session, folder: pathlib.Path, role: str) -> str:
    organisation = pathlib.Path(f"{folder}.notes").read_text(encoding="utf-8").split()[0]
    words = ["token", "create", "--data", folder, "--member", f"bench {role}", "--role", role, "--organisation", organisation]
    return programs.run([session.binaries / "pioneer", *words], cwd=session.folder).split()[-1]


def covered(port: int) -> int:
    try:
        return int(over_http.get(port, "/log/checkpoint").decode().split("\n")[1])
    except (OSError, urllib.error.URLError, IndexError):
        return 0


def until(holds, seconds_max: float, what: str) -> None:
    end = time.monotonic() + seconds_max
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {seconds_max:.0f} s")
        time.sleep(0.05)


def audit_mirror(session: Session) -> list[Row]:
    folder, mirrored = audited_city(session), mirror(session)
    auditor = token(session, folder, "auditor")
    ours_port, raw_port = programs.free_port(), programs.free_port()
    to = session.folder / "fetched"
    size = bytes_of(mirrored)

    def fresh(command: list) -> float:
        shutil.rmtree(to, ignore_errors=True)
        taken = timed(command, session)
        return bytes_of(to) / 2**20 / taken

    fetch = [session.binaries / "pioneer", "audit", "mirror", "--server", f"http://127.0.0.1:{ours_port}", "--token", auditor, "--to", to,
             "--connections", CONNECTIONS, "--json"]
    with contextlib.ExitStack() as open_:
        open_.enter_context(over_http.pioneerd(session, folder, ours_port))
        raw = None
        if shutil.which("nginx"):
            open_.enter_context(nginx(session, mirrored, raw_port))
            curl = ["curl", "--silent", "--fail", "--parallel", "--parallel-max", CONNECTIONS, "--create-dirs", "--config", curl_list(session, mirrored, raw_port, to)]
            raw = lambda: fresh(curl)  # noqa: E731
        until(lambda: covered(ours_port) >= size_of(mirrored), 120, "the checkpoint")
        found = session.alternate(ours=lambda: fresh(fetch), peer=raw)
    row = Row("audit-mirror", "MiB/s", median(found["ours"]), median(found.get("peer", [])), "the same files from nginx by curl")
    met = None if row.peer is None else row.ratio >= 0.5
    note = f"`pioneer audit mirror --server` into a new folder, {size / 2**20:.0f} MiB, {CONNECTIONS} connections, each file proven; the peer is raw HTTP file serving"
    return [row._replace(goal="≥ 0.5", met=met, note=note)]


def checkpoint_cost(session: Session) -> list[Row]:
    words = ["claim-hot", "--seconds", session.seconds, "--in-flight", 64]
    found = session.alternate(
        ours=lambda: session.ours("bench_node", *words, "--checkpoints")["rate"],
        peer=lambda: session.ours("bench_node", *words)["rate"],
        times=3,
    )
    row = Row("checkpoint-cost", "claims/s", median(found["ours"]), median(found["peer"]), "ours without checkpoints")
    return [row._replace(goal="≥ 0.9", met=row.ratio >= 0.9, note="claim-hot while the tree is followed and a checkpoint signed each second")]


def resident_max_mib(command: list, folder: pathlib.Path) -> float:
    """Of a command that ends well."""
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode != 0:
        raise RuntimeError(f"{command}: {said}")
    return used.ru_maxrss / 1024


def weighed(session: Session, events: int) -> tuple[int, dict[str, float]]:
    """Entries, and the MiB that each command of an auditor came to over them."""
    folder, mirrored = stored.city(session, events), session.folder / f"weighed-mirror-{events}"
    auditor, port = token(session, folder, "auditor"), programs.free_port()
    pioneer = session.binaries / "pioneer"
    found = {"mirror --data": resident_max_mib([pioneer, "audit", "mirror", "--data", folder, "--to", mirrored], session.folder)}
    size, middle = size_of(mirrored), size_of(mirrored) // 2  # in the middle are requests; members' tokens stand at the end
    receipt, archive, copy = (session.folder / f"weighed-{what}-{events}" for what in ("receipt", "evidence.zip", "copy"))
    with over_http.pioneerd(session, folder, port):
        until(lambda: covered(port) >= size, 120, "the checkpoint")
        server = ["--server", f"http://127.0.0.1:{port}", "--token", auditor]
        found["mirror --server"] = resident_max_mib([pioneer, "audit", "mirror", *server, "--to", copy], session.folder)
        found["receipt get"] = resident_max_mib([pioneer, "receipt", "get", middle, *server, "--to", receipt], session.folder)
    shutil.rmtree(copy, ignore_errors=True)
    organisation = pathlib.Path(f"{folder}.notes").read_text(encoding="utf-8").split()[0]
    for words in (["verify"], ["replay", "--scratch", session.folder], ["invariants"], ["rerun"], ["diff"], ["complete", "--kind", "request", "--organisation", organisation, "--subtree"],
                  ["why", f"organisation/{organisation}", "--json"], *(["why", asked, "--json", "--scratch", session.folder] for asked in ("request/", "product/", f"board/{organisation}")), ["policies", "--json"],
                  ["what-if", "--policy", ROOT / "ops/config/services.yaml", "--json"],
                  ["evidence", "--stream", "request/", "--from", str(max(0, middle - 1_000)), "--to", str(middle + 1_000), "--out", archive]):
        name = f"why {words[1].split('/')[0]}" if words[0] == "why" else words[0]
        found[name] = resident_max_mib([pioneer, "audit", words[0], mirrored, *words[1:]], session.folder)
    found["evidence-check"] = resident_max_mib([pioneer, "audit", "evidence-check", archive], session.folder)
    shutil.rmtree(mirrored, ignore_errors=True)
    return size, found


def audit_memory(session: Session) -> list[Row]:
    few, of_few = weighed(session, session.events // 10)
    many, of_many = weighed(session, session.events)
    each = ", ".join(f"{name} {mib:.0f} ({of_few[name]:.0f})" for name, mib in of_many.items())
    row = Row("audit-memory", "MiB", max(of_many.values()), max(of_few.values()), f"ours at {few:,} entries")
    note = f"most of any command of an auditor at {many:,} entries, and at {few:,}: {each}"
    return [row._replace(goal=f"≤ {MEMORY_MAX_MIB}", met=row.ours <= MEMORY_MAX_MIB, note=note)]


def asked(port: int, path: str, bearer: str) -> tuple[float, bytes]:
    start = time.monotonic()
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {bearer}"}), timeout=120) as answer:
        body = answer.read()
    return time.monotonic() - start, body


def as_of(session: Session) -> list[Row]:
    folder = stored.city(session, round(session.events / stored.EVENTS_A_REQUEST))
    bearer = token(session, folder, "auditor")
    organisation = pathlib.Path(f"{folder}.notes").read_text(encoding="utf-8").split()[0]
    kept = folder / "past/milestones"
    looks = 3 if session.quick else 15
    chance = random.Random(1)
    cold, warm = [], []

    def stands() -> int:
        return sum(1 for one in kept.iterdir() if one.name.isdigit()) if kept.is_dir() else 0

    port = programs.free_port()
    with over_http.pioneerd(session, folder, port):
        end = int(json.loads(over_http.get(port, "/readyz"))["position"])
        until(lambda: stands() >= min(end // 12_500, 40), 600, "milestones")
    port = programs.free_port()
    with over_http.pioneerd(session, folder, port):  # after a restart nothing is in memory
        for _ in range(looks):
            position = chance.randrange(end // 20, end)
            at = json.loads(asked(port, f"/api/v1/log?from={position}&limit=1", bearer)[1])["items"][0]["recordedAt"]
            path = f"/api/v1/boards/{organisation}?asOf={at}"
            cold.append(asked(port, path, bearer)[0])
            warm.append(min(asked(port, path, bearer)[0] for _ in range(3)))
    events = f"{session.events:,} events"
    return [
        Row("as-of-cold", "s", max(cold), goal="≤ 1", met=max(cold) <= 1, note=f"a board as of any instant in {events}, first asked for: the slowest of {looks}; in the middle {median(cold):.2f} s"),
        Row("as-of-warm", "ms", max(warm) * 1000, goal="≤ 50", met=max(warm) <= 0.05, note="the same instant again: the slowest"),
    ]


#: Which names a measurement answers.
MEASUREMENTS = {
    audit_verify: ["audit-verify"],
    audit_mirror: ["audit-mirror"],
    checkpoint_cost: ["checkpoint-cost"],
    audit_memory: ["audit-memory"],
    as_of: ["as-of-cold", "as-of-warm"],
}
