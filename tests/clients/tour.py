"""A tour of Citrix Cloud with nothing but `requests`, as an administrator might write it."""

import os
import uuid
from datetime import datetime, timezone

import requests

base = os.environ["ENDPOINT"]
customer = os.environ["CUSTOMER_ID"]


def sign_in():
    answer = requests.post(
        base + "/cctrustoauth2/root/tokens/clients",
        data=dict(
            grant_type="client_credentials",
            client_id=os.environ["CLIENT_ID"],
            client_secret=os.environ["CLIENT_SECRET"],
        ),
        timeout=30,
    )
    answer.raise_for_status()
    http = requests.Session()
    http.headers["Authorization"] = "CwsAuth Bearer=" + answer.json()["access_token"]
    return http


def platform(http):
    for place in http.get(f"{base}/{customer}/resourcelocations", timeout=30).json()["items"]:
        print("resource location:", place["name"])
    services = http.get(f"{base}/{customer}/serviceStates", timeout=30).json()["items"]
    on_trial = [it["serviceName"] for it in services if it["state"] == "ProductionTrial"]
    print("trial services:", *on_trial)
    note = {
        "destinationAdmin": "*",
        "component": "Tour",
        "createdDate": datetime.now(timezone.utc).isoformat(),
        "eventId": str(uuid.uuid4()),
        "severity": "Information",
        "priority": "Low",
        "content": [{"languageTag": "en-US", "title": "Tour", "description": "We were here"}],
    }
    answer = http.post(f"{base}/{customer}/notifications/items", json=note, timeout=30)
    answer.raise_for_status()
    assert answer.json()["suppressEmail"] is False


def daas(http):
    http.headers.update({"Citrix-CustomerId": customer, "Accept": "application/json"})
    me = http.get(base + "/cvad/manage/me", timeout=30).json()
    print("signed in as", me["DisplayName"])
    http.headers["Citrix-InstanceId"] = me["Customers"][0]["Sites"][0]["Id"]
    manage = base + "/cvad/manage"
    catalog = http.get(manage + "/MachineCatalogs", timeout=30).json()["Items"][0]["Id"]
    machines = []
    query = {"limit": 2}
    while True:
        page = http.get(f"{manage}/MachineCatalogs/{catalog}/Machines", params=query, timeout=30)
        page.raise_for_status()
        machines += page.json()["Items"]
        query["continuationToken"] = page.json().get("ContinuationToken")
        if not query["continuationToken"]:
            break
    for machine in machines:
        name = machine["Name"]
        if machine["SessionCount"] != 0:
            print(f"{machine['SessionCount']} sessions on {name} - skipping")
            continue
        answer = http.post(f"{manage}/Machines/{machine['Id']}/$reboot", timeout=30)
        said = "success" if answer.ok else "failure: " + answer.json()["ErrorMessage"]
        print(f"Requesting reboot for {name}... {said}")


session = sign_in()
platform(session)
daas(session)
