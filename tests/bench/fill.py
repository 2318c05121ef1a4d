"""Fills a database with many people, objectives and learning records, straight into its tables: what is measured is asking for them."""

import os
import random
import sqlite3
import subprocess
import time
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

GIVEN = ["Amara", "Bryn", "Chidi", "Dilys", "Edith", "Farah", "Gwen", "Hassan", "Ines", "Jude", "Kit", "Leena", "Mair", "Noor", "Owen", "Priya"]
FAMILY = ["Adeyemi", "Bevan", "Clarke", "Davies", "Evans", "Fowler", "Griffiths", "Hughes", "Iqbal", "Jones", "Khan", "Lewis", "Morgan", "Nwosu", "Okafor", "Price"]
FILLED, NEWCOMER = "p%@bench.example", "newcomer@bench.example"  # mailboxes, by which they are found again
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


@dataclass
class Many:
    """How many there are besides the demo's."""

    people: int
    records: int = 20  # learning records of each
    near: int | None = None  # so many of the people at the headteacher's school, the others at the other schools; evenly, if it is not said
    by_head: bool = False  # every other one of these is appraised by the headteacher, the rest by nobody; and a newcomer has nothing yet
    training: bool = False  # everybody did the trust's required training at some time
    talks: bool = False  # everybody held two check-ins, agreed on something for an objective in each, and learned for an objective now and then
    schools: int = 0  # they all work at so many other schools, which are made beneath the trust
    own: int = OWN  # objectives and learning records of one teacher of the demo, besides


