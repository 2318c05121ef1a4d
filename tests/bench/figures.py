"""What leaders ask of a whole trust: figures over everybody, at one size and at ten times it, so that growth is seen."""

import http.client
import json
import os
import time
from datetime import date
from statistics import median

PEOPLE = int(os.environ.get("FIGURES_PEOPLE", "10000"))
RECORDS = int(os.environ.get("FIGURES_RECORDS", "100"))  # learning records each: a million with the above
CALLS = int(os.environ.get("FIGURES_CALLS", "7"))
GROWTH = 1.15  # a page of the same length may cost so many times more in ten times as much


def routes(scene):
    """What is asked: its name, who asks, the path, and whether its work is that of a page or of everybody counted."""
    token = lambda role: scene.login(role)["access_token"]
    leader, head, teacher = token("trust_leader"), token("headteacher"), token("teacher")
    today = date.today()
    year = today.year if today.month >= 9 else today.year - 1
    school = f"organisation_id={scene.schools[0]}"
    return [
        ("line of sight of a trust's priority", leader, f"/v1/priorities/{scene.priorities[0]}/line-of-sight", "all"),
        ("learning share of the trust", leader, f"/v1/learning-share?academic_year={year}", "all"),
        ("fair access in the trust", leader, f"/v1/fair-access?academic_year={year}", "all"),
        ("appraisal overview of a cycle", leader, f"/v1/appraisal-overview?cycle_id={scene.cycle}", "all"),
        ("training: figures of the trust, today", leader, f"/v1/training-compliance/summary?as_of={today}", "all"),
        ("training: a page of 200 of a school, today", head, f"/v1/training-compliance?{school}&as_of={today}&limit=200", "page"),
        ("my tasks, a headteacher", head, "/v1/me/tasks?limit=50", "page"),
        ("50 learning records of a person", teacher, f"/v1/learning-records?person_id={scene.person}&limit=50", "page"),
    ]


def ask(scene, spent):
    """For each route the median milliseconds of a call, and of CPU of server and database."""
    found = {}
    for name, token, path, kind in routes(scene):
        connection = http.client.HTTPConnection("127.0.0.1", scene.server.port, timeout=120)
        took, used = [], []
        for call in range(CALLS + 1):
            before, begun = spent(), time.monotonic()
            connection.request("GET", path, headers={"authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise SystemExit(f"GET {path}: {answer.status} {content[:500]!r}")
            json.loads(content)
            if call:  # the first one warms
                took.append((time.monotonic() - begun) * 1000)
                used.append((spent() - before) * 1000)
        connection.close()
        found[name] = (median(took), sum(used) / len(used), kind)
    return found


def measure(kind, scene_of, spent_of, verdict):
    """Fills two databases, one a tenth of the other, and asks the same of both."""
    both = []
    for people in (PEOPLE // 10, PEOPLE):
        scene, close = scene_of(people)
        try:
            both.append(ask(scene, spent_of(scene)))
        finally:
            close()
    print(f"\n{kind}: figures of a trust of {PEOPLE // 10:,} people and {PEOPLE // 10 * RECORDS:,} learning records, and of ten times as many; ms a call, CPU ms a call")
    for name, (took, used, work) in both[1].items():
        small, small_cpu, _ = both[0][name]
        growth = took / small if small else 0
        print(f"    {name:<46} {small:>9.1f} ms {small_cpu:>9.1f} CPU   {took:>9.1f} ms {used:>9.1f} CPU   {growth:>5.1f} times")
    pages = {name: took / both[0][name][0] for name, (took, _, work) in both[1].items() if work == "page"}
    worst = max(pages, key=pages.get)
    verdict(f"{kind}: a page in ten times as much ({worst})", f"{pages[worst]:.2f} times the time", f"<= {GROWTH}", pages[worst] <= GROWTH)
    counted = {name: took / both[0][name][0] for name, (took, _, work) in both[1].items() if work == "all"}
    worst = max(counted, key=counted.get)
    verdict(f"{kind}: counting ten times as many ({worst})", f"{counted[worst]:.1f} times the time", "<= 11.5", counted[worst] <= 11.5)
