"""Calls a service as an account that whoever has the default credentials may act as: google-auth, nothing of our own."""

import json
import sys

import google.auth
import requests
from google.auth import impersonated_credentials
from google.auth.transport.requests import Request

account, url = sys.argv[1:]
source, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
access = impersonated_credentials.Credentials(
    source_credentials=source, target_principal=account, target_scopes=["https://www.googleapis.com/auth/cloud-platform"]
)
identity = impersonated_credentials.IDTokenCredentials(access, target_audience=url, include_email=True)
identity.refresh(Request())
answer = requests.get(url, headers={"Authorization": f"Bearer {identity.token}"}, timeout=20)
print(json.dumps({"status": answer.status_code}))
