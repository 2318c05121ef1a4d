"""A process that serves, what it costs, and the database that it keeps its records in."""

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

WORKERS = int(os.environ.get("WORKERS", "2"))
TICKS = os.sysconf("SC_CLK_TCK")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("TRELLIS_")}


class Server:
    """A process that serves, and says where on its first line."""

    running = []

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=CLEAN, text=True)
        Server.running.append(self)
        for line in self.process.stdout:
            if found := address(line):
                self.port = int(found.rsplit(":", 1)[1])
                return
        raise SystemExit(f"did not start: {' '.join(map(str, command))}")

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        if self in Server.running:
            Server.running.remove(self)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit("did not stop within 60 s")

    def kill(self):
        Server.running.remove(self)
        self.process.kill()
        self.process.wait()

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
    return Server([binaries / "trellis", "serve", "--listen", "127.0.0.1:0", "--workers", str(WORKERS), "--database", url, *more])


def cpu(pid, of=(11, 12)):
    """CPU seconds of a process so far."""
    after = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(after[n]) for n in of) / TICKS


def cpu_of_ended(pid):
    """CPU seconds of the processes that a process began and that have ended."""
    return cpu(pid, of=(13, 14))


def status(pid, name):
    """A figure of /proc/PID/status in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"/proc/{pid}/status has no {name}")


def forget_peak(pid):
    """`VmHWM` counts from here."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


class Sqlite:
    """A file."""

    kind, name = "SQLite", None  # a server has no other process for it

    def __init__(self, folder, name):
        self.path = Path(folder) / f"{name}.db"
        self.url = f"sqlite:{self.path}"

    def spent(self, server):
        """CPU seconds of a server so far, with its database's."""
        return cpu(server.pid)

    def value(self, query):
        with closing(sqlite3.connect(self.path)) as c:
            return c.execute(query).fetchone()[0]

    def size(self):
        return sum(f.stat().st_size for f in self.files()) / 2**20

    def files(self):
        return [f for f in (Path(f"{self.path}{suffix}") for suffix in ("", "-wal", "-shm")) if f.exists()]

    def drop(self):
        for file in self.files():
            file.unlink()

    def log_statements(self):
        """SQLite tells nobody from outside what it is asked."""
        return False


class Postgres:
    """A database of the cluster that tests/tools/postgres has started."""

    kind = "PostgreSQL"

    def __init__(self, _folder, name):
        self.name = f"trellis_{re.sub('[^a-z0-9]', '_', name)}_{os.getpid()}"
        self.base = os.environ["TRELLIS_TEST_POSTGRES"]
        self.url = f"{self.base}/{self.name}"
        self.of_cluster(f"CREATE DATABASE {self.name}")
        self.data = Path(self.of_cluster("SHOW data_directory"))
        self.postmaster = int((self.data / "postmaster.pid").read_text().split()[0])

    def ask(self, url, query):
        asked = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", url, "-c", query], capture_output=True, text=True)
        if asked.returncode:
            raise SystemExit(f"psql: {asked.stderr}")
        return asked.stdout.strip()

    def of_cluster(self, query):
        return self.ask(f"{self.base}/postgres", query)

    def spent(self, server):
        """With the processes that serve the database, and those that helped one of them with a query and ended."""
        return cpu(server.pid) + sum(cpu(p) for p in backends(self.name)) + cpu_of_ended(self.postmaster)

    def value(self, query):
        return int(self.ask(self.url, query))

    def size(self):
        return int(self.of_cluster(f"SELECT pg_database_size('{self.name}')")) / 2**20

    def drop(self):
        self.of_cluster(f"DROP DATABASE {self.name} WITH (FORCE)")

    def log_statements(self, wanted=True):
        """Whether connections that are made from now on have each statement in the cluster's log, which lies beside its data."""
        self.of_cluster(f"ALTER DATABASE {self.name} {'SET' if wanted else 'RESET'} log_statement" + (" = 'all'" if wanted else ""))
        return True

    def log(self):
        return (self.data.parent / "server.log").read_text(errors="replace")


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
