"""Prints what each client gets from the URL: its name and the status."""

import asyncio
import sys
import urllib.request

import aiohttp
import google.auth.transport.requests
import google.oauth2.id_token
import httpx
import requests

URL = sys.argv[1]
PATH = "/computeMetadata/v1/instance/service-accounts/default/identity"
METADATA = f"http://metadata.google.internal{PATH}?audience={URL}"
FLAVOR = {"Metadata-Flavor": "Google"}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def by_urllib():
    def read(url, headers):
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read().decode()

    return read(URL, bearer(read(METADATA, FLAVOR)[1]))[0]


def by_requests():
    token = requests.get(METADATA, headers=FLAVOR).text
    return requests.get(URL, headers=bearer(token)).status_code


def by_httpx():
    token = httpx.get(METADATA, headers=FLAVOR).text
    return httpx.get(URL, headers=bearer(token)).status_code


async def by_aiohttp():
    async with aiohttp.ClientSession(trust_env=True) as session:
        async with session.get(METADATA, headers=FLAVOR) as answer:
            token = await answer.text()
        async with session.get(URL, headers=bearer(token)) as answer:
            return answer.status


def by_google_auth():
    token = google.oauth2.id_token.fetch_id_token(google.auth.transport.requests.Request(), URL)
    return requests.get(URL, headers=bearer(token)).status_code


def try_each(clients):
    for name, client in clients.items():
        try:
            print(name, client(), flush=True)
        except Exception as error:
            print(name, repr(error), flush=True)


try_each(
    {
        "urllib.request": by_urllib,
        "requests": by_requests,
        "httpx": by_httpx,
        "aiohttp": lambda: asyncio.run(by_aiohttp()),
        "google-auth": by_google_auth,
    }
)
