"""What the fault tests share: a server that can be killed, people who write, and the ledger of what they were told."""

import atexit
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A setting that the server does not know would stop its start, so none of ours reaches it.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("TRELLIS_")}
PASSWORD = "a long enough password"
TENANT = "faults"


def binary():
    """The program under test: TRELLIS_BIN, or what cargo built last."""
    if named := os.environ.get("TRELLIS_BIN"):
        return Path(named)
    built = [p for p in (ROOT / "target/release/trellis", ROOT / "target/debug/trellis") if p.exists()]
    if not built:
        sys.exit("build trellis first, or say where it is in TRELLIS_BIN")
    return max(built, key=lambda p: p.stat().st_mtime)


def check(holds, what):
    """Ends the run, unless it holds. Not `assert`: that can be switched off."""
    if not holds:
        raise SystemExit(f"FAILED: {what}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def databases(name):
    """Where the server is to run, by the database's name: SQLite, and PostgreSQL where TRELLIS_TEST_POSTGRES names one."""
    kinds, base = {"SQLite": None}, os.environ.get("TRELLIS_TEST_POSTGRES")
    if base:
        name = f"trellis_{name}_{os.getpid()}"
        psql(f"{base}/postgres", f"CREATE DATABASE {name}")
        kinds["PostgreSQL"] = f"{base}/{name}"
    try:
        yield kinds
    finally:
        if base:
            psql(f"{base}/postgres", f"DROP DATABASE {name} WITH (FORCE)")


def psql(url, statement):
    """What PostgreSQL answers, past the server."""
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", url, "-c", statement], check=True, capture_output=True, text=True).stdout.strip()


class Server:
    """The server on one database and one port, for as many lives as it takes.

    `data` is where the SQLite file lies, `url` another database; `more` is set in its environment, `cpus` are the ones that it may use."""

    def __init__(self, folder, data=None, url=None, more=None, cpus=None):
        self.folder, self.port, self.process = Path(folder), free_port(), None
        self.url = url or f"sqlite:{Path(data or folder) / 'trellis.db'}"
        self.environment, self.cpus = {**CLEAN, **(more or {})}, cpus
        self.log = open(self.folder / "server.log", "ab")
        atexit.register(lambda: self.alive() and self.kill())  # also of a run that failed nothing is left

    def command(self, *words, stdin=None, fails=False):
        done = subprocess.run([binary(), *words, "--database", self.url], input=stdin, capture_output=True, text=True, env=CLEAN)
        check(fails or done.returncode == 0, f"trellis {' '.join(words)}: {done.stdout} {done.stderr}")
        return done.stdout

    def start(self):
        """Starts it; gives the seconds until it answered."""
        begun = time.monotonic()
        self.process = subprocess.Popen([binary(), "serve", "--listen", f"127.0.0.1:{self.port}", "--workers", "2", "--database", self.url],
                                        stdout=self.log, stderr=self.log, env=self.environment,
                                        preexec_fn=self.cpus and (lambda: os.sched_setaffinity(0, self.cpus)))
        while True:
            check(self.process.poll() is None, f"the server ended at its start:\n{self.tail()}")
            try:
                status, _, _ = self.call("GET", "/health", timeout=5)
                if status == 200:
                    return time.monotonic() - begun
            except OSError:
                pass
            check(time.monotonic() - begun < 60, f"the server does not answer:\n{self.tail()}")
            time.sleep(0.005)

    def tail(self):
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait()

    def stop(self):
        """SIGTERM; gives the exit code and the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(45), time.monotonic() - begun
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit(f"FAILED: the server did not stop within 45 s of SIGTERM\n{self.tail()}")

    def memory(self, which="VmRSS"):
        """MiB in use now; the most so far if it is `VmHWM`."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{which}:"):
                return int(line.split()[1]) / 1024
        raise SystemExit("FAILED: the server is gone")

    def call(self, method, path, body=None, token=None, headers=None, timeout=30):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as connection:
            return exchange(connection, method, path, body, token, headers)

    def ask(self, method, path, body=None, token=None):
        """The same, and it must go well."""
        status, _, content = self.call(method, path, body, token)
        check(status < 300, f"{method} {path}: {status} {content}")
        return content


def exchange(connection, method, path, body=None, token=None, headers=None, sent=lambda: None):
    headers = dict(headers or {})
    if token:
        headers["authorization"] = f"Bearer {token}"
    if body is not None:
        headers["content-type"], body = "application/json", json.dumps(body)
    connection.request(method, path, body, headers)
    sent()
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, answer.headers, json.loads(content) if content else None


class Person:
    """Somebody who logs learning."""

    def __init__(self, server, email):
        self.server, self.email = server, email
        tokens = self.log_in()
        self.id, self.token = tokens["person_id"], tokens["access_token"]

    def log_in(self):
        return self.server.ask("POST", "/v1/sessions", {"tenant": TENANT, "email": self.email, "password": PASSWORD})

    def records(self):
        """Everything that they logged, by title: how often, and under which ids."""
        found, cursor = {}, ""
        while True:
            page = self.server.ask("GET", f"/v1/learning-records?person_id={self.id}&limit=200{cursor}", token=self.token)
            for item in page["items"]:
                found.setdefault(item["title"], []).append(item["id"])
            if not page.get("next_cursor"):
                return found
            cursor = f"&cursor={page['next_cursor']}"


