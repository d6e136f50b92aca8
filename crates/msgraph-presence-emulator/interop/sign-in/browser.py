"""A browser of one tab: it opens a page, and presses the first button of each form that it meets.

Its argument is an address. REQUESTS_CA_BUNDLE names the certificate that it trusts.
"""

import sys
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class Form(HTMLParser):
    """The form of a page that is posted, its hidden inputs and its first button."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.pressed = None, {}, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and attributes.get("method") == "post":
            self.action = attributes["action"]
        if tag == "input" or tag == "button" and not self.pressed:
            self.pressed |= tag == "button"
            if "name" in attributes:
                self.fields[attributes["name"]] = attributes["value"]


page = requests.get(sys.argv[1], timeout=30)
while (form := Form(page.text)).action:
    page = requests.post(urljoin(page.url, form.action), data=form.fields, timeout=30)
