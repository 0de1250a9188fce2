"""Verifies an ID token as Google's own library does, with nothing but the environment."""
import json
import sys

import google.auth.transport.requests
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import id_token

token, audience = sys.argv[1:]
transport = google.auth.transport.requests.Request()


def refusal(audience):
    try:
        id_token.verify_oauth2_token(token, transport, audience)
        return None
    except (GoogleAuthError, ValueError) as error:
        return str(error).split(",")[0]


claims = id_token.verify_oauth2_token(token, transport, audience)
print(json.dumps({"email": claims["email"], "other": refusal("https://other.example")}))
