"""A school's system in step: many people at once, against one by one and against the database alone; and what others wait meanwhile."""

import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from load import Line, finished, verdict
from scene import learned
from server import status

SIZES = [int(n) for n in os.environ.get("SYNC_SIZES", "1000,10000").split(",")]
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SINGLES = int(os.environ.get("SYNC_SINGLES", "500"))  # people who are added one by one
MOST = int(os.environ.get("SYNC_MOST", "100000"))  # people of the one large file; 0 leaves it out
QUIET = float(os.environ.get("SYNC_QUIET", "5"))  # seconds that others are watched before it
PACE = 0.02  # each of the others begins so often
PEAK = 150  # MiB of the server while it takes the one large file
WAIT = 100  # ms that somebody else waits meanwhile, at p99
BATCH = int(os.environ.get("SYNC_BATCH", "50"))  # people in a transaction of the database alone; the server takes so many too


def staff(source, school, count):
    """A body for the bulk upsert."""
    rows = [{"external_ref": {"source": source, "id": str(i)}, "given_name": "Amara", "family_name": f"Bevan {i} {source}", "email": f"{source}-{i}@bench.example",
             "employments": [{"organisation": {"id": school}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2025-09-01"}]} for i in range(count)]
    return json.dumps({"rows": rows}).encode()


def bulk(line, body, expected):
    """Seconds until all rows have their result, and the counts. All of them must have met the expected end."""
    begun = time.monotonic()
    job = finished(line, line("POST", "/v1/people/bulk-upsert", body, prefer="respond-async"))
    took = time.monotonic() - begun
    if job["counts"][expected] != job["total"]:
        raise SystemExit(f"a bulk ended otherwise: {job}")
    return took


def one_by_one(line, source, school, count):
    """Seconds for people and their employments, each written by itself."""
    begun = time.monotonic()
    for i in range(count):
        person = line("POST", "/v1/people", {"given_name": "Amara", "family_name": f"Bevan {i} {source}", "email": f"{source}-{i}@bench.example",
                                             "external_refs": [{"source": source, "id": str(i)}]})
        line("POST", "/v1/employments", {"person_id": person["id"], "organisation_id": school, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2025-09-01"})
    return time.monotonic() - begun


def events_since(line, cursor):
    told = 0
    while True:
        page = line("GET", f"/v1/changes?after={cursor}")
        told, cursor = told + len(page["items"]), page["next_cursor"]
        if not page["has_more"]:
            return told, cursor


class Sqlite:
    """Puts the rows that a bulk wrote into a copy of the file as it was before: prepared INSERTs, `synchronous=FULL`."""

    def __init__(self, database, _scratch):
        self.path, self.copy = database.path, f"{database.path}-raw"
        with closing(sqlite3.connect(self.path)) as c, closing(sqlite3.connect(self.copy)) as copy:
            c.backup(copy)

    def last_event(self):
        with closing(sqlite3.connect(self.path)) as c:
            return c.execute("SELECT max(number) FROM events").fetchone()[0]

    def again(self, source, after, batch):
        with closing(sqlite3.connect(self.path)) as c:
            rows = {table: c.execute(f"SELECT * FROM {table} WHERE {which(source, after)[table]}").fetchall() for table in TABLES}
            names = {table: [column[1] for column in c.execute(f"PRAGMA table_info({table})")] for table in TABLES}
        shutil.copy(self.copy, f"{self.copy}.once")
        with closing(sqlite3.connect(f"{self.copy}.once", isolation_level=None)) as c:
            c.execute("PRAGMA journal_mode=WAL")
            c.execute("PRAGMA synchronous=FULL")
            c.execute("PRAGMA foreign_keys=ON")
            begun = time.monotonic()
            for part in parts(rows, batch):
                c.execute("BEGIN IMMEDIATE")
                for table, some in part:
                    c.executemany(f"INSERT INTO {table} ({', '.join(names[table])}) VALUES ({', '.join('?' * len(names[table]))})", some)
                c.execute("COMMIT")
            return time.monotonic() - begun


class Postgres:
    """The same with INSERTs of many rows by psql, on a copy of the database."""

    def __init__(self, database, scratch):
        self.database, self.copy, self.file = database, f"{database.name}_raw", Path(scratch) / "raw.sql"
        database.of_cluster(f"CREATE DATABASE {self.copy} TEMPLATE {database.name}")

    def last_event(self):
        return self.database.value("SELECT max(number) FROM events")

    def again(self, source, after, batch):
        rows, names = {}, {}
        for table in TABLES:
            names[table] = self.database.ask(self.database.url, f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position").split()
            values = ", ".join(f"quote_nullable({name}::text)" for name in names[table])
            rows[table] = self.database.ask(self.database.url, f"SELECT '(' || concat_ws(', ', {values}) || ')' FROM {table} WHERE {which(source, after)[table]}").splitlines()
        with self.file.open("w") as out:
            for part in parts(rows, batch):
                out.write("BEGIN;\n")
                for table, some in part:
                    out.write(f"INSERT INTO {table} ({', '.join(names[table])}) VALUES\n" + ",\n".join(some) + ";\n")
                out.write("COMMIT;\n")
        once = f"{self.copy}_once"
        self.database.of_cluster(f"DROP DATABASE IF EXISTS {once}")
        self.database.of_cluster(f"CREATE DATABASE {once} TEMPLATE {self.copy}")
        begun = time.monotonic()
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", f"{self.database.base}/{once}", "-f", self.file], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begun


TABLES = ["people", "external_refs", "employments", "events", "event_payloads"]  # parents first


def which(source, after):
    """The rows of one bulk, as a condition for each table, in the order in which they were made."""
    people = f"(SELECT person_id FROM external_refs WHERE source = '{source}')"
    order = {"people": "id", "external_refs": "person_id", "employments": "person_id", "events": "number", "event_payloads": "number"}
    condition = {"people": f"id IN {people}", "external_refs": f"source = '{source}'", "employments": f"person_id IN {people}",
                 "events": f"number > {after}", "event_payloads": f"number > {after}"}
    return {table: f"{condition[table]} ORDER BY {order[table]}" for table in TABLES}


def parts(rows, batch):
    """Transactions: of so many people each, with what belongs to them."""
    count = -(-len(rows["people"]) // batch)
    share = {table: -(-len(rows[table]) // count) for table in TABLES}
    return [[(table, rows[table][i * share[table] : (i + 1) * share[table]]) for table in TABLES if rows[table][i * share[table] :]] for i in range(count)]


class Watch(threading.Thread):
    """Somebody who does one thing again and again, begun at a steady pace, and notes how long each answer took."""

    def __init__(self, name, ready, act):
        super().__init__(daemon=True)
        self.name, self.ready, self.act, self.over, self.waits, self.broken = name, ready, act, threading.Event(), [], None

    def run(self):
        due = time.monotonic()
        try:
            while not self.over.is_set():
                self.ready()  # logging in is not what is measured
                begun = time.monotonic()
                self.act()
                self.waits.append(time.monotonic() - begun)
                due = max(due + PACE, time.monotonic())  # who waited does not hurry afterwards
                self.over.wait(due - time.monotonic())
        except (SystemExit, OSError, http.client.HTTPException) as e:
            self.broken = e

    def stop(self):
        self.over.set()
        self.join()
        if self.broken:
            raise SystemExit(f"{self.name}: {self.broken}")

    def waited(self, share):
        """Milliseconds within which so many had their answer."""
        waits = sorted(self.waits)
        return waits[min(len(waits) - 1, int(len(waits) * share))] * 1000

    def told(self):
        return f"p50 {self.waited(0.5):>7.1f} ms  p99 {self.waited(0.99):>7.1f} ms  slowest {self.waited(1):>7.1f} ms  ({len(self.waits):,} times)"


def others(scene):
    """A teacher who logs learning, and one who reads an objective."""
    teacher = scene.bearer("teacher")
    teacher()
    writing, reading = Line(scene.server, teacher), Line(scene.server, teacher)
    record = {"employment_id": scene.employment} | learned()
    return [Watch("logging a learning record", teacher, lambda: writing("POST", "/v1/learning-records", record)),
            Watch("reading an objective", teacher, lambda: reading("GET", f"/v1/objectives/{scene.objectives[0]}"))]


def watched(scene, what, work):
    """Others do their things while something else is done: what it came to, and what each of them waited at p99."""
    watches = others(scene)
    for watch in watches:
        watch.start()
    result = work()
    for watch in watches:
        watch.stop()
        print(f"    {what + ': ' + watch.name:<58} {watch.told()}", flush=True)
    return result, {watch.name: watch.waited(0.99) for watch in watches}


def say(what, count, seconds, beside=None):
    rate = median(count / s for s in seconds)
    spread = (max(seconds) - min(seconds)) / median(seconds) * 100
    ratio = f"  {rate / beside:>6.2f} of the bulk" if beside else ""
    print(f"    {what:<58} {rate:>9,.0f}/s  spread {spread:>3.0f} %{ratio}", flush=True)
    return rate


def measure(scene, scratch):
    """All of it, among the demo's people alone."""
    raw = (Postgres if scene.database.name else Sqlite)(scene.database, scratch)  # before anybody writes
    scene.start()
    school = of_many(scene.database.kind, scene, raw)
    if MOST:
        scene.server.stop()
        scene.start()
        largest(scene.database.kind, scene, school)


def of_many(kind, scene, raw):
    """Many people, on a server that was just started."""
    line = Line(scene.server, scene.by_key)
    school = next(o["id"] for o in scene.all("/v1/organisations") if o["kind"] == "school")
    for size in SIZES:
        print(f"\n{kind}: {size:,} people, each with an employment", flush=True)
        took = {"bulk": [], "again": [], "raw": []}
        for n in range(ROUNDS):
            source = f"bulk-{size}-{n}"
            body, before = staff(source, school, size), raw.last_event()
            took["bulk"].append(bulk(line, body, "created"))
            wrote = raw.last_event() - before
            took["again"].append(bulk(line, body, "unchanged"))
            left = raw.last_event() - before - wrote
            took["raw"].append(raw.again(source, before, BATCH))
        rate = say("bulk upsert, all new", size, took["bulk"])
        say("the same rows again, all unchanged", size, took["again"], rate)
        say(f"the rows that it wrote, put in by {BATCH} people a transaction", size, took["raw"], rate)
        print(f"    events of the last: {wrote:,}; of the same rows again: {left}", flush=True)
        if left:
            raise SystemExit("rows that changed nothing left events")
    if SINGLES:
        say(f"{SINGLES:,} people one by one, over one connection", SINGLES, [one_by_one(line, f"single-{n}", school, SINGLES) for n in range(ROUNDS)], rate)
    for include in ("", "&include=record"):
        begun, pages = time.monotonic(), max(ROUNDS, 3) * 5
        for _ in range(pages):
            if len(line("GET", f"/v1/changes?limit=1000{include}")["items"]) != 1000:
                raise SystemExit("the log is shorter than 1,000")
        took = (time.monotonic() - begun) / pages
        print(f"    {'the feed, 1,000 entries' + (', with records' if include else ''):<58} {took * 1000:>9,.1f} ms a page", flush=True)
    return school


def largest(kind, scene, school):
    """One file of very many, on a server that was just started: its memory, and what others wait."""
    print(f"\n{kind}: {MOST:,} people in one request, while others work", flush=True)
    line = Line(scene.server, scene.by_key)
    body = staff("largest", school, MOST)
    watched(scene, "before it", lambda: time.sleep(QUIET))
    idle = status(scene.server.pid, "VmHWM")
    took, waited = watched(scene, "during it", lambda: bulk(line, body, "created"))
    print(f"    {len(body) / 2**20:.0f} MiB of rows in {took:.1f} s: {MOST / took:,.0f}/s", flush=True)
    peak = status(scene.server.pid, "VmHWM")
    print(f"    peak memory of the server: {peak:.0f} MiB; {idle:.0f} MiB before it", flush=True)
    verdict(f"{kind}: peak memory of {MOST:,} people in one request", f"{peak:.0f} MiB", f"<= {PEAK} MiB", peak <= PEAK)
    for name, wait in waited.items():
        verdict(f"{kind}: {name} during a bulk of {MOST:,}", f"p99 {wait:.1f} ms", f"<= {WAIT} ms", wait <= WAIT)
