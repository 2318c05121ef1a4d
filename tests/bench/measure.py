"""Measures Trellis against the limits of this machine. Run by `run`; README.md says what is compared and how to read it."""

import base64
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import figures
import fill
import sync

HERE = Path(__file__).resolve().parent
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = int(os.environ.get("SECONDS_PER_ROUND", "3"))
PEOPLE = int(os.environ.get("PEOPLE", "10000"))  # five objectives and twenty learning records each
WORKERS = int(os.environ.get("WORKERS", "2"))
READERS = int(os.environ.get("READERS", "32"))  # connections that read
WRITERS = int(os.environ.get("WRITERS", "64"))  # connections that write
NOISE = 0.15  # a limit whose rounds differ by more than this judges nothing
TICKS = os.sysconf("SC_CLK_TCK")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("TRELLIS_")}

PARTS = ["start", "sqlite-get", "sqlite-create", "sqlite-more", "sqlite-sync", "sqlite-figures", "postgres-get", "postgres-more", "postgres-sync", "postgres-figures"]
APART = {"sync", "figures"}  # parts that have a database of their own


class Server:
    """A process that serves, and says where on its first line."""

    def __init__(self, command, url_of):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=CLEAN, text=True)
        self.begun = time.monotonic()
        for line in self.process.stdout:
            if found := url_of(line):
                self.port = int(found.rsplit(":", 1)[1])
                return
        raise SystemExit(f"did not start: {' '.join(map(str, command))}")

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit("did not stop within 60 s")

    def call(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if body is not None:
            headers["content-type"], body = "application/json", json.dumps(body)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content


def address(line):
    words = [w.rstrip(",") for w in line.split() if w.startswith("http://127.0.0.1:")]
    return words[0] if words else None


def trellis(binaries, url, *more):
    return Server([binaries / "trellis", "serve", "--listen", "127.0.0.1:0", "--workers", str(WORKERS), "--database", url, *more], address)


def cpu(pid):
    """CPU seconds of a process so far."""
    after = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(after[11]) + int(after[12])) / TICKS


