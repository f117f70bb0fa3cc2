"""Reboots the idle machines of a catalog with `requests`, one machine after another.

What an administrator writes after reading how the API is used: a request for the token, one for the machines, and
one for each machine that has no sessions, none of them sharing a connection.
"""

import json
import os

import requests

base = os.environ["CITRIX_CLOUD_ENDPOINT"]
signed_in = requests.post(
    f"{base}/cctrustoauth2/root/tokens/clients",
    data={
        "grant_type": "client_credentials",
        "client_id": os.environ["CITRIX_CLIENT_ID"],
        "client_secret": os.environ["CITRIX_CLIENT_SECRET"],
    },
)
signed_in.raise_for_status()
headers = {
    "Accept": "application/json",
    "Authorization": "CwsAuth Bearer=" + signed_in.json()["access_token"],
    "Citrix-CustomerId": os.environ["CITRIX_CUSTOMER_ID"],
    "Citrix-InstanceId": os.environ["BENCH_SITE"],
}
manage = f"{base}/cvad/manage"
listed = requests.get(
    f"{manage}/MachineCatalogs/{os.environ['BENCH_CATALOG']}/Machines", params={"limit": 1000}, headers=headers
)
listed.raise_for_status()
rebooted = 0
for machine in listed.json()["Items"]:
    if machine["SessionCount"] == 0:
        requests.post(f"{manage}/Machines/{machine['Id']}/$reboot", headers=headers).raise_for_status()
        rebooted += 1
print(json.dumps({"objects": rebooted}))
