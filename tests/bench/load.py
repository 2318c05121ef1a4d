"""Asking again and again: many at once by wrk, or one after the other; and what is judged of it."""

import http.client
import json
import os
import re
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from server import forget_peak, status

HERE = Path(__file__).resolve().parent
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = int(os.environ.get("SECONDS_PER_ROUND", "3"))
READERS = int(os.environ.get("READERS", "32"))  # connections that read
A_ROUND = float(os.environ.get("CALLS_SECONDS", "1"))  # of calls one after the other, so that CPU is more than a few ticks of the clock
NOISE = 0.15  # a limit whose rounds differ by more than this judges nothing


class Route:
    """Something to send again and again, over many connections."""

    def __init__(self, name, server, method, paths, headers=None, body=None, connections=READERS, database=None):
        self.name, self.server, self.method, self.connections, self.database = name, server, method, connections, database
        self.headers = headers or (lambda: {})
        folder = Path(tempfile.mkdtemp())
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
        before = self.database.spent(self.server)
        out = subprocess.run([*command, "--", self.method, self.paths, self.body, *headers], capture_output=True, text=True)
        used = self.database.spent(self.server) - before
        try:
            said = json.loads(out.stdout.strip().splitlines()[-1])
        except (IndexError, ValueError):
            raise SystemExit(f"wrk: {out.stdout} {out.stderr}")
        if keep and said["requests"] == 0 or said["refused"] or said["broken"]:
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


def failed(part, why):
    """A part that could not be measured: the others go on, and the run ends with 1."""
    VERDICTS.append((part, why, "to be measured", "FAILED"))
    print(f"    => {part} FAILED: {why}", flush=True)


def alternate(title, routes, limit=None, aim=None):
    """Measures routes in turn. With an aim the first is judged by its ratio to `limit`, round by round; without one ratios are told of each."""
    print(f"\n{title}", flush=True)
    for route in routes:
        route.run(1, keep=False)
    for _ in range(ROUNDS):
        for route in routes:
            route.run(SECONDS)
    ratio = lambda route: median(a["rate"] / b["rate"] for a, b in zip(route.rounds, limit.rounds))
    work = lambda route: median(b["cpu"] / a["cpu"] for a, b in zip(route.rounds, limit.rounds))
    for route in routes:
        beside = f"  {ratio(route):>5.3f} of the limit" if limit and not aim and route is not limit else ""
        print(f"    {route.name:<58} {route.of('rate'):>9,.0f}/s  CPU {route.of('cpu'):>8.1f} us  p50 {route.of('p50'):>8.2f} ms  p99 {route.of('p99'):>8.2f} ms"
              f"  spread {route.spread() * 100:>3.0f} %{beside}", flush=True)
    if limit and aim:
        value = f"{ratio(routes[0]):.2f} of requests/s, {work(routes[0]):.2f} by CPU per request"
        verdict(title, value, f">= {aim}", ratio(routes[0]) >= aim, noisy=limit.spread() > NOISE)


class Line:
    """One connection that is kept, as a script has it."""

    def __init__(self, server, headers):
        self.headers = headers
        self.to(server)

    def to(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)

    def send(self, method, path, body=None, **more):
        """What was answered, as it came."""
        headers = self.headers() | {name.replace("_", "-"): value for name, value in more.items()}
        if body is not None:
            headers["content-type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content

    def __call__(self, method, path, body=None, **more):
        return json.loads(self.send(method, path, body, **more))


def finished(line, job):
    """The job when it is done; followed as a script follows it."""
    while job["state"] in ("queued", "running"):
        time.sleep(0.02)
        job = line("GET", f"/v1/jobs/{job['id']}")
    if job["state"] != "completed" or job["counts"]["failed"]:
        raise SystemExit(f"a job ended otherwise: {job}")
    return job


class Cost:
    """Calls over one connection, one after the other: ms of each at the median and at the 99th of a hundred, CPU ms, and MiB of peak memory."""

    def __init__(self, scene, call):
        self.scene, self.call, self.took, self.cpu = scene, call, [], []
        forget_peak(scene.server.pid)
        call()  # warms

    def round(self):
        """For a second, and at least once."""
        calls, before, begun = 0, self.scene.spent(), time.monotonic()
        while calls == 0 or time.monotonic() - begun < A_ROUND:
            at = time.monotonic()
            self.call()
            self.took.append((time.monotonic() - at) * 1000)
            calls += 1
        self.cpu.append((self.scene.spent() - before) * 1000 / calls)

    def tell(self, name):
        p99 = sorted(self.took)[int(len(self.took) * 0.99)]
        print(f"    {name:<48} p50 {median(self.took):>8.1f} ms  p99 {p99:>8.1f} ms  CPU {median(self.cpu):>8.1f} ms  peak {status(self.scene.server.pid, 'VmHWM'):>4.0f} MiB"
              f"  ({len(self.took)} calls)", flush=True)


def growth(few, many):
    """How many times the CPU each call takes in the larger of two scenes whose servers run, each with what is asked of it by name. The two take turns, and the growth is the median of
    the rounds' ratios: what slows the machine slows both."""
    times = {}
    for name, call in few[1].items():
        costs = [Cost(few[0], call), Cost(many[0], many[1][name])]
        for _ in range(ROUNDS):
            for cost in costs:
                cost.round()
        print(f"    {name}", flush=True)
        for cost in costs:
            cost.tell(f"  of {cost.scene.many.people:,} people")
        times[name] = median(b / a for a, b in zip(*(cost.cpu for cost in costs)))
    print(f"\n{few[0].database.kind}: times the CPU in ten times as much: {', '.join(f'{name} {grown:.2f}' for name, grown in times.items())}", flush=True)
    return times


def statements(database, calls):
    """How many statements each call sends to the database, as its log tells of a server that was started to be logged."""
    found = {}
    for name, call in calls.items():
        call()  # prepares
        counts = []
        for _ in range(3):
            before = len(database.log())
            call()
            time.sleep(0.05)
            # a request keeps to one connection; what the server asks for itself meanwhile comes over another
            counts.append(max(Counter(re.findall(r"\[(\d+)\] LOG:  (?:execute|statement)\b", database.log()[before:])).values()))
        found[name] = min(counts)
    return found
