"""Reads the Monitor service with python-odata, which learns the sets and columns from `$metadata` alone."""

import os
from datetime import datetime, timedelta, timezone

import requests
from odata import ODataService
from odata.exceptions import ODataError
from odata.navproperty import NavigationProperty
from odata.property import PropertyBase

base = os.environ["ENDPOINT"]
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
http.headers["Authorization"] = "CWSAuth Bearer=" + answer.json()["access_token"]
http.headers["Citrix-CustomerId"] = os.environ["CUSTOMER_ID"]
service = ODataService(base + "/monitorodata/", session=http, reflect_entities=True, quiet_progress=True)

listed = {it["name"] for it in http.get(base + "/monitorodata/", timeout=30).json()["value"]}
assert listed == set(service.entities), listed ^ set(service.entities)
filled = values = 0
for entity in service.entities.values():
    names = {name: it for name in dir(entity) if isinstance(it := getattr(entity, name), PropertyBase)}
    columns = [name for name, it in names.items() if not isinstance(it, NavigationProperty)]
    assert columns, entity
    rows = service.query(entity).limit(20).all()
    filled += bool(rows)
    # Each value is made of what the metadata says that the column is.
    values += sum(getattr(row, column) is not None for row in rows for column in columns)
print("sets:", len(listed), "filled:", filled, "values:", values)

Session = service.entities["Sessions"]
Load = service.entities["LoadIndexes"]
sessions = service.query(Session)
for session in sessions.filter(Session.EndDate == None).expand(Session.User, Session.Machine):  # noqa: E711
    assert isinstance(session.StartDate, datetime)
    print("open:", session.SessionKey, session.User.UserName, session.Machine.Name)
print("of a user:", len(sessions.filter(Session.User.UserName == "robin").all()))

latest = sessions.order_by(Session.StartDate.desc()).limit(3).offset(1)
print("latest:", *(row["SessionKey"] for row in latest.select(Session.SessionKey)))

since = datetime.now(timezone.utc) - timedelta(days=3)
some = service.query(Load).filter(Load.CreatedDate >= since)
load = [row.Id for row in some]
assert len(load) == len(set(load)) > 2000
print("measured:", len(load), "since", since.isoformat())

apply = "groupby((ConnectionState),aggregate(SessionKey with countdistinct as N))"
for row in sessions.raw({"$apply": apply}):
    print("state:", row["ConnectionState"], row["N"])

for refused in [sessions.filter("Nope eq 1"), sessions.filter("ConnectionState eq 'Active'")]:
    try:
        refused.all()
        raise SystemExit("nothing was wrong")
    except ODataError as error:
        print("refused:", error.status_code, error.message)
