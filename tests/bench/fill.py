"""Fills a database with many people, objectives and learning records, straight into its tables: what is measured is asking for them."""

import os
import random
import sqlite3
import subprocess
import time
import uuid
from datetime import date, datetime, timedelta, timezone

GIVEN = ["Amara", "Bryn", "Chidi", "Dilys", "Edith", "Farah", "Gwen", "Hassan", "Ines", "Jude", "Kit", "Leena", "Mair", "Noor", "Owen", "Priya"]
FAMILY = ["Adeyemi", "Bevan", "Clarke", "Davies", "Evans", "Fowler", "Griffiths", "Hughes", "Iqbal", "Jones", "Khan", "Lewis", "Morgan", "Nwosu", "Okafor", "Price"]
OWN = 60  # objectives and learning records that one teacher has, so that a page of 50 is full


class At(int):
    """Microseconds since 1970."""


class Ids:
    """Ids in the order of time, as the server makes them."""

    def __init__(self):
        self.next = int(time.time() * 1000) - 300 * 86_400_000

    def __call__(self):
        self.next += 100
        bits = self.next << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
        return uuid.UUID(int=bits)


def tables(tenant, template, schools, cycle, appraiser, count, records, priorities, requirements):
    """Rows by table, parents first; and the ids of the objectives of the template's owner."""
    made = Ids()
    now = At(time.time() * 1e6)
    today = date.today()
    tenant, cycle, appraiser = uuid.UUID(tenant), uuid.UUID(cycle), uuid.UUID(appraiser)
    owner, employment = uuid.UUID(template["person_id"]), uuid.UUID(template["employment_id"])
    standards = [uuid.UUID(s) for s in template["standard_ids"]][:1]
    priorities, requirements = [uuid.UUID(p) for p in priorities], [uuid.UUID(r) for r in requirements]
    people, employments, appraisers, objectives, criteria, links, learning = [], [], [], [], [], [], []
    aims, taught, trained = [], [], []
    own = []

    def objective(person, job, school, n):
        id, inquiry = made(), template["inquiry"] or {}
        objectives.append((tenant, id, job, person, school, cycle, "self", person, None, "active", template["kind"], f"{template['title']} ({n})",
                           template["description"], inquiry.get("question"), inquiry.get("current_practice"), inquiry.get("change_tried"),
                           inquiry.get("evidence"), inquiry.get("finding"), template["evidence_plan"], template["support_needed"],
                           template["learning_needed"], (today + timedelta(days=90)).isoformat(), person, appraiser, now, None, None, 1, 4, now, now))
        for position, criterion in enumerate(template["success_criteria"][:2] or [{"text": "Seen in two visits of colleagues."}]):
            criteria.append((tenant, id, made(), position, criterion["text"]))
        links.extend((tenant, id, standard, position) for position, standard in enumerate(standards))
        if priorities and n % 2 == 0:
            aims.append((tenant, id, priorities[n // 2 % len(priorities)], 0))
        return id

    def record(person, job, school, n):
        day = (today - timedelta(days=n % 300)).isoformat()
        id = made()
        if priorities and n % 5 == 0:
            taught.append((tenant, id, priorities[n // 5 % len(priorities)], 0))
        learning.append((tenant, id, person, job, school, None, f"Visit to a colleague's lesson ({n})", "reading", day, day, 50, None,
                         "What I saw there I shall try with my own class next week.", "shared", 1, now, now))

    for n in range(OWN):
        own.append(objective(owner, employment, uuid.UUID(template["organisation_id"]), n))
        record(owner, employment, uuid.UUID(template["organisation_id"]), n)
    for i in range(count):
        person, job, school = made(), made(), uuid.UUID(schools[i % len(schools)])
        given, family = random.choice(GIVEN), random.choice(FAMILY)
        people.append((tenant, person, given, family, None, f"p{i}@bench.example", None, f"{family} {given}".lower(), 1, now, now))
        employments.append((tenant, job, person, school, "Teacher", "teacher", f"B{i}", 100, "2020-09-01", None, 1, now, now, 1))
        # the first of every ten appraises the other nine
        if i % 10 == 0:
            first = person
        else:
            appraisers.append((tenant, made(), "appraiser", person, first, "2020-09-01", None, 1, now, now))
        for n in range(5):
            objective(person, job, school, n)
        for n in range(records):
            record(person, job, school, n)
        for n, requirement in enumerate(requirements):
            done = (today - timedelta(days=(i * 7 + n * 31) % 400)).isoformat()
            trained.append((tenant, made(), requirement, person, school, done, 1, now, now))
    return [
        ("people", "tenant_id id given_name family_name preferred_name email trn search version created_at updated_at", people),
        ("employments", "tenant_id id person_id organisation_id job_title staff_category staff_code fte_percent starts_on ends_on version created_at updated_at live", employments),
        ("relationships", "tenant_id id kind person_id holder_id starts_on ends_on version created_at updated_at", appraisers),
        ("objectives", "tenant_id id employment_id person_id organisation_id cycle_id origin author_id private_to state kind title description inquiry_question "
         "inquiry_current_practice inquiry_change_tried inquiry_evidence inquiry_finding evidence_plan support_needed learning_needed due_on proposed_by agreed_by "
         "agreed_at dissent last_reason revision version created_at updated_at", objectives),
        ("success_criteria", "tenant_id objective_id id position text", criteria),
        ("objective_standards", "tenant_id objective_id standard_id position", links),
        ("learning_records", "tenant_id id person_id employment_id organisation_id private_to title kind started_on ended_on minutes provider reflection visibility "
         "version created_at updated_at", learning),
        ("objective_priorities", "tenant_id objective_id priority_id position", aims),
        ("learning_record_priorities", "tenant_id learning_record_id priority_id position", taught),
        ("training_completions", "tenant_id id requirement_id person_id organisation_id completed_on version created_at updated_at", trained),
    ], [str(id) for id in own]


def into_sqlite(path, filled):
    sqlite3.register_adapter(uuid.UUID, lambda id: id.bytes)
    sqlite3.register_adapter(At, int)
    with sqlite3.connect(path) as c:
        c.execute("PRAGMA foreign_keys=ON")
        for table, columns, rows in filled:
            names = columns.split()
            c.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)
        if os.environ.get("ANALYZE"):
            c.execute("ANALYZE")
    c.close()


def into_postgres(url, filled):
    def text(value):
        if value is None:
            return r"\N"
        if isinstance(value, At):
            return datetime.fromtimestamp(value / 1e6, timezone.utc).isoformat()
        return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")

    psql = subprocess.Popen(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-1", url], stdin=subprocess.PIPE, text=True)
    for table, columns, rows in filled:
        psql.stdin.write(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN;\n")
        for row in rows:
            psql.stdin.write("\t".join(map(text, row)) + "\n")
        psql.stdin.write("\\.\n")
    psql.stdin.close()
    if psql.wait():
        raise SystemExit("psql failed")
    subprocess.run(["psql", "-qX", url, "-c", "VACUUM ANALYZE"], check=True)


def fill(url, tenant, template, schools, cycle, appraiser, count, records=20, priorities=(), requirements=()):
    """Fills the database; gives the ids of the objectives that the owner of the template has now."""
    filled, own = tables(tenant, template, schools, cycle, appraiser, count, records, priorities, requirements)
    if url.startswith("sqlite:"):
        into_sqlite(url.removeprefix("sqlite:"), filled)
    else:
        into_postgres(url, filled)
    return own
