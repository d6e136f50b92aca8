"""MSAL for Python and azure-identity, unmodified, sign in users at the emulator, over https.

REQUESTS_CA_BUNDLE names the emulator's certificate, and BROWSER a command that opens a page and
signs in the first user, Ada.
"""

import os

import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    ClientSecretCredential,
    DeviceCodeCredential,
    InteractiveBrowserCredential,
)

ORIGIN = os.environ["ORIGIN"]
CLIENT = "11111111-2222-4333-8444-555555555555"
SCOPES = ["Presence.Read"]
DEFAULT = "https://graph.microsoft.com/.default"


def admin(path, body):
    """An administration request of the emulator."""
    response = requests.post(f"{ORIGIN}/_emulator/{path}", json=body, timeout=30)
    response.raise_for_status()


def graph(token):
    """The availability that the token's user reads, or the status and the challenge."""
    headers = {"Authorization": f"Bearer {token}"}
    response = requests.get(f"{ORIGIN}/v1.0/me/presence", headers=headers, timeout=30)
    if response.ok:
        return response.json()["availability"]
    challenge = response.headers.get("WWW-Authenticate", "")
    return f"{response.status_code}, claims: {'claims=' in challenge}"


def fault(**fault):
    admin("faults", fault | {"operation": "token"})


def error(result):
    return f"{result['error']} {result['error_codes']}"


def app(**options):
    return msal.PublicClientApplication(
        CLIENT, authority=f"{ORIGIN}/organizations", instance_discovery=False, **options
    )


def device_flow(application, answer, **faults):
    flow = application.initiate_device_flow(scopes=SCOPES)
    admin(f"deviceCodes/{flow['user_code']}", answer)
    return application.acquire_token_by_device_flow(flow)


def msal_device_code():
    application = app()
    pending = "AADSTS70016: Authorization is pending."
    fault(kind="status", status=400, code="authorization_pending", message=pending)
    result = device_flow(application, {"user": "Ada"})
    print("msal device code:", result["scope"], graph(result["access_token"]))
    account = application.get_accounts()[0]
    print("msal account:", account["username"], account["home_account_id"])
    again = application.acquire_token_silent(SCOPES, account)
    print("msal from the cache:", again["access_token"] == result["access_token"])
    again = application.acquire_token_silent(SCOPES, account, force_refresh=True)
    print("msal refresh:", graph(again["access_token"]))
    admin("users/Ada/revoke", {})
    dead = application.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    print("msal revoked:", error(dead))
    print("msal declined:", error(device_flow(app(), {"declined": True})))


def msal_browser():
    application = app(client_capabilities=["CP1"])
    result = application.acquire_token_interactive(SCOPES, timeout=30)
    print("msal browser:", graph(result["access_token"]))
    admin("users/Ada/revoke", {})
    print("msal revoked, cp1:", graph(result["access_token"]))
    admin("signIns", {"declined": True, "intervalSeconds": 1})
    declined = app().acquire_token_interactive(SCOPES, timeout=30)
    print("msal browser declined:", declined["error"])


def azure():
    options = {"authority": ORIGIN, "disable_instance_discovery": True}
    tenant = "contoso.onmicrosoft.com"
    admin("signIns", {"intervalSeconds": 1})

    def prompt(uri, user_code, expires_on):
        admin(f"deviceCodes/{user_code}", {"user": "Ada"})

    device = DeviceCodeCredential(
        CLIENT, tenant_id=tenant, prompt_callback=prompt, **options
    )
    token = device.get_token(f"https://graph.microsoft.com/{SCOPES[0]}")
    print("azure-identity device code:", graph(token.token))

    browser = InteractiveBrowserCredential(client_id=CLIENT, tenant_id=tenant, **options)
    token = browser.get_token(DEFAULT)
    print("azure-identity browser:", graph(token.token))

    secret = ClientSecretCredential(tenant, CLIENT, "secret", **options)
    token = secret.get_token(DEFAULT)
    print("azure-identity secret:", graph(token.token))
    code, message = "invalid_client", "AADSTS7000222: The provided client secret keys are expired."
    fault(kind="status", status=401, code=code, message=message)
    try:
        ClientSecretCredential(tenant, CLIENT, "old", **options).get_token(DEFAULT)
    except ClientAuthenticationError as problem:
        print("azure-identity old secret:", "AADSTS7000222" in problem.message)


admin("signIns", {"intervalSeconds": 1})
msal_device_code()
msal_browser()
azure()
