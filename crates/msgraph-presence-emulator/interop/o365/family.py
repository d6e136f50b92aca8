"""The whole of presence in O365 for Python, a line for each step.

O365 reads presences, and writes at /me and nowhere else; for the rest its connection sends requests.
"""

import json
import os
import urllib.request

from O365 import MSGraphProtocol
from O365.connection import Connection
from O365.teams import Activity, Availability, PreferredActivity, PreferredAvailability, Teams
from requests import HTTPError, Session

ORIGIN = os.environ["ORIGIN"]
ROOT = f"{ORIGIN}/v1.0"
ADA = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3"
PRESENTER = "66825e03-7ef5-42da-9069-724602c31f6b"
PAUSING = "dc74d9bb-6afe-433d-8eaa-e39d80d3a647"
NOBODY = "00000000-0000-4000-8000-000000000000"
SESSION = "22553876-f5ab-4529-bffb-cfe50aa89f87"

connection = Connection(("client", "secret"), raise_http_errors=True)
connection.session = Session()
connection.session.headers["Authorization"] = "Bearer Ada"
protocol = MSGraphProtocol()
protocol.service_url = f"{ROOT}/"
teams = Teams(con=connection, protocol=protocol)


def pair(presence):
    return f"{presence.availability}/{presence.activity}"


def post(path, body):
    return connection.post(f"{ROOT}/{path}", data=body)


def get():
    return pair(teams.get_my_presence())


ada = connection.get(f"{ROOT}/me?$select=displayName,userPrincipalName").json()
print("get /me:", ada["displayName"], ada["userPrincipalName"])

presence = teams.set_my_user_preferred_presence(
    PreferredAvailability.AWAY, PreferredActivity.AWAY, "PT1H"
)
print("setUserPreferredPresence at /me:", pair(presence))
post("me/presence/clearUserPreferredPresence", {})
print("clearUserPreferredPresence at /me:", get())

message = {"content": "At lunch", "contentType": "text"}
post("me/presence/setStatusMessage", {"statusMessage": {"message": message}})
status = connection.get(f"{ROOT}/me/presence").json()["statusMessage"]
print(f'setStatusMessage at /me: "{status["message"]["content"]}"')

presence = teams.set_my_presence(SESSION, Availability.BUSY, Activity.INACALL, "PT1H")
print("setPresence at /me:", pair(presence))
body = {"sessionId": SESSION, "availability": "DoNotDisturb", "activity": "Presenting"}
post(f"users/{ADA}/presence/setPresence", body)
seen = teams.get_user_presence(user_id=ADA)
print("setPresence at /users/{id}, the same session:", pair(seen))
post("me/presence/clearPresence", {"sessionId": SESSION})
print("clearPresence at /me:", get())
try:
    post(f"users/{ADA}/presence/clearPresence", {"sessionId": SESSION})
except HTTPError as error:
    print("clearPresence of a session that is gone:", error.response.status_code)

ids = {"ids": [PRESENTER, PAUSING]}
presences = post("communications/getPresencesByUserId", ids).json()["value"]
pairs = [f"{presence['availability']}/{presence['activity']}" for presence in presences]
print("getPresencesByUserId:", ", ".join(pairs))

reads = [
    {"id": id, "method": "GET", "url": f"/users/{id}/presence"} for id in [ADA, PRESENTER, NOBODY]
]
parts = {part["id"]: part for part in post("$batch", {"requests": reads}).json()["responses"]}
assert parts[PRESENTER]["body"]["availability"] == "DoNotDisturb"
print("a batch of three reads:", ", ".join(str(parts[read["id"]]["status"]) for read in reads))

# O365 misspells the name of the duration. The service ignores it, and the emulator says so.
with urllib.request.urlopen(f"{ORIGIN}/_emulator/requests") as response:
    requests = json.load(response)["requests"]
warnings = {request["warning"] for request in requests if request["warning"]}
print("warnings:", ", ".join(warnings))
