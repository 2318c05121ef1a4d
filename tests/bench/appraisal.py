"""A cycle's appraisals: creating them for a whole trust, opening one with its agenda, and what a headteacher has to do."""

import os
import time

import fill
from load import Line, alternate, finished, growth, statements, verdict
from server import forget_peak, status

PEOPLE = int(os.environ.get("APPRAISAL_PEOPLE", "10000"))  # employments without an appraisal in the cycle
STAFF = int(os.environ.get("APPRAISAL_STAFF", "200"))  # of them at the headteacher's school, who appraises every other one
GROWTH = 1.15  # what looks at as many may cost so many times the CPU in a trust ten times as large
COUNTING = 11.5  # and what counts ten times as many, so many times
NEW, OVERVIEW = "a newcomer's agenda", "the overview for leaders"


def create(scene, expected):
    """Creates what is missing of the cycle's appraisals, on a server that was just started: what it costs, and the job."""
    token = scene.bearer("trust_admin")
    token()  # logging in leaves an event
    line = Line(scene.server, token)
    events = scene.database.value("SELECT max(number) FROM events")
    forget_peak(scene.server.pid)
    idle, before, begun = status(scene.server.pid, "VmHWM"), scene.spent(), time.monotonic()
    job = finished(line, line("POST", f"/v1/cycles/{scene.cycle}/create-appraisals", prefer="respond-async"))
    took, used = time.monotonic() - begun, scene.spent() - before
    if job["counts"]["created"] != expected:
        raise SystemExit(f"created {job['counts']}, not {expected:,}")
    return {"seconds": took, "cpu": used, "peak": status(scene.server.pid, "VmHWM"), "idle": idle,
            "events": scene.database.value("SELECT max(number) FROM events") - events, "counts": job["counts"]}


def told(what, cost, count):
    print(f"    {what:<46} {cost['seconds']:>7.1f} s  {count / cost['seconds']:>7,.0f}/s  CPU {cost['cpu']:>6.1f} s  {cost['events']:>7,} events"
          f"  peak {cost['peak']:>4.0f} MiB ({cost['idle']:.0f} before)", flush=True)
    return cost


def opened(scene):
    """What an appraiser opens: paths of their appraisals, and of the agendas of the conversations in them; the newcomer's apart."""
    line = Line(scene.server, scene.bearer("headteacher"))
    all = line("GET", f"/v1/conversations?partner_id={scene.head}&state=scheduled&limit=200")["items"]
    paths = [(f"/v1/appraisals/{c['appraisal_id']}", f"/v1/conversations/{c['id']}/agenda") for c in all if c["kind"] == "mid_cycle"]
    length = lambda path: len(line("GET", path)["items"])
    paths.sort(key=lambda both: length(both[1]))  # the newcomer has no objective and no learning, so the shortest agenda
    few, many = length(paths[0][1]), length(paths[-1][1])
    if many < few + 5:
        raise SystemExit(f"agendas of {few} and {many} items: nothing is compared")
    return line, paths, (few, many)


def stand(scene):
    """The appraisals of one size are created, and again; each has a conversation. The server runs on."""
    count = scene.many.people + 1  # the newcomer
    print(f"\n{scene.database.kind}: {count:,} employments without an appraisal in the cycle", flush=True)
    scene.start()
    each = told("creating their appraisals, as a job", create(scene, count), count)["cpu"] / count
    again = told("again, when all are there", create(scene, 0), count)["events"]
    scene.server.stop()
    fill.converse(scene)
    scene.start()
    return each, again


def asked(scene):
    """Who opens what, by name."""
    line, paths, _ = opened(scene)
    leader = Line(scene.server, scene.bearer("trust_leader"))
    get = lambda path, by=line: lambda: by.send("GET", path)
    return {"get an appraisal": get(paths[-1][0]), "its agenda": get(paths[-1][1]), NEW: get(paths[0][1]), "50 of a headteacher's tasks": get("/v1/me/tasks"),
            OVERVIEW: get(f"/v1/appraisal-overview?cycle_id={scene.cycle}", leader)}


