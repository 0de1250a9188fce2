"""Calls a service as Google's own library does, with the credentials of compute_engine and nothing but the environment."""
import json
import sys

import google.auth.transport.requests
import requests
from google.auth import compute_engine
from google.auth.exceptions import GoogleAuthError

url, *options = sys.argv[1:]
transport = google.auth.transport.requests.Request()
try:
    credentials = compute_engine.IDTokenCredentials(
        request=transport,
        target_audience=url,
        use_metadata_identity_endpoint="metadata" in options,
    )
    credentials.refresh(transport)
    answer = requests.get(url, headers={"Authorization": f"Bearer {credentials.token}"}, timeout=10)
    print(json.dumps({"status": answer.status_code, "caller": answer.json().get("caller")}))
except GoogleAuthError as error:
    print(json.dumps({"error": str(error)}))
