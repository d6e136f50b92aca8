"""What Microsoft's SDK for Python does that one may not expect, a line each."""

import asyncio
from datetime import timedelta

from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.item.presence.set_user_preferred_presence.set_user_preferred_presence_post_request_body import (
    SetUserPreferredPresencePostRequestBody,
)

from snippets import ADA, admin, client, pair


async def main():
    graph = client("Ada")

    # It writes 8:00:00 instead of PT8H (its issue 1262).
    body = SetUserPreferredPresencePostRequestBody(
        availability="Busy", activity="Busy", expiration_duration=timedelta(hours=8)
    )
    try:
        await graph.users.by_user_id(ADA).presence.set_user_preferred_presence.post(body)
        print("eight hours: accepted")
    except ODataError as error:
        print(f"eight hours: refused with {error.response_status_code}")

    # It reads the documented {"value":[...]} as a presence, and finds no property of it.
    admin("undocumented", {"envelope": True})
    seen = await graph.communications.presences.by_presence_id(ADA).get()
    print("a presence in an envelope:", pair(seen))


asyncio.run(main())
