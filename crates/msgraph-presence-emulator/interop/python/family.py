"""The whole of presence in Microsoft's SDK for Python, a line for each step."""

import asyncio

from msgraph.generated.communications.get_presences_by_user_id.get_presences_by_user_id_post_request_body import (
    GetPresencesByUserIdPostRequestBody,
)
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.presence_status_message import PresenceStatusMessage
from msgraph.generated.users.item.presence.clear_presence.clear_presence_post_request_body import (
    ClearPresencePostRequestBody,
)
from msgraph.generated.users.item.presence.set_presence.set_presence_post_request_body import (
    SetPresencePostRequestBody,
)
from msgraph.generated.users.item.presence.set_status_message.set_status_message_post_request_body import (
    SetStatusMessagePostRequestBody,
)
from msgraph.generated.users.item.presence.set_user_preferred_presence.set_user_preferred_presence_post_request_body import (
    SetUserPreferredPresencePostRequestBody,
)
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from snippets import ADA, NOBODY, PAUSING, PRESENTER, client, pair

SESSION = "22553876-f5ab-4529-bffb-cfe50aa89f87"


def session(availability, activity):
    """A body of setPresence; past the SDK's own duration, see differences.py."""
    return SetPresencePostRequestBody(
        session_id=SESSION,
        availability=availability,
        activity=activity,
        additional_data={"expirationDuration": "PT1H"},
    )


async def main():
    graph = client("Ada")
    me, user = graph.me.presence, graph.users.by_user_id(ADA).presence

    ada = await graph.me.get()
    print("get /me:", ada.display_name, ada.user_principal_name)

    await me.set_user_preferred_presence.post(
        SetUserPreferredPresencePostRequestBody(availability="Away", activity="Away")
    )
    print("setUserPreferredPresence at /me:", pair(await user.get()))
    # The SDK sends neither a body nor a Content-Type.
    await me.clear_user_preferred_presence.post()
    print("clearUserPreferredPresence at /me:", pair(await user.get()))

    message = PresenceStatusMessage(message=ItemBody(content="At lunch", content_type=BodyType.Text))
    await me.set_status_message.post(SetStatusMessagePostRequestBody(status_message=message))
    content = (await me.get()).status_message.message.content
    print(f'setStatusMessage at /me: "{content}"')

    await me.set_presence.post(session("Busy", "InACall"))
    print("setPresence at /me:", pair(await me.get()))
    await user.set_presence.post(session("DoNotDisturb", "Presenting"))
    print("setPresence at /users/{id}, the same session:", pair(await me.get()))
    gone = ClearPresencePostRequestBody(session_id=SESSION)
    await me.clear_presence.post(gone)
    print("clearPresence at /me:", pair(await me.get()))
    try:
        await user.clear_presence.post(gone)
    except ODataError as error:
        print("clearPresence of a session that is gone:", error.response_status_code)

    ids = GetPresencesByUserIdPostRequestBody(ids=[PRESENTER, PAUSING])
    presences = (await graph.communications.get_presences_by_user_id.post(ids)).value
    print("getPresencesByUserId:", ", ".join(map(pair, presences)))

    reads = [user, graph.users.by_user_id(PRESENTER).presence, graph.users.by_user_id(NOBODY).presence]
    items = [BatchRequestItem(read.to_get_request_information()) for read in reads]
    content = BatchRequestContent({item.id: item for item in items})
    responses = (await BatchRequestBuilder(graph.request_adapter).post(content)).responses
    # The SDK drops the bodies of the parts, which are JSON objects.
    statuses = [str(responses[item.id].status) for item in items]
    print("a batch of three reads:", ", ".join(statuses))


if __name__ == "__main__":
    asyncio.run(main())
