"""Measures Trellis against the limits of this machine. Run by `run`; README.md says what is compared and how to read it."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from statistics import median

import appraisal
import elsewhere
import insight
import nightly
import sync
from load import ROUNDS, SECONDS, VERDICTS, Route, alternate, failed, verdict
from scene import WRITERS, Scene
from server import CLEAN, WORKERS, Postgres, Server, Sqlite, status

APART = ["sync", "nightly", "appraisal", "insight", "elsewhere"]
PARTS = ["start", "sqlite-get", "sqlite-create", "sqlite-more", *(f"sqlite-{p}" for p in APART), "postgres-get", "postgres-more", *(f"postgres-{p}" for p in APART)]


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
        time.sleep(2)  # a second after it is ready, the server gives back what starting took
        return took, status(process.pid, "VmRSS")
    finally:
        process.terminate()
        process.wait()


def attempt(part, work):
    """A part that fails hides none of the others."""
    began = time.monotonic()
    try:
        work()
    except (Exception, SystemExit) as e:
        if not isinstance(e, SystemExit):
            traceback.print_exc()
        failed(part, e)
    else:
        print(f"    ({part}: {time.monotonic() - began:.0f} s)", flush=True)


def start(database, binaries):
    print("\nSQLite: start on this file", flush=True)
    starts = [first_answer(binaries, database.path) for _ in range(max(ROUNDS, 3))]
    slowest, largest = max(s for s, _ in starts), max(m for _, m in starts)
    verdict("exec to the first answered request", f"{median(s for s, _ in starts):.3f} s, slowest {slowest:.3f} s", "<= 0.2 s", median(s for s, _ in starts) <= 0.2)
    verdict("memory when idle", f"{largest:.1f} MiB", "<= 40 MiB", largest <= 40)


def get(scene, limits):
    if scene.database.kind == "PostgreSQL":
        raw = Route("the same statements by tokio-postgres", limits, "GET", [f"/raw/objectives/{id}" for id in scene.objectives], database=scene.database)
        return alternate("PostgreSQL: get one objective / raw tokio-postgres", [scene.get(), raw], raw, 0.6)
    token = scene.bearer("teacher")()["authorization"].split()[1]
    size = int(median(len(scene.server.call("GET", f"/v1/objectives/{id}", token=token)) for id in scene.objectives[:20]))
    static = scene.static(limits, size)
    alternate("SQLite: get one objective / static answer", [scene.get(), static], static, 0.35)


def create(scene, limits):
    pool = Route("the same by a pool with BEGIN IMMEDIATE", limits, "POST", ["/pool/objectives"], None, scene.draft(), WRITERS, scene.database)
    alternate("SQLite: create an objective with its event / pool", [scene.create(), pool], pool, 8)


def more(scene, _limits):
    if scene.database.kind == "PostgreSQL":
        return alternate("PostgreSQL: more (its log is not synchronised here)", [scene.create(), *scene.more()])
    alternate("SQLite: more", scene.more())


def together(kind, binaries, parts):
    """The parts that share a database."""
    database = kind(SCRATCH, "objectives")
    print(f"\n{database.kind}", flush=True)
    scene, beside = Scene(binaries, database), database.url
    if "start" in parts:
        attempt("start", lambda: start(database, binaries))
    if "sqlite-create" in parts:  # the pool writes to a copy
        copy = SCRATCH / "pool.db"
        for file in database.files():
            shutil.copy(file, f"{copy}{str(file).removeprefix(str(database.path))}")
        beside = f"sqlite:{copy}"
    if parts == ["start"]:
        return
    scene.start()
    limits = scene.limits(beside)
    for part in parts:
        if part != "start":
            attempt(part, lambda: globals()[part.split("-")[1]](scene, limits))
    print(f"\n    peak memory of the server: {status(scene.server.pid, 'VmHWM'):.0f} MiB", flush=True)
    scene.server.stop()
    limits.stop()
    database.drop()


def alone(kind, binaries, part):
    """A part of those in APART: it has databases of its own."""
    def scene_of(name, **many):
        return Scene(binaries, kind(SCRATCH, f"{part}-{name}"), **many)

    if part == "appraisal":
        return appraisal.measure(lambda name, people: scene_of(name, people=people, near=appraisal.STAFF, by_head=True))
    if part == "insight":
        return insight.measure(lambda name, people: scene_of(name, people=people, records=insight.RECORDS, near=insight.STAFF, training=True, talks=True))
    scene = scene_of("people", people=0)
    if part == "nightly":
        scene.start()
        nightly.measure(scene)
    elif part == "elsewhere":
        elsewhere.measure(scene)
    else:
        sync.measure(scene, SCRATCH)
    scene.server.stop()
    scene.database.drop()


def main():
    parts = sys.argv[2:] or PARTS
    if unknown := [p for p in parts if p not in PARTS]:
        raise SystemExit(f"parts are {', '.join(PARTS)}; not {', '.join(unknown)}")
    if sys.argv[1] == "--parts":  # only asks whether these are
        return
    binaries = Path(sys.argv[1])
    random.seed(1)
    print(f"{os.cpu_count()} cores shared by server, database and load; {WORKERS} workers; {ROUNDS} rounds of {SECONDS} s in turn, medians", flush=True)
    if "debug" in binaries.parts:
        print("THE PROGRAM IS UNOPTIMISED: these are no figures, only a trial of the measuring", flush=True)
    for kind in (Sqlite, Postgres):
        of_kind = [p for p in PARTS if p in parts and p.startswith("postgres") == (kind is Postgres)]
        shared = [p for p in of_kind if p.split("-")[-1] not in APART]
        groups = [(", ".join(shared), lambda: together(kind, binaries, shared))] if shared else []
        groups += [(p, lambda p=p: alone(kind, binaries, p.split("-")[1])) for p in of_kind if p not in shared]
        for part, work in groups:
            attempt(part, work)
            while Server.running:  # what a part that failed has left
                Server.running[-1].kill()
    if VERDICTS:
        print("\nIn short")
    for what, value, aim, word in VERDICTS:
        print(f"    {word:<18} {what}: {value} (aim {aim})")
    sys.exit(any(word != "holds" for *_, word in VERDICTS))


def stopped(*_):
    """Nothing is left behind, and no further part begins."""
    for server in Server.running:
        server.process.kill()
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os._exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stopped)
    with tempfile.TemporaryDirectory(prefix="trellis-bench.") as scratch:
        SCRATCH, tempfile.tempdir = Path(scratch), scratch
        main()