def populate(server, count):
    """A school with people who are employed there, on a server that is not the demo. Leaves the server running."""
    server.command("tenant", "create", "--slug", TENANT, "--name", "Fault Hill School", "--school")
    emails = [f"writer{n}@faults.example" for n in range(count)]
    for email, roles in [("hr@faults.example", ["--role", "hr", "--role", "school_admin"]), *((e, []) for e in emails)]:
        server.command("account", "create", "--tenant", TENANT, "--email", email, "--given-name", "Some", "--family-name", "Body", *roles, stdin=PASSWORD)
    server.start()
    hr = Person(server, "hr@faults.example")
    school = server.ask("GET", "/v1/organisations", token=hr.token)["items"][0]["id"]
    people = [Person(server, email) for email in emails]
    for person in people:
        server.ask("POST", "/v1/employments", {"person_id": person.id, "organisation_id": school, "job_title": "Teacher", "staff_category": "teacher",
                                               "starts_on": "2020-09-01"}, hr.token)
    return people


class Write:
    """One learning record, and what its writer was told about it."""

    def __init__(self, person):
        self.person, self.key = person, str(uuid.uuid4())
        self.body = {"title": f"Learning {self.key}", "kind": "reading", "started_on": datetime.now(timezone.utc).date().isoformat(), "minutes": 20}
        self.id = None  # once it was acknowledged

    @property
    def title(self):
        return self.body["title"]

    def send(self, connection, sent=lambda: None):
        """Gives the status; an acknowledgement goes into the ledger."""
        status, headers, content = exchange(connection, "POST", "/v1/learning-records", self.body, self.person.token, {"idempotency-key": self.key}, sent)
        if status == 503:
            check(headers["content-type"].startswith("application/problem+json") and content["code"] in ("busy", "unavailable") and headers["retry-after"],
                  f"a refusal that says too little: {dict(headers)} {content}")
        if status == 201:
            check(self.id in (None, content["id"]), f"one key was answered with two records: {self.id}, {content['id']}")
            self.id = content["id"]
        return status, headers.get("idempotency-replayed") == "true", content


class Load:
    """Clients that write until they are told to stop, and keep the ledger."""

    def __init__(self, server, people, clients):
        self.server, self.lock, self.ledger = server, threading.Lock(), []
        self.going, self.acknowledged, self.refused, self.in_flight, self.strange, self.broken = True, 0, 0, {}, [], []
        self.threads = [threading.Thread(target=self.client, args=(n, people[n % len(people)]), daemon=True) for n in range(clients)]

    def client(self, number, person):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        while self.going:
            write = Write(person)
            with self.lock:
                self.ledger.append(write)
            try:
                status, _, content = write.send(connection, lambda: self.in_flight.__setitem__(number, write))
                if status == 201:
                    with self.lock:
                        self.acknowledged += 1
                elif status == 503:
                    with self.lock:
                        self.refused += 1
                    time.sleep(0.01)
                else:
                    self.strange.append((status, content))
            except (OSError, http.client.HTTPException) as e:
                connection.close()
                self.broken.append((write, repr(e)))
                # gone, or about to go: whoever calls ends this load
                while self.going:
                    time.sleep(0.005)
            finally:
                self.in_flight.pop(number, None)
        connection.close()

    def start(self):
        for thread in self.threads:
            thread.start()

    def finish(self):
        self.going = False
        for thread in self.threads:
            thread.join(90)
            check(not thread.is_alive(), "a client got neither an answer nor an error")
        check(not self.strange, f"answers that nobody should get: {self.strange[:3]}")


def wait_until(holds, seconds, what):
    """Gives the seconds that it took."""
    begun = time.monotonic()
    while not holds():
        check(time.monotonic() - begun < seconds, f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return time.monotonic() - begun


def settle(server, people, ledger):
    """Compares the ledger with what is there; then sends again what nobody acknowledged, and compares once more.

    Gives how many of those had taken effect before, and how many took effect now."""
    compare(server, people, ledger)
    kept = made = 0
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        for write in ledger:
            if write.id is None:
                status, replayed, content = write.send(connection)
                check(status == 201, f"sent again, a write was answered {status} {content}")
                kept, made = kept + replayed, made + (not replayed)
        for write in ledger[-5:]:  # an acknowledged write sent again changes nothing and says the same
            status, replayed, content = write.send(connection)
            check((status, replayed) == (201, True), f"an acknowledged key, sent again: {status} replayed {replayed} {content}")
    compare(server, people, ledger)
    return kept, made


def compare(server, people, ledger):
    known = {write.title: write for write in ledger}
    there = {title: ids for person in people for title, ids in person.records().items()}
    for title, ids in there.items():
        check(title in known, f"a record that nobody sent: {title}")
        check(len(ids) == 1, f"written {len(ids)} times: {title}")
    lost = [write for write in ledger if write.id is not None and there.get(write.title) != [write.id]]
    check(not lost, f"{len(lost)} acknowledged writes are lost, such as {[w.title for w in lost[:3]]}")
