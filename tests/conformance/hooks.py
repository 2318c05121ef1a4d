"""Checks of our own, beside those of schemathesis: promises of the API that its contract's schemas cannot express."""

import json
import os
import pathlib

import schemathesis

# What the catalogue calls a fault of form. Whoever keeps to the contract never meets one; a rule of the domain has its own code.
FORM = {"malformed_body", "invalid_header", "unknown_parameter", "invalid_parameter", "validation_failed", "invalid_value"}
# A cursor is an opaque string of the contract, and only this server can say whether it gave it, and for which filters.
CURSOR = {"invalid_cursor", "cursor_filter_mismatch"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """A poll that waits is answered as one that does not, only later: half a minute of each case's time would show nothing."""
    try:
        if 0 < int(str(case.query["wait"])) <= 30:
            case.query["wait"] = 0
    except (KeyError, TypeError, ValueError):
        pass


@schemathesis.check
def a_refusal_is_a_problem(ctx, response, case):
    """Every refusal, also of unknown methods and types, is one problem document (RFC 9457) that agrees with its headers."""
    status = response.status_code
    if status < 400 or response.request.method == "HEAD":
        return
    if case.path == "/oauth/token" and status in (400, 401) and not header(response, "error-code"):
        # RFC 6749 has words of its own, which the contract documents.
        assert response.json().get("error"), f"{case.path} answered {status} without an error"
        return
    where = f"{response.request.method} {case.path} answered {status}"
    content_type = header(response, "content-type")
    assert content_type.split(";")[0] == "application/problem+json", f"{where} as {content_type!r}"
    problem = response.json()
    assert problem.get("status") == status, f"{where}, but its problem says {problem.get('status')}"
    assert problem.get("code"), f"{where} without a code"
    assert header(response, "error-code") == problem["code"], f"{where}: Error-Code differs from {problem['code']}"
    assert problem.get("request_id"), f"{where} without a request_id"
    assert header(response, "request-id") == problem["request_id"], f"{where}: Request-Id differs from the problem's"
    for needed, name in ((401, "www-authenticate"), (405, "allow"), (429, "retry-after"), (503, "retry-after")):
        assert status != needed or header(response, name), f"{where} without {name}"


@schemathesis.check
def what_fits_the_contract_has_no_fault_of_form(ctx, response, case):
    """Whatever fits the contract is understood: the contract is as strict as the server, and the server no stricter."""
    if response.status_code < 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    code = header(response, "error-code")
    refused = f"{case.operation.label} was refused as {code!r}, though the request fits the contract"
    assert code not in FORM, refused
    # A client that authenticates twice, or asks for a scope that it has not, may keep to the form of RFC 6749 and is refused with 400.
    assert response.status_code != 400 or code in CURSOR or case.path == "/oauth/token", refused


@schemathesis.check
def a_row_that_does_not_fit_fails(ctx, response, case):
    """Rows sent in bulk are judged one by one: of a request that does not fit the contract, one at least is told to have failed."""
    bulk = case.path.endswith("/bulk-upsert") and response.status_code == 207 and header(response, "content-type").startswith("application/json")
    if bulk and case.meta is not None and case.meta.generation.mode.is_negative:
        assert response.json()["counts"]["failed"] > 0, f"{case.operation.label} took what does not fit the contract: no row of it failed"


@schemathesis.check
class what_was_reached:
    """Never fails: it leaves for run.py which operations answered with success, because a run of refusals shows little."""

    def __init__(self):
        self.reached = set()

    def after_response(self, ctx, response, case):
        if response.status_code < 400:
            self.reached.add(case.operation.label)

    def after_run(self, ctx):
        pathlib.Path(os.environ["TRELLIS_REACHED"]).write_text(json.dumps(sorted(self.reached)))


def header(response, name):
    values = response.headers.get(name)
    return values[0] if values else ""
