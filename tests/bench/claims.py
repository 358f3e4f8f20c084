"""Claims and new streams, in process: synced before the answer, sealed by the edge, projections running."""
import postgres
from report import Row
from session import Session, median

#: A commit that places a claim, as it stands in the log.
COMMIT_BYTES = 350
LAG_MAX_S = 1.0


def appended(session: Session, commits: int) -> float:
    """Commits a second if each batch of so many were one append and one sync."""
    return commits * session.limit("append", session.folder, commits * COMMIT_BYTES, session.seconds / 3)


def note(found: list[dict], what: str) -> str:
    p50, p99 = (median([one[key] for one in found]) for key in ("p50_ms", "p99_ms"))
    lag = max(one["lag_s"] for one in found)
    late = "" if lag <= LAG_MAX_S else " (more than 1 s: the rate is not one that lasts)"
    return f"{what}; p50 {p50:.2f} ms, p99 {p99:.2f} ms; projections {lag:.2f} s behind at the end{late}"


def lasts(found: list[dict]) -> bool:
    return max(one["lag_s"] for one in found) <= LAG_MAX_S


def claim_hot(session: Session) -> list[Row]:
    peer = session.claims()
    found = session.alternate(
        ours=lambda: session.ours("bench_node", "claim-hot", "--seconds", session.seconds, "--in-flight", 64),
        one=peer and (lambda: peer.load(1, 1, session.seconds)),
        eight=peer and (lambda: peer.load(8, 1, session.seconds)),
        limit=lambda: appended(session, 64),
    )
    ours = median([one["rate"] for one in found["ours"]])
    peers = [median([load.rate for load in found[name]]) for name in ("one", "eight") if name in found]
    best = max(peers, default=None)
    row = Row("claim-hot", "claims/s", ours, best, "PostgreSQL, best of 1 and 8 clients", median(found["limit"]), "64 commits an fdatasync")
    met = None if best is None else row.ratio >= 25 and lasts(found["ours"])
    return [row._replace(goal="≥ 25×", met=met, note=note(found["ours"], "one product, 64 in flight, in process; the peer goes through a socket"))]


def claim_hot_placed(session: Session) -> list[Row]:
    def with_placed(count: int):
        words = ["claim-hot", "--seconds", session.seconds / 2, "--in-flight", 64, "--placed", count]
        return lambda: session.ours("bench_node", *words)["rate"]

    many = 20_000 if session.quick else 100_000
    found = session.alternate(many=with_placed(many), few=with_placed(10))
    row = Row("claim-hot-placed", "claims/s", median(found["many"]), median(found["few"]), "ours with 10 claims placed")
    return [row._replace(goal="≥ 0.8", met=row.ratio >= 0.8, note=f"the same with {many:,} claims placed before")]


def claim_spread(session: Session) -> list[Row]:
    peer = session.claims()
    found = session.alternate(
        ours=lambda: session.ours("bench_node", "claim-spread", "--seconds", session.seconds, "--in-flight", 1024),
        peer=peer and (lambda: peer.load(64, postgres.PRODUCTS, session.seconds)),
        limit=lambda: appended(session, 1024),
    )
    ours = median([one["rate"] for one in found["ours"]])
    theirs = median([load.rate for load in found.get("peer", [])])
    row = Row("claim-spread", "claims/s", ours, theirs, "PostgreSQL, 64 clients", median(found["limit"]), "1,024 commits an fdatasync")
    met = None if theirs is None else row.ratio >= 10 and lasts(found["ours"])
    return [row._replace(goal="≥ 10×", met=met, note=note(found["ours"], "10,000 products, 1,024 in flight, in process; the peer goes through a socket"))]


def append_new_streams(session: Session) -> list[Row]:
    peer = session.message_db()
    found = session.alternate(
        ours=lambda: session.ours("bench_node", "append-new-streams", "--seconds", session.seconds, "--in-flight", 64),
        peer=peer and (lambda: peer.load(64, session.seconds)),
        limit=lambda: appended(session, 64),
    )
    ours = median([one["rate"] for one in found["ours"]])
    theirs = median([load.rate for load in found.get("peer", [])])
    row = Row("append-new-streams", "streams/s", ours, theirs, "message-db, 64 clients", median(found["limit"]), "64 commits an fdatasync")
    met = None if theirs is None else row.ratio >= 15 and lasts(found["ours"])
    what = "a request submitted, a stream each, 64 in flight, in process; the peer goes through a socket"
    absent = session.why_absent.get("message-db", "")
    return [row._replace(goal="≥ 15×", met=met, note=note(found["ours"], what) + (f"; no peer: {absent}" if absent else ""))]


#: Which names a measurement answers.
MEASUREMENTS = {
    claim_hot: ["claim-hot"],
    claim_hot_placed: ["claim-hot-placed"],
    claim_spread: ["claim-spread"],
    append_new_streams: ["append-new-streams"],
}
