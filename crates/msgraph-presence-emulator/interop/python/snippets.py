"""The documented snippets in Microsoft's SDK for Python, a line for what each of them sees."""

import asyncio
import json
import os
import urllib.request

from azure.core.credentials import AccessToken
from msgraph import GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.presence_status_message import PresenceStatusMessage
from msgraph.generated.users.item.presence.set_status_message.set_status_message_post_request_body import (
    SetStatusMessagePostRequestBody,
)
from msgraph.generated.users.item.presence.set_user_preferred_presence.set_user_preferred_presence_post_request_body import (
    SetUserPreferredPresencePostRequestBody,
)

ORIGIN = os.environ["ORIGIN"]
ADA = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3"
PRESENTER = "66825e03-7ef5-42da-9069-724602c31f6b"
PAUSING = "dc74d9bb-6afe-433d-8eaa-e39d80d3a647"
NOBODY = "00000000-0000-4000-8000-000000000000"


class Credential:
    """A credential that has its token already. The SDK sends it to loopback over http, too."""

    def __init__(self, token):
        self.token = token

    def get_token(self, *scopes, **options):
        return AccessToken(self.token, 9**10)


def client(token):
    """The SDK, unmodified except for its base URL."""
    graph = GraphServiceClient(Credential(token), ["https://graph.microsoft.com/.default"])
    graph.request_adapter.base_url = f"{ORIGIN}/v1.0"
    return graph


def admin(path, body):
    """An administration request."""
    request = urllib.request.Request(
        f"{ORIGIN}/_emulator/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request).close()


def pair(presence):
    return f"{presence.availability}/{presence.activity}"


async def error_of(call):
    try:
        await call
    except ODataError as error:
        inner = error.error.inner_error
        ids = "with a request id" if len(inner.request_id) == 36 else "without a request id"
        return f"{error.response_status_code} {error.error.code} {ids}"


async def set_preferred_presence(presence):
    """Sets DoNotDisturb for eight hours, past the SDK's own type: see differences.py."""
    body = SetUserPreferredPresencePostRequestBody(
        availability="DoNotDisturb",
        activity="DoNotDisturb",
        additional_data={"expirationDuration": "PT8H"},
    )
    await presence.set_user_preferred_presence.post(body)


async def main():
    graph = client("Ada")
    users, presences = graph.users, graph.communications.presences

    print("get /me/presence:", pair(await graph.me.presence.get()))
    seen = await users.by_user_id(PRESENTER).presence.get()
    print("get /users/{id}/presence:", pair(seen))
    seen = await presences.by_presence_id(PAUSING).get()
    print("get /communications/presences/{id}:", pair(seen))

    ada = users.by_user_id(ADA).presence
    message = PresenceStatusMessage(
        message=ItemBody(content="Hey I'm currently in a meeting.", content_type=BodyType.Text),
        expiry_date_time=DateTimeTimeZone(
            date_time="2022-10-18T17:05:33.2079781", time_zone="Pacific Standard Time"
        ),
    )
    await ada.set_status_message.post(SetStatusMessagePostRequestBody(status_message=message))
    status = (await ada.get()).status_message
    expiry = status.expiry_date_time
    print(
        f'setStatusMessage with an expiry: "{status.message.content}" '
        f"until {expiry.date_time} {expiry.time_zone}"
    )

    message = PresenceStatusMessage(
        message=ItemBody(content="Hey I am available now", content_type=BodyType.Text)
    )
    await ada.set_status_message.post(SetStatusMessagePostRequestBody(status_message=message))
    status = (await ada.get()).status_message
    until = status.expiry_date_time or "ever"
    print(f'setStatusMessage without an expiry: "{status.message.content}" until {until}')

    status = (await client("Bob").users.by_user_id(ADA).presence.get()).status_message
    hidden = status.expiry_date_time is None and status.published_date_time is None
    rest = "neither expiry nor publishing time" if hidden else "more than it should see"
    print(f'get another user\'s status message: "{status.message.content}", {rest}')

    await set_preferred_presence(ada)
    print("setUserPreferredPresence:", pair(await ada.get()))

    print("get an unknown user:", await error_of(users.by_user_id(NOBODY).presence.get()))
    print("get with a bad token:", await error_of(client("Nobody").me.presence.get()))

    admin("faults", {"kind": "status", "status": 429, "retryAfter": "1"})
    seen = await presences.by_presence_id(PAUSING).get()
    print("get when throttled once:", pair(seen), "after one retry")


if __name__ == "__main__":
    asyncio.run(main())
