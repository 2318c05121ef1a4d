"""Checks of our own, beside those of schemathesis: promises of docs/api.md that the contract's schemas cannot express."""

import json
import os
import pathlib

import schemathesis

# A cursor is an opaque string of the contract, and only this server can say whether it gave it, and for which filters.
CURSOR_CODES = "cursor_"


@schemathesis.check
def a_refusal_is_a_problem(ctx, response, case):
    """Every refusal, also of unknown methods and types, is one problem document (RFC 9457) that agrees with its headers."""
    status = response.status_code
    if status < 400 or response.request.method == "HEAD":
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
def a_400_of_a_fitting_request_is_about_a_cursor(ctx, response, case):
    """Whatever fits the contract is understood: it is never malformed, unless in a cursor."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    code = header(response, "error-code")
    assert code.startswith(CURSOR_CODES), f"{case.operation.label} fits the contract, and was refused as {code!r}"


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
