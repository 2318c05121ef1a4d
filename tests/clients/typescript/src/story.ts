// A teacher's day, and the night's sync that hears of it: written against the generated types and nothing else.
//
//   TRELLIS_URL=http://127.0.0.1:8080 npm run story
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "../generated/trellis.js";

type Problem = components["schemas"]["Problem"];
type Demo = components["schemas"]["Demo"];

const baseUrl = process.env["TRELLIS_URL"] ?? "http://127.0.0.1:8080";

function clientFor(credential?: string) {
  return createClient<paths>({ baseUrl, ...(credential && { headers: { authorization: `Bearer ${credential}` } }) });
}

/** What openapi-fetch answers, whichever the operation. */
interface Answer<T> {
  data?: T | undefined;
  error?: Problem | undefined;
  response: Response;
}

function got<T>({ data, error, response }: Answer<T>): T {
  assert.ok(data !== undefined, `${response.url} answered ${response.status}: ${JSON.stringify(error)}`);
  return data;
}

function refused<T>({ error, response }: Answer<T>, status: number): Problem {
  assert.equal(response.status, status, JSON.stringify(error));
  assert.equal(response.headers.get("content-type")?.split(";")[0], "application/problem+json");
  assert.ok(error, "a refusal has a problem");
  assert.equal(error.status, status);
  assert.equal(error.code, response.headers.get("error-code"));
  assert.equal(error.request_id, response.headers.get("request-id"));
  return error;
}

function etagOf(response: Response): string {
  const etag = response.headers.get("etag");
  assert.ok(etag, `${response.url} has an ETag`);
  return etag;
}

function told(what: string) {
  console.log(`  ${what}`);
}

/** Signs in with the demonstration login of that role. */
async function signIn(demo: Demo, role: string): Promise<string> {
  const login = demo.logins.find((login) => login.role === role);
  assert.ok(login, `the demonstration has a ${role}`);
  const { email, password } = login;
  const session = got(await clientFor().POST("/v1/sessions", { body: { tenant: demo.tenant, email, password } }));
  assert.ok(session.expires_in > 0);
  return session.access_token;
}

/** Every objective the caller may see, a few at a time, as a screen that is scrolled. */
async function allObjectives(client: ReturnType<typeof clientFor>) {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 2 } : { limit: 2, cursor };
    const page = got(await client.GET("/v1/objectives", { params: { query } }));
    assert.ok(page.items.length <= 2);
    ids.push(...page.items.map((objective) => objective.id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

/** Reads the change feed to its end, as a sync does that has never run. */
async function allChanges(client: ReturnType<typeof clientFor>) {
  const changes: components["schemas"]["Change"][] = [];
  for (;;) {
    const after = changes.at(-1)?.cursor;
    const page = got(await client.GET("/v1/changes", { params: { query: { limit: 200, ...(after !== undefined && { after }) } } }));
    if (page.items.length === 0) return changes;
    changes.push(...page.items);
  }
}

const demo = got(await clientFor().GET("/v1/demo"));
told(`the demonstration trust is ${demo.tenant}, with ${demo.logins.length} logins`);

refused(await clientFor().GET("/v1/me"), 401);
const teacher = clientFor(await signIn(demo, "teacher"));
const me = got(await teacher.GET("/v1/me"));
told(`signed in: ${JSON.stringify(me)}`);

const objectives = await allObjectives(teacher);
assert.equal(new Set(objectives).size, objectives.length, "no objective appears on two pages");
const [first] = objectives;
assert.ok(first, "a teacher of the demonstration has an objective");
told(`${objectives.length} objectives, two at a time`);

const read = await teacher.GET("/v1/objectives/{id}", { params: { path: { id: first } } });
const objective = got(read);
assert.equal(objective.id, first);
for (const [action, answer] of Object.entries(objective.can)) {
  // Whoever draws the button can say why it is grey.
  if (!answer.allowed) assert.ok(answer.code && answer.reason, `${action} is refused with a reason`);
  told(`  ${action}: ${answer.allowed ? "yes" : answer.reason}`);
}
const unchanged = await teacher.GET("/v1/objectives/{id}", {
  params: { path: { id: first }, header: { "If-None-Match": etagOf(read.response) } },
});
assert.equal(unchanged.response.status, 304);

const title = `Reading about retrieval practice ${Date.now()}`;
// Learning is logged after it happened.
const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const logged = await teacher.POST("/v1/learning-records", {
  body: { title, kind: "reading", started_on: yesterday, ended_on: yesterday, minutes: 90 },
});
const record = got(logged);
assert.equal(record.visibility, "private", "what a person learned is their own until they share it");
assert.equal(logged.response.status, 201);
assert.ok(logged.response.headers.get("location")?.endsWith(`/v1/learning-records/${record.id}`));
const asPrivate = etagOf(logged.response);
told(`logged a learning record, ${asPrivate}`);

const sharing = { params: { path: { id: record.id }, header: { "If-Match": asPrivate } } };
const shared = await teacher.POST("/v1/learning-records/{id}/share", sharing);
assert.equal(got(shared).visibility, "shared");
assert.notEqual(etagOf(shared.response), asPrivate, "a new version has a new ETag");
told(`shared it, ${etagOf(shared.response)}`);
told(`shared it again: ${refused(await teacher.POST("/v1/learning-records/{id}/share", sharing), 412).code}`);

// The types let no unknown field, kind or missing title pass; the bounds of values are the server's to judge, all at once.
const faults = refused(
  await teacher.POST("/v1/learning-records", {
    body: { title: "", kind: "reading", started_on: yesterday, ended_on: yesterday, minutes: -1 },
  }),
  422,
).errors;
assert.deepEqual(faults?.map((fault) => fault.pointer).sort(), ["/minutes", "/title"]);
told(`a bad one: ${faults?.map((fault) => `${fault.pointer} ${fault.message}`).join("; ")}`);

const key = demo.keys.find(({ scopes }) => scopes.includes("changes:read") && scopes.includes("learning:read"));
assert.ok(key, "the demonstration has a key that follows the feed and reads learning");
const changes = await allChanges(clientFor(key.key));
assert.equal(new Set(changes.map((change) => change.cursor)).size, changes.length, "no change comes twice");
const heard = changes.filter((change) => change.id === record.id).map((change) => change.type);
assert.deepEqual(heard, ["learning_record.shared"], "a machine hears of the sharing, and of nothing that was private");
told(`${key.name} followed ${changes.length} changes to the end; of the record: ${heard.join(", ")}`);
