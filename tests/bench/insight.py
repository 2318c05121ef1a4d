"""What people and leaders ask of a large trust's learning: at one size and at ten times it, so that growth is seen."""

import json
import os
from datetime import date, timedelta
from urllib.parse import urlencode

from load import Line, growth, statements, verdict
from scene import learned

PEOPLE = int(os.environ.get("INSIGHT_PEOPLE", "10000"))
RECORDS = int(os.environ.get("RECORDS", "100"))  # learning records each: a million with the above
STAFF = int(os.environ.get("INSIGHT_STAFF", "1000"))  # of them at the headteacher's school, at both sizes
GROWTH = 1.15  # what looks at as many in a trust ten times as large may cost so many times the CPU
COUNTING = 11.5  # and counting ten times as many, so many times


def asked(scene):
    """What is asked: its name, the call, and whether it looks at as many in any trust or counts everybody."""
    of = lambda role: Line(scene.server, scene.bearer(role))
    leader, head, teacher = of("trust_leader"), of("headteacher"), of("teacher")
    today = date.today()
    year = today.year if today.month >= 9 else today.year - 1
    school = {"organisation_id": scene.schools[0], "as_of": today - timedelta(days=30)}
    get = lambda line, path, **query: lambda **more: line.send("GET", f"{path}?{urlencode(query)}" if query else path, **more)
    compliance = get(head, "/v1/training-compliance", **school)
    return [
        ("list 50 learning records of a person", get(teacher, "/v1/learning-records", person_id=scene.person, limit=50), "as many"),
        ("log a learning record", lambda: teacher.send("POST", "/v1/learning-records", {"employment_id": scene.employment} | learned()), "as many"),
        (f"compliance of {STAFF:,} people 30 days ago, a table", lambda: compliance(accept="text/csv"), "as many"),
        ("compliance, a page of 200 of them", get(head, "/v1/training-compliance", **school, limit=200), "as many"),
        ("compliance of the trust in figures, today", get(leader, "/v1/training-compliance/summary"), "all"),
        ("line of sight of a trust's priority", get(leader, f"/v1/priorities/{scene.priorities[0]}/line-of-sight"), "all"),
        ("learning share of the trust", get(leader, "/v1/learning-share", academic_year=year), "all"),
        ("fair access in the trust", get(leader, "/v1/fair-access", academic_year=year), "all"),
    ]


def found(scene):
    """That the answers speak of what was filled in: otherwise they are cheap for a reason."""
    calls = {name: call for name, call, _ in asked(scene)}
    sight = json.loads(calls["line of sight of a trust's priority"]())
    records = sum(row["figures"]["learning_records"] or 0 for row in sight["rows"])
    rows = calls[f"compliance of {STAFF:,} people 30 days ago, a table"]().count(b"\n")
    share = json.loads(calls["learning share of the trust"]())["all"]
    agreed, held = (share[name]["all"] or 0 for name in ("agreed_actions", "conversations"))
    print(f"    line of sight counts {records:,} records; the table of compliance has {rows:,} lines; the learning share is of {share['agreed'] or 0:,} objectives, {agreed:,} agreed actions and "
          f"{held:,} conversations", flush=True)
    expected = scene.many.people * RECORDS // (5 * len(scene.priorities)) // 2
    if records < expected or rows < scene.many.near * len(scene.requirements) or min(agreed, held) < scene.many.people:
        raise SystemExit("the figures do not hold what was filled in, so nothing was measured")


def sent(scene):
    """Statements of each call, where the database tells."""
    if not scene.database.log_statements():
        return None
    scene.start()
    counts = statements(scene.database, {name: call for name, call, _ in asked(scene)})
    print(f"    statements of {scene.many.people:,} people: {', '.join(f'{name} {n}' for name, n in counts.items())}", flush=True)
    scene.server.stop()
    return counts


def measure(scene_of):
    """Fills two databases, one a tenth of the other, and asks the same of both."""
    tenth, whole = scenes = scene_of("tenth", PEOPLE // 10), scene_of("all", PEOPLE)
    kind = whole.database.kind
    print(f"\n{kind}: trusts of {' and '.join(f'{s.many.people:,} people and {s.many.people * RECORDS:,} learning records' for s in scenes)}, one call after the other", flush=True)
    for scene in scenes:
        scene.start()
        found(scene)
    times = growth(*((scene, {name: call for name, call, _ in asked(scene)}) for scene in scenes))
    works = {name: work for name, _, work in asked(whole)}
    for scene in scenes:
        scene.server.stop()
    few, many = sent(tenth), sent(whole)
    for scene in scenes:
        scene.database.drop()
    for work, aim, what in (("as many", GROWTH, "as many in a trust ten times as large"), ("all", COUNTING, "counting ten times as many")):
        worst = max((name for name in times if works[name] == work), key=times.get)
        verdict(f"{kind}: {what} ({worst})", f"{times[worst]:.2f} times the CPU", f"<= {aim}", times[worst] <= aim)
    if many:
        other = [name for name, count in many.items() if count != few[name]]
        verdict(f"{kind}: statements in ten times as much", f"not as many: {', '.join(other) or 'none'}", "none", not other)