def sent(scene):
    """Statements of each call, where the database tells."""
    scene.server.stop()
    counts = None
    if scene.database.log_statements():
        scene.start()
        counts = statements(scene.database, asked(scene))
        print(f"    statements of {scene.many.people:,} people: {', '.join(f'{name} {n}' for name, n in counts.items())}", flush=True)
        scene.server.stop()
        scene.database.log_statements(False)
    return counts


def measure(scene_of):
    """At a tenth too, so that growth is seen; then the large one is opened by many."""
    tenth, whole = scenes = scene_of("tenth", PEOPLE // 10), scene_of("all", PEOPLE)
    kind = whole.database.kind
    (few, _), (many, again) = (stand(scene) for scene in scenes)
    verdict(f"{kind}: an appraisal among ten times as many that are created", f"{many / few:.2f} times the CPU", f"<= {GROWTH}", many / few <= GROWTH)
    verdict(f"{kind}: events of creating them again", f"{again}", "0", again == 0)
    print(f"\n{kind}: one call after the other", flush=True)
    times = growth(*((scene, asked(scene)) for scene in scenes))
    counting = times.pop(OVERVIEW)
    worst = max(times, key=times.get)
    verdict(f"{kind}: opening one in a trust ten times as large ({worst})", f"{times[worst]:.2f} times the CPU", f"<= {GROWTH}", times[worst] <= GROWTH)
    verdict(f"{kind}: {OVERVIEW} of ten times as many", f"{counting:.1f} times the CPU", f"<= {COUNTING}", counting <= COUNTING)
    in_tenth, counts = (sent(scene) for scene in scenes)
    if counts:
        verdict(f"{kind}: statements of an agenda", f"{counts['its agenda']}", f"a newcomer's: {counts[NEW]}", counts["its agenda"] == counts[NEW])
        verdict(f"{kind}: statements in a tenth", f"{list(in_tenth.values())}", f"{list(counts.values())}", counts == in_tenth)
    tenth.database.drop()
    whole.start()
    open_one(whole, kind)
    whole.server.stop()
    whole.database.drop()


def open_one(scene, kind):
    line, paths, (few, many) = opened(scene)
    token = scene.bearer("headteacher")
    size = lambda path: len(line.send("GET", path))
    of_one, of_agenda, of_tasks = size(paths[-1][0]), size(paths[-1][1]), size("/v1/me/tasks")
    tasks = line("GET", "/v1/me/tasks?limit=200")["items"]
    if len(tasks) < STAFF // 2:
        raise SystemExit(f"a headteacher of {STAFF} staff has only {len(tasks)} tasks: nothing is measured")
    limits = scene.limits()
    full = paths[1:]
    try:
        static = scene.static(limits, of_one)
        one = scene.reading(f"get an appraisal ({of_one:,} bytes)", [a for a, _ in full], token)
        alternate(f"{kind}: opening an appraisal, as its appraiser", [one, static], static)
        static = scene.static(limits, of_agenda)
        alternate(f"{kind}: its agenda", [scene.reading(f"an agenda of {many} items ({of_agenda:,} bytes)", [a for _, a in full], token),
                                          scene.reading(f"an agenda of {few} items, a newcomer's", [paths[0][1]], token), static], static)
        static = scene.static(limits, of_tasks)
        alternate(f"{kind}: my tasks, a headteacher of {STAFF} staff ({len(tasks)} or more to do)",
                  [scene.reading(f"50 of my tasks ({of_tasks:,} bytes)", ["/v1/me/tasks"], token), static], static)
        print(f"\n    peak memory of the server: {status(scene.server.pid, 'VmHWM'):.0f} MiB", flush=True)
    finally:
        limits.stop()
