"""What a receipt costs in a long log."""
from report import Row
from session import Session, median

RECORDS = 10_000_000
RECORDS_QUICK = 1_000_000
P99_MS_MAX = 1


def receipt(session: Session) -> list[Row]:
    records = RECORDS_QUICK if session.quick else RECORDS
    found = session.alternate(ours=lambda: session.ours("bench_receipt", session.folder / "tree", "--records", records))
    middle, late = (median([one[name] for one in found["ours"]]) for name in ("p50_ms", "p99_ms"))
    note = f"p99; p50 {middle:.3f} ms: path under the newest checkpoint of {records:,} records, led to its root, as a file of {found['ours'][0]['bytes']:,} bytes"
    return [Row("receipt", "ms", late, goal=f"≤ {P99_MS_MAX}", met=late <= P99_MS_MAX, note=note)]


#: Which names a measurement answers.
MEASUREMENTS = {receipt: ["receipt"]}