def backends(database):
    """PostgreSQL's processes that serve a database."""
    out = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                title = (path / "cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"postgres: ") and f" {database} ".encode() in title:
                out.append(int(path.name))
    return out


def status(pid, name):
    """A figure of /proc/PID/status in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"/proc/{pid}/status has no {name}")


class Route:
    """Something to send again and again."""

    def __init__(self, name, server, method, paths, headers=None, body=None, connections=READERS, database=None):
        self.name, self.server, self.method, self.connections, self.database = name, server, method, connections, database
        self.headers = headers or (lambda: {})
        folder = Path(tempfile.mkdtemp(dir=SCRATCH))
        self.paths = folder / "paths"
        self.paths.write_text("".join(f"{p}\n" for p in paths))
        self.body = "-"
        if body is not None:
            self.body = folder / "body"
            self.body.write_text(json.dumps(body))
        self.rounds = []

    def run(self, seconds, keep=True):
        headers = [word for pair in self.headers().items() for word in pair]
        if self.body != "-":
            headers += ["content-type", "application/json"]
        command = ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s", HERE / "load.lua", f"http://127.0.0.1:{self.server.port}"]
        spent = lambda: cpu(self.server.pid) + sum(cpu(p) for p in (backends(self.database) if self.database else []))
        before = spent()
        out = subprocess.run([*command, "--", self.method, self.paths, self.body, *headers], capture_output=True, text=True)
        used = spent() - before
        try:
            said = json.loads(out.stdout.strip().splitlines()[-1])
        except (IndexError, ValueError):
            raise SystemExit(f"wrk: {out.stdout} {out.stderr}")
        if said["requests"] == 0 or said["refused"] or said["broken"]:
            raise SystemExit(f"{self.name}: {said}; not every answer was a good one, so nothing was measured")
        if keep:
            self.rounds.append({"rate": said["requests"] / said["micros"] * 1e6, "cpu": used / said["requests"] * 1e6, "p50": said["p50"] / 1000, "p99": said["p99"] / 1000})

    def of(self, figure):
        return median(r[figure] for r in self.rounds)

    def spread(self):
        rates = [r["rate"] for r in self.rounds]
        return (max(rates) - min(rates)) / median(rates)


VERDICTS = []


def verdict(what, value, aim, holds, noisy=False):
    word = "NOISY, not judged" if noisy else "holds" if holds else "MISSED"
    VERDICTS.append((what, value, aim, word))
    print(f"    => {what}: {value} (aim {aim}): {word}", flush=True)


def alternate(title, routes, limit=None, aim=None):
    """Measures routes in turn. The first is judged by its ratio to `limit`, round by round."""
    print(f"\n{title}", flush=True)
    for route in routes:
        route.run(1, keep=False)
    for _ in range(ROUNDS):
        for route in routes:
            route.run(SECONDS)
    for route in routes:
        print(f"    {route.name:<58} {route.of('rate'):>9,.0f}/s  CPU {route.of('cpu'):>8.1f} us  p50 {route.of('p50'):>8.2f} ms  p99 {route.of('p99'):>8.2f} ms"
              f"  spread {route.spread() * 100:>3.0f} %", flush=True)
    if limit:
        ratios = [a["rate"] / b["rate"] for a, b in zip(routes[0].rounds, limit.rounds)]
        work = median(b["cpu"] / a["cpu"] for a, b in zip(routes[0].rounds, limit.rounds))
        value = f"{median(ratios):.2f} of requests/s, {work:.2f} by CPU per request"
        verdict(title, value, f">= {aim}", median(ratios) >= aim, noisy=limit.spread() > NOISE)


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Scene:
    """A database as big as a large trust's, with somebody to ask for it: the demo's people and many more."""

    def __init__(self, binaries, url, people=PEOPLE, records=20, aims=False):
        self.binaries, self.url = binaries, url
        demo = trellis(binaries, url, "--demo")
        guide = json.loads(demo.call("GET", "/v1/demo"))
        self.slug = guide["tenant"]
        self.logins = {login["role"]: login for login in guide["logins"]}
        self.key = next(k["key"] for k in guide["keys"] if k["organisation_ids"] is None and {"changes:read", "people:write"} <= set(k["scopes"]))
        self.server = demo
        teacher = self.login("teacher")
        own = json.loads(demo.call("GET", f"/v1/objectives?person_id={teacher['person_id']}", token=teacher["access_token"]))["items"]
        template = max(own, key=lambda o: (o["inquiry"] is not None, len(o["success_criteria"]), len(o["standard_ids"])))
        schools = [o["id"] for o in self.all("/v1/organisations") if o["kind"] == "school"]
        # the teacher's school first: its headteacher lists what is there
        schools.sort(key=lambda id: id != template["organisation_id"])
        self.schools, self.priorities, requirements = schools, [], []
        if aims:
            leader = self.login("trust_leader")["access_token"]
            of_trust = lambda path: [i["id"] for i in json.loads(demo.call("GET", path, token=leader))["items"] if i["organisation_id"] not in schools]
            self.priorities, requirements = of_trust("/v1/priorities?state=active&limit=200"), of_trust("/v1/training-requirements?state=published&limit=200")
        cycle = next(o["cycle_id"] for o in own if o["cycle_id"])
        self.person, self.session, self.account = teacher["person_id"], teacher["session_id"], claims(teacher["access_token"])["sub"]
        self.tenant, self.employment, self.cycle = claims(teacher["access_token"])["tid"], template["employment_id"], cycle
        demo.stop()
        self.objectives = [template["id"]]
        if people:
            begun = time.monotonic()
            self.objectives = fill.fill(url, self.tenant, template, schools, cycle, self.logins["headteacher"]["person_id"], people, records, self.priorities, requirements)
            print(f"    filled with {people:,} people, {people * 5:,} objectives, {people * records:,} learning records in {time.monotonic() - begun:.0f} s", flush=True)

    def start(self):
        self.server = trellis(self.binaries, self.url)

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

    def limits(self, url):
        facts = {"tenant": self.tenant, "session": self.session, "account": self.account, "person": self.person, "employment": self.employment}
        words = [word for name, value in facts.items() for word in (f"--{name}", value)]
        return Server([self.binaries / "trellis-bench", "--listen", "127.0.0.1:0", "--workers", str(WORKERS), "--database", url, *words], address)

    def get(self, database=None):
        return Route("get one objective", self.server, "GET", [f"/v1/objectives/{id}" for id in self.objectives], self.bearer("teacher"), database=database)

    def create(self, database=None):
        return Route("create an objective", self.server, "POST", ["/v1/objectives"], self.bearer("teacher"), self.draft(), WRITERS, database)

    def draft(self):
        return {"employment_id": self.employment, "kind": "practice", "title": "Retrieval practice at the start of every lesson",
                "description": "Five low-stakes questions from last lesson, last week and last month, and a look at what Year 9 remember at half-term."}

    def more(self, database=None):
        """Routes that are reported without an aim."""
        today = datetime.now(timezone.utc).date().isoformat()
        record = {"employment_id": self.employment, "title": "Visit to a colleague's lesson", "kind": "learning_visit", "started_on": today, "minutes": 50}
        headteacher, teacher = self.bearer("headteacher"), self.bearer("teacher")
        learning = f"/v1/learning-records?{urlencode({'person_id': self.person, 'limit': 50})}"
        return [
            Route("list 50 objectives of a cycle, as headteacher", self.server, "GET", [f"/v1/objectives?{urlencode({'cycle_id': self.cycle, 'limit': 50})}"], headteacher, database=database),
            Route("list 50 objectives of one's own", self.server, "GET", [f"/v1/objectives?{urlencode({'person_id': self.person, 'limit': 50})}"], teacher, database=database),
            Route("list 50 learning records of a person", self.server, "GET", [learning], teacher, database=database),
            Route("the feed, 100 changes", self.server, "GET", ["/v1/changes?limit=100"], lambda: {"authorization": f"Bearer {self.key}"}, database=database),
            Route("log a learning record", self.server, "POST", ["/v1/learning-records"], teacher, record, WRITERS, database),
        ]


def first_answer(binaries, path):
    """Seconds from exec to the first answered request, and MiB of memory when idle after it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    process = subprocess.Popen([binaries / "trellis", "serve", "--listen", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--database", f"sqlite:{path}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=CLEAN)
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as c:
                    c.sendall(b"GET /health HTTP/1.1\r\nhost: trellis\r\nconnection: close\r\n\r\n")
                    if c.recv(4096).startswith(b"HTTP/1.1 200"):
                        break
            except ConnectionRefusedError:
                time.sleep(0.001)
            if time.monotonic() - begun > 30:
                raise SystemExit("no answer within 30 s")
        took = time.monotonic() - begun
        time.sleep(1)
        return took, status(process.pid, "VmRSS")
    finally:
        process.terminate()
        process.wait()


def sqlite(binaries, parts):
    path = SCRATCH / "trellis.db"
    print("SQLite", flush=True)
    scene = Scene(binaries, f"sqlite:{path}")
    print(f"    the file is {path.stat().st_size / 2**20:.0f} MiB", flush=True)
    if "start" in parts:
        print("\nSQLite: start on this file", flush=True)
        starts = [first_answer(binaries, path) for _ in range(max(ROUNDS, 3))]
        slowest, largest = max(s for s, _ in starts), max(m for _, m in starts)
        verdict("exec to the first answered request", f"{median(s for s, _ in starts):.3f} s, slowest {slowest:.3f} s", "<= 0.2 s", median(s for s, _ in starts) <= 0.2)
        verdict("memory when idle", f"{largest:.1f} MiB", "<= 40 MiB", largest <= 40)
    copy = SCRATCH / "pool.db"
    for suffix in ("", "-wal"):
        if Path(f"{path}{suffix}").exists():
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    scene.start()
    limits = scene.limits(f"sqlite:{copy}")
    try:
        if "sqlite-get" in parts:
            token = scene.bearer("teacher")()["authorization"].split()[1]
            size = int(median(len(scene.server.call("GET", f"/v1/objectives/{id}", token=token)) for id in scene.objectives[:20]))
            static = Route(f"static answer of {size:,} bytes", limits, "GET", [f"/static/{size}"])
            alternate("SQLite: get one objective / static answer", [scene.get(), static], static, 0.35)
        if "sqlite-create" in parts:
            pool = Route("the same by a pool with BEGIN IMMEDIATE", limits, "POST", ["/pool/objectives"], None, scene.draft(), WRITERS)
            alternate("SQLite: create an objective with its event / pool", [scene.create(), pool], pool, 8)
        if "sqlite-more" in parts:
            alternate("SQLite: more", scene.more())
        print(f"\n    peak memory of the server: {status(scene.server.pid, 'VmHWM'):.0f} MiB", flush=True)
    finally:
        scene.server.stop()
        limits.stop()


def postgres(binaries, parts):
    print("\nPostgreSQL", flush=True)
    base, database = os.environ["TRELLIS_TEST_POSTGRES"], f"trellis_bench_{os.getpid()}"
    subprocess.run(["psql", "-qX", f"{base}/postgres", "-c", f"CREATE DATABASE {database}"], check=True)
    url = f"{base}/{database}"
    scene = Scene(binaries, url)
    scene.start()
    limits = scene.limits(url)
    try:
        if "postgres-get" in parts:
            raw = Route("the same statements by tokio-postgres", limits, "GET", [f"/raw/objectives/{id}" for id in scene.objectives], database=database)
            alternate("PostgreSQL: get one objective / raw tokio-postgres", [scene.get(database), raw], raw, 0.6)
        if "postgres-more" in parts:
            alternate("PostgreSQL: more (its log is not synchronised here)", [scene.create(database), *scene.more(database)])
        print(f"\n    peak memory of the server: {status(scene.server.pid, 'VmHWM'):.0f} MiB", flush=True)
    finally:
        scene.server.stop()
        limits.stop()


def in_step(kind, binaries, url, raw):
    """The parts about many people at once, among the demo's people alone."""
    scene = Scene(binaries, url, people=0)
    beside = raw()  # before anybody writes
    try:
        scene.start()
        school = sync.measure(kind, scene, beside)
        if sync.MOST:
            scene.server.stop()
            scene.start()
            sync.largest(kind, scene, school, status)
    finally:
        scene.server.stop()


def sqlite_sync(binaries):
    path = SCRATCH / "sync.db"
    in_step("SQLite", binaries, f"sqlite:{path}", lambda: sync.Sqlite(path))


def postgres_sync(binaries):
    base, database = os.environ["TRELLIS_TEST_POSTGRES"], f"trellis_sync_{os.getpid()}"
    subprocess.run(["psql", "-qX", f"{base}/postgres", "-c", f"CREATE DATABASE {database}"], check=True)
    in_step("PostgreSQL", binaries, f"{base}/{database}", lambda: sync.Postgres(base, database, SCRATCH))


def sqlite_figures(binaries):
    def scene_of(people):
        scene = Scene(binaries, f"sqlite:{SCRATCH / f'figures-{people}.db'}", people, figures.RECORDS, aims=True)
        scene.start()
        return scene, scene.server.stop

    figures.measure("SQLite", scene_of, lambda scene: lambda: cpu(scene.server.pid), verdict)


def postgres_figures(binaries):
    base = os.environ["TRELLIS_TEST_POSTGRES"]
    name = lambda people: f"trellis_figures_{os.getpid()}_{people}"

    def scene_of(people):
        subprocess.run(["psql", "-qX", f"{base}/postgres", "-c", f"CREATE DATABASE {name(people)}"], check=True)
        scene = Scene(binaries, f"{base}/{name(people)}", people, figures.RECORDS, aims=True)
        scene.database = name(people)
        scene.start()
        return scene, scene.server.stop

    figures.measure("PostgreSQL", scene_of, lambda scene: lambda: cpu(scene.server.pid) + sum(cpu(p) for p in backends(scene.database)), verdict)


def main():
    binaries, parts = Path(sys.argv[1]), sys.argv[2:] or PARTS
    if unknown := [p for p in parts if p not in PARTS]:
        raise SystemExit(f"parts are {', '.join(PARTS)}; not {', '.join(unknown)}")
    random.seed(1)
    print(f"{os.cpu_count()} cores shared by server, database and load; {WORKERS} workers; {ROUNDS} rounds of {SECONDS} s in turn, medians", flush=True)
    if "debug" in binaries.parts:
        print("THE PROGRAM IS UNOPTIMISED: these are no figures, only a trial of the measuring", flush=True)
    together = [p for p in parts if p.split("-")[-1] not in APART]
    if any(not p.startswith("postgres") for p in together):
        sqlite(binaries, parts)
    if any(p.startswith("postgres") for p in together):
        postgres(binaries, parts)
    for part in ("sqlite-sync", "postgres-sync", "sqlite-figures", "postgres-figures"):
        if part in parts:
            globals()[part.replace("-", "_")](binaries)
    if VERDICTS:
        print("\nIn short")
    for what, value, aim, word in VERDICTS:
        print(f"    {word:<18} {what}: {value} (aim {aim})")
    sys.exit(any(word != "holds" for *_, word in VERDICTS))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="trellis-bench.") as scratch:
        SCRATCH = Path(scratch)
        main()
