"""Lives with a running demonstration server as an OAuth client of any make would: through a client library, and nothing else.

    python tests/conformance/oauth.py http://127.0.0.1:8080

Needs the packages of requirements.txt. Authlib discovers the server (RFC 8414), gets tokens (RFC 6749, 4.4) and calls the API with
them; joserfc checks the tokens' signature by the published keys, and that they say what RFC 9068 wants.
"""

import os
import sys

# The demonstration is served without TLS, on this machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from authlib.oauth2.rfc9068.claims import JWTAccessTokenClaims
from joserfc import jwt
from joserfc.jwk import KeySet


def discover(base):
    """The server's metadata, held to RFC 8414 by the library."""
    metadata = AuthorizationServerMetadata(requests.get(get_well_known_url(base, external=True), timeout=10).json())
    metadata.validate()
    assert metadata["issuer"] == base, f"the issuer is {metadata['issuer']}, and was discovered at {base}"
    return metadata


def client(metadata, key, method, **more):
    """A session of the library for the service account that has this key."""
    return OAuth2Session(
        key["client_id"], key["key"], token_endpoint=metadata["token_endpoint"], token_endpoint_auth_method=method, grant_type="client_credentials", **more
    )


def judge_token(metadata, token, key, scope):
    """The token as a resource server would judge it that knows only the metadata."""
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(token["access_token"], keys, algorithms=["EdDSA"])
    expected = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "sub": {"essential": True, "value": key["client_id"]},
        "client_id": {"essential": True, "value": key["client_id"]},
        "aud": {"essential": True, "value": "trellis-api"},
        "scope": {"essential": True, "value": scope},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "jti": {"essential": True},
    }
    assert decoded.header["typ"] == "at+jwt", decoded.header
    JWTAccessTokenClaims(decoded.claims, decoded.header, expected).validate()


def refused(attempt, error):
    """The attempt is refused with this error, by the library's own account."""
    try:
        attempt()
    except OAuthError as refusal:
        assert refusal.error == error, f"{refusal.error}, not {error}: {refusal.description}"
        assert refusal.description, f"{error} without a word"
    else:
        raise AssertionError(f"not refused with {error}")


def main(base):
    metadata = discover(base)
    keys = {key["name"]: key for key in requests.get(f"{base}/v1/demo", timeout=10).json()["keys"]}
    key = keys["mis-sync"]

    for method in metadata["token_endpoint_auth_methods_supported"]:
        session = client(metadata, key, method)
        token = session.fetch_token()
        assert token["token_type"] == "Bearer" and token["expires_in"] == 600, token
        judge_token(metadata, token, key, " ".join(key["scopes"]))
        me = session.get(f"{base}/v1/me", timeout=10).json()
        assert (me["kind"], me["id"], me["scopes"]) == ("service_account", key["client_id"], key["scopes"]), me
        people = session.get(f"{base}/v1/people", timeout=10)
        assert people.ok and people.json()["items"], people.text
        print(f"ok  a token by {method}, and a call with it")

    narrow = client(metadata, key, "client_secret_basic", scope="changes:read")
    token = narrow.fetch_token()
    assert token["scope"] == "changes:read", token
    judge_token(metadata, token, key, "changes:read")
    assert narrow.get(f"{base}/v1/changes?after=head", timeout=10).ok
    denied = narrow.get(f"{base}/v1/people", timeout=10)
    problem = denied.json()
    assert denied.status_code == 403 and problem["code"] == "insufficient_scope", denied.text
    assert (problem["required_scopes"], problem["held_scopes"]) == (["people:read"], ["changes:read"]), problem
    assert 'error="insufficient_scope"' in denied.headers["www-authenticate"], denied.headers
    print("ok  a token with fewer scopes, and no more than those")

    wrong = key | {"key": keys["one school"]["key"]}
    for method in metadata["token_endpoint_auth_methods_supported"]:
        refused(client(metadata, wrong, method).fetch_token, "invalid_client")
        refused(client(metadata, key, method, scope="objectives:write").fetch_token, "invalid_scope")
    refused(lambda: client(metadata, key, "client_secret_post").fetch_token(grant_type="password", username="a", password="b"), "unsupported_grant_type")
    print("ok  a wrong secret, scope and grant are refused as the library knows it")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
