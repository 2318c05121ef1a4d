"""What is asked at one school, before and after a thousand other schools are put beside it: whatever speaks of one school or one person costs what it did."""

import json
import os
import re
import time
from collections import Counter
from datetime import date, timedelta
from statistics import median
from urllib.parse import urlencode

import fill
from load import Line, verdict

SCHOOLS = int(os.environ.get("ELSEWHERE_SCHOOLS", "1000"))
PEOPLE = int(os.environ.get("ELSEWHERE_PEOPLE", "20000"))  # at all of them
RECORDS = int(os.environ.get("ELSEWHERE_RECORDS", "10"))  # learning records of each
CALLS = int(os.environ.get("ELSEWHERE_CALLS", "30"))
GROWTH, SLACK = 1.5, 2.0  # a call may take so many times as long as before, and so many ms more
ROLES = ["headteacher", "teacher", "appraiser", "learning_lead", "learning_approver", "school_admin"]  # who asks: the first to whom it is answered with something; none leads more than a school
# they wait for what is to come, serve a browser, or are not about anybody
LEFT_OUT = re.compile(r"/stream$|^/(docs|health|openapi|problems|\.well-known|metrics)|\{token\}|^/v1/demo")


class Asked:
    """A call, by somebody."""

    def __init__(self, role, operation, path):
        self.role, self.operation, self.path = role, operation, path


class Catalogue:
    """Every operation of the contract that reads, and ids of the school to ask it about."""

    def __init__(self, scene):
        self.scene, self.lines = scene, {}
        paths = json.loads(scene.server.call("GET", "/openapi.json"))["paths"]
        self.reads = {path: item["get"] for path, item in sorted(paths.items()) if "get" in item and not LEFT_OUT.search(path)}
        self.ids, self.left = {}, []
        today = date.today()
        self.words = {
            "academic_year": today.year if today.month >= 9 else today.year - 1, "cycle_id": scene.cycle, "organisation_id": scene.schools[0],
            "person_id": scene.person, "employment_id": scene.employment, "from": today.isoformat(), "until": (today + timedelta(days=30)).isoformat(),
            "starts_on": today.isoformat(), "on": today.isoformat(), "days": 10,
        }

    def line(self, role):
        if role not in self.lines:
            self.lines[role] = Line(self.scene.server, self.scene.bearer(role))
        return self.lines[role]

    def answered(self, role, path):
        """What is answered, or nothing if it is not answered to this role."""
        try:
            return self.line(role).send("GET", path)
        except SystemExit:
            return None

    def query(self, operation):
        """What it must be told, and the school where it can be kept to one."""
        taken = {p["name"]: p.get("required", False) for p in operation.get("parameters", []) if p["in"] == "query"}
        wanted = {name: self.words[name] for name, needed in taken.items() if name in self.words and (needed or name == "organisation_id")}
        return f"?{urlencode(wanted)}" if wanted else ""

    def asked(self):
        """One call of each operation that can be asked: lists first, whose records the others are about."""
        found = []
        for path, operation in sorted(self.reads.items(), key=lambda of: of[0].count("{")):
            filled = self.filled(path)
            call = filled and self.first(operation, filled + self.query(operation), listed=path)
            if call:
                found.append(call)
            else:
                self.left.append(operation["operationId"])
        return found

    def filled(self, path):
        parts, ids = path.split("/"), {"organisations": self.scene.schools[0], "people": self.scene.person, "cycles": self.scene.cycle, "priorities": self.scene.priorities[0]}
        for i, part in enumerate(parts):
            if part.startswith("{"):
                known = ids.get(parts[i - 1]) or self.ids.get("/".join(parts[:i]))
                if known is None:
                    return None
                parts[i] = known
        return "/".join(parts)

    def first(self, operation, path, listed):
        """By the first role to whom there is something to tell, else by the first to whom it is answered."""
        empty = None
        for role in (role for role in ROLES if role in self.scene.logins):
            content = self.answered(role, path)
            if content is None:
                continue
            items = self.items(content)
            if items:
                self.ids.setdefault(listed, items[0].get("id"))
            if items is None or items:
                return Asked(role, operation["operationId"], path)
            empty = empty or Asked(role, operation["operationId"], path)
        return empty

    def items(self, content):
        try:
            told = json.loads(content)
        except ValueError:
            return None
        return told.get("items") if isinstance(told, dict) and isinstance(told.get("items"), list) else None


def took(scene, calls):
    """ms of each call at the median."""
    lines, out = {}, {}
    for call in calls:
        if call.role not in lines:
            lines[call.role] = Line(scene.server, scene.bearer(call.role))
        line = lines[call.role]

        def once():
            at = time.monotonic()
            line.send("GET", call.path)
            return (time.monotonic() - at) * 1000

        for _ in range(3):
            once()
        out[call.operation] = median(once() for _ in range(CALLS))
    return out


def measure(scene):
    kind = scene.database.kind
    print(f"\n{kind}: one school of the demo, before and after {PEOPLE:,} people at {SCHOOLS:,} other schools", flush=True)
    scene.start()
    catalogue = Catalogue(scene)
    calls = catalogue.asked()
    print(f"    {len(calls)} operations are asked, by {dict(Counter(c.role for c in calls))}; not asked, as there is nothing to ask them about: {', '.join(catalogue.left) or 'none'}", flush=True)
    if len(calls) < 100:
        raise SystemExit("so few operations that nothing was measured")
    before = took(scene, calls)
    scene.server.stop()
    scene.fill(fill.Many(people=PEOPLE, records=RECORDS, training=True, schools=SCHOOLS, own=0))
    scene.start()
    after = took(scene, calls)
    growth = {c.operation: after[c.operation] / before[c.operation] for c in calls}
    missed = []
    for call in sorted(calls, key=lambda c: -growth[c.operation]):
        name, was, now = call.operation, before[call.operation], after[call.operation]
        beyond = now > was * GROWTH + SLACK
        missed += [name] if beyond else []
        print(f"    {name:<44} {call.role:<14} {was:>8.2f} ms  {now:>8.2f} ms  {growth[name]:>7.2f} times{'  MISSED' if beyond else ''}", flush=True)
    value = f"{len(missed)} of {len(calls)} cost more" + (f": {', '.join(missed)}" if missed else f"; at the median {median(growth.values()):.2f} times")
    verdict(f"{kind}: one school beside {SCHOOLS:,} others", value, f"<= {GROWTH} times + {SLACK:.0f} ms, each", not missed)
