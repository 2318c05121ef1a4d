"""Holds a running demonstration server to its own contract, once for each kind of caller.

    python tests/conformance/run.py http://127.0.0.1:8080 [--seconds 45]

Needs the packages of requirements.txt. The exit status is 0 when schemathesis found nothing for any caller, and every credential
still worked at the end: a run whose credential had died would have judged little more than 401.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import requests

HERE = pathlib.Path(__file__).resolve().parent

# Operations that would end the run of a caller with a credential, by taking it away.
EXCLUDED = {
    "DELETE /v1/sessions/current": "signs the caller out",
    "POST /v1/demo/reset": "replaces all data, and with them the caller",
    "GET /v1/changes/stream": "never ends, and schemathesis reads answers to their end; the suite judges it",
}
# And for the one without: making everything anew takes seconds each time, and leaves none for the rest.
SLOW = ["POST /v1/demo/reset"]


def sign_in(base, demo, role):
    """The authorization of the first demonstration login with that role."""
    login = next(login for login in demo["logins"] if login["role"] == role)
    body = {"tenant": demo["tenant"], "email": login["email"], "password": login["password"]}
    for _ in range(5):
        answer = requests.post(f"{base}/v1/sessions", json=body, timeout=10)
        # The caller before may have tried passwords until it was asked to wait.
        if answer.status_code != 429:
            break
        time.sleep(min(int(answer.headers["retry-after"]), 60))
    answer.raise_for_status()
    return f"Bearer {answer.json()['access_token']}"


def broadest_key(demo):
    """The authorization of the service account that may do most."""
    return f"Bearer {max(demo['keys'], key=lambda key: len(key['scopes']))['key']}"


def still_known(base, authorization):
    """Whether the server knows the caller."""
    return requests.get(f"{base}/v1/me", headers={"authorization": authorization}, timeout=10).ok


def judge(base, authorization, seconds, reached):
    """One run of schemathesis; what is wrong with it in words, or nothing. Adds the operations that succeeded to `reached`."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        command = [
            str(pathlib.Path(sys.executable).parent / "schemathesis"),
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            f"{base}/openapi.json",
            f"--url={base}",
            f"--max-time={seconds}",
            "--report=json",
            f"--report-json-path={folder / 'report.json'}",
        ]
        if not authorization:
            command += [f"--exclude-name={name}" for name in SLOW]
        if authorization:
            command += [f"--header=Authorization: {authorization}", *(f"--exclude-name={name}" for name in EXCLUDED)]
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"),
            "TRELLIS_REACHED": str(folder / "reached.json"),
        }
        try:
            # The time is schemathesis's own to keep; the second limit is for the case that it hangs.
            run = subprocess.run(command, cwd=folder, env=environment, timeout=2 * seconds + 60)
        except subprocess.TimeoutExpired:
            return "did not end in time"
        if (folder / "reached.json").exists():
            reached.update(json.loads((folder / "reached.json").read_text()))
        if run.returncode != 0:
            return "findings, see above"
        report = json.loads((folder / "report.json").read_text())
    # No finding means something only when everything was looked at.
    unfinished = [phase for phase, outcome in report["phases"].items() if outcome["status"] != "success"]
    if unfinished:
        return f"no finding, but not finished: {', '.join(unfinished)}"
    if report["operations"]["tested"] != report["operations"]["selected"]:
        return f"no finding, but only {report['operations']['tested']} of {report['operations']['selected']} operations tried"
    if authorization and not still_known(base, authorization):
        return "the credential no longer works after the run: find the operation that took it away, or the limit that it met"
    return None


def labels(base):
    """Every operation of the contract, as schemathesis names them."""
    methods = {"get", "put", "post", "delete", "patch"}
    paths = requests.get(f"{base}/openapi.json", timeout=10).json()["paths"]
    return {f"{method.upper()} {path}" for path, item in paths.items() for method in methods & item.keys()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("base")
    arguments.add_argument("--seconds", type=int, default=45, help="for each caller")
    given = arguments.parse_args()

    # So that schemathesis ends with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    # Read anew for each: the caller without a credential may make the demonstration anew, and the keys with it.
    def demo():
        return requests.get(f"{given.base}/v1/demo", timeout=10).json()

    # The one who can change most for the others comes last; each signs in just before its run.
    callers = {
        "anonymous": lambda: None,
        "teacher": lambda: sign_in(given.base, demo(), "teacher"),
        "service account": lambda: broadest_key(demo()),
        "trust administrator": lambda: sign_in(given.base, demo(), "trust_admin"),
    }
    verdicts, reached = {}, set()
    for name, authorization in callers.items():
        print(f"\n== {name}", flush=True)
        verdicts[name] = judge(given.base, authorization(), given.seconds, reached)

    print()
    for name, verdict in verdicts.items():
        print(f"{name:20} {verdict or 'ok'}")
    everything = labels(given.base) - EXCLUDED.keys()
    print(f"\n{len(reached & everything)} of {len(everything)} operations succeeded for some caller; for none:")
    print(*sorted(everything - reached) or ["-"], sep="\n")
    return 1 if any(verdicts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