def tables(scene, template, many):
    """Rows by table, parents first; and the ids of the objectives of the template's owner."""
    made = Ids()
    now = At(time.time() * 1e6)
    today = date.today()
    tenant, cycle, head = uuid.UUID(scene.tenant), uuid.UUID(scene.cycle), uuid.UUID(scene.head)
    owner, employment = uuid.UUID(template["person_id"]), uuid.UUID(template["employment_id"])
    standards = [uuid.UUID(s) for s in template["standard_ids"]][:1]
    priorities, requirements = ([uuid.UUID(id) for id in ids] for ids in (scene.priorities, scene.requirements if many.training else []))
    schools = [uuid.UUID(s) for s in scene.schools]
    people, employments, appraisers, objectives, criteria, links, aims, trained = [], [], [], [], [], [], [], []
    organisations, paths, own, talks, agreed = [], [], [], [], []
    if many.schools:
        trust, schools = uuid.UUID(scene.trust), [made() for _ in range(many.schools)]
        organisations = [(tenant, id, "school", trust, f"School {n}", "primary", "open", 1, now, now) for n, id in enumerate(schools)]
        paths = [row for id in schools for row in ((tenant, id, id, 0), (tenant, id, trust, 1))]

    def objective(person, job, school, n):
        id, inquiry = made(), template["inquiry"] or {}
        objectives.append((tenant, id, job, person, school, cycle, "self", person, None, "active", template["kind"], f"{template['title']} ({n})",
                           template["description"], inquiry.get("question"), inquiry.get("current_practice"), inquiry.get("change_tried"),
                           inquiry.get("evidence"), inquiry.get("finding"), template["evidence_plan"], template["support_needed"],
                           template["learning_needed"], (today + timedelta(days=90)).isoformat(), person, head, now, None, None, 1, 4, now, now))
        for position, criterion in enumerate(template["success_criteria"][:2] or [{"text": "Seen in two visits of colleagues."}]):
            criteria.append((tenant, id, made(), position, criterion["text"]))
        links.extend((tenant, id, standard, position) for position, standard in enumerate(standards))
        if priorities and n % 2 == 0:
            aims.append((tenant, id, priorities[n // 2 % len(priorities)], 0))
        return id

    def somebody(name, school, code, email):
        person, job = made(), made()
        people.append((tenant, person, *name, None, email, None, " ".join(reversed(name)).lower(), 1, now, now))
        employments.append((tenant, job, person, school, "Teacher", "teacher", code, 100, "2020-09-01", None, 1, now, now, 1))
        return person, job

    def appraised(person, by):
        appraisers.append((tenant, made(), "appraiser", person, by, "2020-09-01", None, 1, now, now))

    def talked(person, job, school, partner, days, about):
        id, held = made(), At(now - days * 86_400_000_000)
        talks.append((tenant, id, job, person, school, partner, "appraiser", "check_in", "development", held, "held", held, 0, 1, held, held))
        agreed.append((tenant, made(), id, job, person, school, partner, "development", "Visit a colleague's lesson", person, about, "open", 1, held, held))

    for n in range(many.own):
        own.append(objective(owner, employment, uuid.UUID(template["organisation_id"]), n))
    for i in range(many.people):
        at_head = many.near is not None and i < many.near
        school = schools[0] if at_head else schools[i % len(schools)] if many.near is None else schools[1:][i % len(schools[1:])]
        person, job = somebody((random.choice(GIVEN), random.choice(FAMILY)), school, f"B{i}", FILLED.replace("%", str(i)))
        if at_head and many.by_head:
            if i % 2 == 0:
                appraised(person, head)
        elif i % 10 == 0:  # the first of every ten appraises the other nine
            first = person
        else:
            appraised(person, first)
        aimed = [objective(person, job, school, n) for n in range(5)]
        for days, about in ((40, aimed[0]), (1, aimed[1])) if many.talks else ():
            talked(person, job, school, head if i % 10 == 0 else first, days, about)
        for n, requirement in enumerate(requirements):
            done = (today - timedelta(days=(i * 7 + n * 31) % 400)).isoformat()
            trained.append((tenant, made(), requirement, person, school, done, 1, now, now))
    if many.by_head:
        appraised(somebody(("Newt", "Comer"), schools[0], "BNEW", NEWCOMER)[0], head)
    return [
        ("organisations", "tenant_id id kind parent_id name phase status version created_at updated_at", organisations),
        ("organisation_paths", "tenant_id descendant_id ancestor_id depth", paths),
        ("people", "tenant_id id given_name family_name preferred_name email trn search version created_at updated_at", people),
        ("employments", "tenant_id id person_id organisation_id job_title staff_category staff_code fte_percent starts_on ends_on version created_at updated_at live", employments),
        ("relationships", "tenant_id id kind person_id holder_id starts_on ends_on version created_at updated_at", appraisers),
        ("objectives", "tenant_id id employment_id person_id organisation_id cycle_id origin author_id private_to state kind title description inquiry_question "
         "inquiry_current_practice inquiry_change_tried inquiry_evidence inquiry_finding evidence_plan support_needed learning_needed due_on proposed_by agreed_by "
         "agreed_at dissent last_reason revision version created_at updated_at", objectives),
        ("success_criteria", "tenant_id objective_id id position text", criteria),
        ("objective_standards", "tenant_id objective_id standard_id position", links),
        ("objective_priorities", "tenant_id objective_id priority_id position", aims),
        ("training_completions", "tenant_id id requirement_id person_id organisation_id completed_on version created_at updated_at", trained),
        ("conversations", "tenant_id id employment_id person_id organisation_id partner_id partner_as kind lane starts_at state held_at snapshots version created_at updated_at", talks),
        ("agreed_actions", "tenant_id id conversation_id employment_id person_id organisation_id partner_id lane title owner_id objective_id state version created_at updated_at", agreed),
    ], [str(id) for id in own]


# The few words in which the two differ: an id in the order of time, a day that many days ago, the moment at which it began, now, and an id as a value.
SQLITE = {"made": lambda: "made()", "ago": lambda n: f"date('now', '-' || ({n}) || ' days')", "moment": lambda day: f"strftime('%s', {day}) * 1000000",
          "now": lambda: "strftime('%s', 'now') * 1000000", "id": lambda id: f"x'{uuid.UUID(id).hex}'"}
POSTGRES = {"made": lambda: "pg_temp.made()", "ago": lambda n: f"(current_date - ({n}))", "moment": lambda day: f"{day}::timestamptz",
            "now": lambda: "now()", "id": lambda id: f"'{id}'::uuid"}
MADE = """
CREATE TEMP SEQUENCE made MINVALUE 0;
CREATE FUNCTION pg_temp.made() RETURNS uuid LANGUAGE sql AS $$
  SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 300 * 86400000::bigint + 10 * nextval('made')), 12, '0') || '7'
    || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid $$;
"""


def learning(scene, many):
    """Learning records, set by set: everybody's first, then everybody's second, as a year brings them. A fifth serves the trust's priorities, and where there are talks
    another fifth an objective."""
    def sets(say):
        whose = [(many.records, f"p.email LIKE '{FILLED}'"), (many.own, f"e.id = {say['id'](scene.employment)}")]
        for n, (count, whose) in enumerate(of for of in whose if of[0]):
            yield f"""
CREATE TEMP TABLE learned{n} AS
WITH RECURSIVE times(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM times WHERE n + 1 < {count})
SELECT {say['made']()} AS id, x.* FROM (
  SELECT t.n, {say['ago']('t.n % 300')} AS day, e.tenant_id, e.id AS employment_id, e.person_id, e.organisation_id
  FROM times t CROSS JOIN employments e JOIN people p ON p.tenant_id = e.tenant_id AND p.id = e.person_id
  WHERE {whose} ORDER BY t.n DESC, e.id) x"""
            yield f"""
INSERT INTO learning_records (tenant_id, id, person_id, employment_id, organisation_id, title, kind, started_on, ended_on, minutes, reflection, visibility,
  for_appraiser, for_leaders, for_school, version, created_at, updated_at)
SELECT tenant_id, id, person_id, employment_id, organisation_id, 'Visit to a colleague''s lesson (' || n || ')', 'reading', day, day, 50,
  'What I saw there I shall try with my own class next week.', 'shared', TRUE, TRUE, FALSE, 1, {say['moment']('day')}, {say['moment']('day')} FROM learned{n}"""
            for i, priority in enumerate(scene.priorities):
                yield f"""
INSERT INTO learning_record_priorities (tenant_id, learning_record_id, priority_id, position)
SELECT tenant_id, id, {say['id'](priority)}, 0 FROM learned{n} WHERE n % 5 = 0 AND (n / 5) % {len(scene.priorities)} = {i}"""
            if many.talks:
                yield f"""
INSERT INTO learning_record_objectives (tenant_id, learning_record_id, objective_id, position)
SELECT l.tenant_id, l.id, (SELECT o.id FROM objectives o WHERE o.tenant_id = l.tenant_id AND o.employment_id = l.employment_id ORDER BY o.id LIMIT 1), 0
FROM learned{n} l WHERE l.n % 5 = 1"""
            yield f"DROP TABLE learned{n}"

    return sets


def conversations(scene):
    """One in the middle of the cycle for each appraisal of those who were filled in, with who appraises."""
    return lambda say: [f"""
INSERT INTO conversations (tenant_id, id, employment_id, person_id, organisation_id, partner_id, partner_as, kind, lane, appraisal_id, starts_at, place, state, snapshots,
  version, created_at, updated_at)
SELECT a.tenant_id, {say['made']()}, a.employment_id, a.person_id, a.organisation_id, x.person_id, 'appraiser', 'mid_cycle', 'appraisal', a.id, {say['now']()}, 'Room 12',
  'scheduled', 0, 1, {say['now']()}, {say['now']()}
FROM appraisals a JOIN appraisal_appraisers x ON x.tenant_id = a.tenant_id AND x.appraisal_id = a.id AND x.until_on IS NULL
  JOIN people p ON p.tenant_id = a.tenant_id AND p.id = a.person_id
WHERE a.cycle_id = {say['id'](scene.cycle)} AND p.email LIKE '%@bench.example'"""]


def into_sqlite(path, filled, sets):
    sqlite3.register_adapter(uuid.UUID, lambda id: id.bytes)
    sqlite3.register_adapter(At, int)
    made = Ids()
    with sqlite3.connect(path) as c:
        c.create_function("made", 0, lambda: made().bytes)
        c.execute("PRAGMA foreign_keys=ON")
        c.execute("PRAGMA cache_size=-400000")  # indexes of a million stay in memory while they grow
        for table, columns, rows in filled:
            names = columns.split()
            c.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)
        for statement in sets(SQLITE):
            c.execute(statement)
        if os.environ.get("ANALYZE"):
            c.execute("ANALYZE")
    c.close()


def into_postgres(url, filled, sets):
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
    psql.stdin.write(MADE)
    for statement in sets(POSTGRES):
        psql.stdin.write(f"{statement};\n")
    psql.stdin.close()
    if psql.wait():
        raise SystemExit("psql failed")
    subprocess.run(["psql", "-qX", url, "-c", "VACUUM ANALYZE"], check=True)


def put(database, filled, sets):
    """Into a database that no server has open. What the tables do not know ends it."""
    if database.name is None:
        into_sqlite(database.path, filled, sets)
    else:
        into_postgres(database.url, filled, sets)


def fill(scene, template, many):
    """Fills the scene's database; gives the ids of the objectives that the owner of the template has now."""
    filled, own = tables(scene, template, many)
    put(scene.database, filled, learning(scene, many))
    return own


def converse(scene):
    """Schedules the conversations of the appraisals that were created since."""
    put(scene.database, [], conversations(scene))
