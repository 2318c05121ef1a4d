"""A database as big as a large trust's, with somebody to ask for it: the demo's people and many more."""

import base64
import json
import os
import time
from datetime import datetime, timezone
from urllib.parse import urlencode

import fill
from load import Route
from server import WORKERS, Server, trellis

PEOPLE = int(os.environ.get("PEOPLE", "10000"))  # five objectives and twenty learning records each
WRITERS = int(os.environ.get("WRITERS", "64"))  # connections that write


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def learned():
    return {"title": "Visit to a colleague's lesson", "kind": "learning_visit", "started_on": datetime.now(timezone.utc).date().isoformat(), "minutes": 50}


class Scene:
    def __init__(self, binaries, database, **many):
        """`many` is what fill.Many takes; without people the demo's are alone."""
        self.binaries, self.database = binaries, database
        demo = trellis(binaries, database.url, "--demo")
        guide = json.loads(demo.call("GET", "/v1/demo"))
        self.slug = guide["tenant"]
        self.logins = {login["role"]: login for login in guide["logins"]}
        self.key = next(k["key"] for k in guide["keys"] if k["organisation_ids"] is None and {"changes:read", "people:write", "cycles:write"} <= set(k["scopes"]))
        self.server = demo
        teacher = self.login("teacher")
        own = json.loads(demo.call("GET", f"/v1/objectives?person_id={teacher['person_id']}", token=teacher["access_token"]))["items"]
        template = max(own, key=lambda o: (o["inquiry"] is not None, len(o["success_criteria"]), len(o["standard_ids"])))
        organisations = self.all("/v1/organisations")
        self.trust = next(o["id"] for o in organisations if o["kind"] == "trust")
        # the teacher's school first: its headteacher lists what is there
        self.schools = sorted((o["id"] for o in organisations if o["kind"] == "school"), key=lambda id: id != template["organisation_id"])
        leader = self.login("trust_leader")["access_token"]
        of_trust = lambda path: [i["id"] for i in json.loads(demo.call("GET", path, token=leader))["items"] if i["organisation_id"] not in self.schools]
        self.priorities, self.requirements = of_trust("/v1/priorities?state=active&limit=200"), of_trust("/v1/training-requirements?state=published&limit=200")
        self.cycle = next(c["id"] for c in self.all("/v1/cycles") if c["state"] == "monitoring" and c["organisation_id"] == self.trust and "teacher" in c["staff_categories"])
        self.person, self.tenant, self.employment = teacher["person_id"], claims(teacher["access_token"])["tid"], template["employment_id"]
        self.head = self.logins["headteacher"]["person_id"]
        demo.stop()
        self.objectives, self.template = [template["id"]], template
        self.many = fill.Many(**{"people": PEOPLE} | many)
        if self.many.people:
            self.fill(self.many)

    def fill(self, many):
        """Puts as many beside the demo's people, while no server has the database open."""
        self.many, begun = many, time.monotonic()
        self.objectives = fill.fill(self, self.template, many) or self.objectives
        print(f"    filled with {many.people:,} people, {many.people * 5:,} objectives, {many.people * many.records:,} learning records in "
              f"{time.monotonic() - begun:.0f} s: {self.database.size():,.0f} MiB", flush=True)

    def start(self):
        self.server = trellis(self.binaries, self.database.url)

    def spent(self):
        return self.database.spent(self.server)

    def all(self, path):
        return json.loads(self.server.call("GET", path + "?limit=200", token=self.key))["items"]

    def login(self, role):
        login = self.logins[role]
        return json.loads(self.server.call("POST", "/v1/sessions", {"tenant": self.slug, "email": login["email"], "password": login["password"]}))

    def bearer(self, role):
        """Headers with a token of this login; a new one whenever the last is a few minutes old."""
        kept = {"at": float("-inf"), "headers": {}}

        def headers():
            if time.monotonic() - kept["at"] > 240:
                kept["at"], kept["headers"] = time.monotonic(), {"authorization": f"Bearer {self.login(role)['access_token']}"}
            return kept["headers"]

        return headers

    def by_key(self):
        return {"authorization": f"Bearer {self.key}"}

    def limits(self, url=None):
        facts = {"tenant": self.tenant, "person": self.person, "employment": self.employment}
        words = [word for name, value in facts.items() for word in (f"--{name}", value)]
        return Server([self.binaries / "trellis-bench", "--listen", "127.0.0.1:0", "--workers", str(WORKERS), "--database", url or self.database.url, *words])

    def static(self, limits, size):
        return Route(f"static answer of {size:,} bytes", limits, "GET", [f"/static/{size}"], database=self.database)

    def reading(self, name, paths, headers):
        return Route(name, self.server, "GET", paths, headers, database=self.database)

    def writing(self, name, path, headers, body):
        return Route(name, self.server, "POST", [path], headers, body, WRITERS, self.database)

    def get(self):
        return self.reading("get one objective", [f"/v1/objectives/{id}" for id in self.objectives], self.bearer("teacher"))

    def create(self):
        return self.writing("create an objective", "/v1/objectives", self.bearer("teacher"), self.draft())

    def draft(self):
        return {"employment_id": self.employment, "kind": "practice", "title": "Retrieval practice at the start of every lesson",
                "description": "Five low-stakes questions from last lesson, last week and last month, and a look at what Year 9 remember at half-term."}

    def more(self):
        """Routes that are reported without an aim."""
        headteacher, teacher = self.bearer("headteacher"), self.bearer("teacher")
        return [
            self.reading("list 50 objectives of a cycle, as headteacher", [f"/v1/objectives?{urlencode({'cycle_id': self.cycle, 'limit': 50})}"], headteacher),
            self.reading("list 50 objectives of one's own", [f"/v1/objectives?{urlencode({'person_id': self.person, 'limit': 50})}"], teacher),
            self.reading("list 50 learning records of a person", [f"/v1/learning-records?{urlencode({'person_id': self.person, 'limit': 50})}"], teacher),
            self.reading("the feed, 100 changes", ["/v1/changes?limit=100"], self.by_key),
            self.writing("log a learning record", "/v1/learning-records", teacher, {"employment_id": self.employment} | learned()),
        ]
