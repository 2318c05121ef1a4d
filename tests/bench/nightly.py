"""A night on which nothing changed: every school of a large trust sends all its staff, as every night."""

import json
import os
import time
from datetime import datetime, timezone
from statistics import median

from load import Line, verdict
from server import forget_peak, status

SCHOOLS = int(os.environ.get("NIGHTLY_SCHOOLS", "300"))
STAFF = int(os.environ.get("NIGHTLY_STAFF", "200"))  # of each
GROWTH = 1.15  # a row may cost so many times more among ten times as many people
NIGHTS = int(os.environ.get("NIGHTLY_NIGHTS", "3"))  # with nothing changed


def staff(school):
    """The rows of a school; what a night sends is the same but for the moment at which it was taken."""
    return [{"external_ref": {"source": "nightly", "id": f"{school}-{i}"}, "given_name": "Amara", "family_name": f"Bevan {i}", "email": f"nightly-{school}-{i}@bench.example",
             "employments": [{"job_title": "Teacher", "staff_category": "teacher", "starts_on": "2025-09-01"}]} for i in range(STAFF)]


def night(scene, schools, expected):
    """All these schools, one after the other over one connection; each row must meet the expected end."""
    line, now = Line(scene.server, scene.by_key), datetime.now(timezone.utc).isoformat()
    # made before the clock runs
    sent = [json.dumps({"organisation": {"id": id}, "source": "nightly", "taken_at": now, "rows": staff(n)}).encode() for n, id in schools]
    events, size = scene.database.value("SELECT max(number) FROM events"), scene.database.size()
    forget_peak(scene.server.pid)
    waits, spent, begun = [], scene.spent(), time.monotonic()
    for body in sent:
        at = time.monotonic()
        counts = line("POST", "/v1/syncs", body)["counts"]
        waits.append((time.monotonic() - at) * 1000)
        if counts[expected] != STAFF:
            raise SystemExit(f"a night ended otherwise: {counts}, not all {expected}")
    took, used = time.monotonic() - begun, scene.spent() - spent
    waits.sort()
    return {"people": len(schools) * STAFF, "seconds": took, "cpu": used, "events": scene.database.value("SELECT max(number) FROM events") - events,
            "p50": median(waits), "p99": waits[int(len(waits) * 0.99)], "peak": status(scene.server.pid, "VmHWM"), "grown": scene.database.size() - size}


def a_row(night):
    return night["cpu"] / night["people"] * 1e6


def told(what, night):
    print(f"    {what:<46} {night['people']:>6,} rows  {night['seconds']:>6.1f} s  {night['people'] / night['seconds']:>6,.0f}/s  CPU {night['cpu']:>6.1f} s, {a_row(night):>5,.0f} us a row"
          f"  {night['events']:>7,} events  a school p50 {night['p50']:>6.1f} ms  p99 {night['p99']:>6.1f} ms  peak {night['peak']:>4.0f} MiB  database + {night['grown']:.0f} MiB", flush=True)
    return night


def measure(scene):
    kind, line = scene.database.kind, Line(scene.server, scene.by_key)
    print(f"\n{kind}: {SCHOOLS:,} schools of {STAFF:,} staff send everybody", flush=True)
    schools = [(n, line("POST", "/v1/organisations", {"parent_id": scene.trust, "kind": "school", "name": f"School {n}", "phase": "primary"})["id"]) for n in range(SCHOOLS)]
    first = schools[: max(SCHOOLS // 10, 1)]
    told("the first night of a tenth, all new", night(scene, first, "created"))
    tenth = told("a night of these alone, nothing changed", night(scene, first, "unchanged"))
    told("the first night of the others", night(scene, schools[len(first):], "created"))
    scene.server.stop()
    scene.start()
    nights = [told(f"night {n + 1} of all, nothing changed", night(scene, schools, "unchanged")) for n in range(NIGHTS)]
    events = max(n["events"] for n in nights)
    verdict(f"{kind}: events of a night on which nothing changed", f"{events}, {median(n['cpu'] for n in nights):.1f} s of CPU for {SCHOOLS * STAFF:,} people", "0", events == 0)
    growth = median(a_row(n) for n in nights) / a_row(tenth)
    verdict(f"{kind}: a row of a night among ten times as many people", f"{growth:.2f} times the CPU", f"<= {GROWTH}", growth <= GROWTH)
