"""Asking the running service over the network whether it can receive a bid at this moment."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

PATIENCE = 8
"""Seconds: less than passes between two questions."""


class _Straight(HTTPRedirectHandler):
    """Follows nothing: a page elsewhere says nothing about this service."""

    def redirect_request(self, *_args: object) -> None:
        return None


_opener = build_opener(ProxyHandler({}), _Straight)


def ask(url: str, base_url: str) -> str:
    """Ask ``/readyz`` at ``url``, under the name of ``base_url``; return what is wrong in words, nothing if nothing."""
    request = Request(f"{url.rstrip('/')}/readyz", headers={"Host": urlsplit(base_url).netloc})
    try:
        with _opener.open(request, timeout=PATIENCE) as response:
            return "" if response.status == 200 else f"it answered {response.status}"
    except HTTPError as answer:
        with answer:
            return f"it answered {answer.code}"
    except TimeoutError:
        return f"it did not answer within {PATIENCE} seconds"
    except (URLError, OSError, HTTPException) as fault:
        reason = getattr(fault, "reason", fault)
        slow = isinstance(reason, TimeoutError)
        return f"it did not answer within {PATIENCE} seconds" if slow else f"no connection: {type(reason).__name__}"
