"""The forms of the page of keys: a new public key, and the text that proves one."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.fields import TextField


class KeyForm(PageForm):
    """The public half of a key, and whose office it is."""

    title = TextField("Whose key it is, by office", most=120, required="Say whose key it is: Monitoring officer, say")
    recipient = TextField("Public key", most=200, required="Paste the public key: it begins with age1")


class ProofForm(PageForm):
    """The text that the key opened."""

    text = TextField("The text that stood in it", most=200, required="Give the text that your key opened")
