"""What a browser that sealed a bid sends: which bid, its two envelopes, and the sealed documents."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

from wtforms import HiddenField, MultipleFileField

from exports.codec.strict_json import parse
from lots.errors import ProcurementError
from workbench.forms.base import PageForm
from workbench.sealing.envelope import SealedEnvelope

MOST_TEXT = 2_000_000  # characters


class SealedFormError(ProcurementError):
    """Something that no page of ours sends."""


class SealedFiles(MultipleFileField):
    """The sealed documents."""

    most_values: ClassVar[int | None] = None


class SealedForm(PageForm):
    """A sealed bid; without the script of its page there is nothing to send."""

    bid = HiddenField()
    envelopes = HiddenField()
    files = SealedFiles("Sealed documents")

    def sealed(self) -> tuple[SealedEnvelope, ...]:
        """Read the envelopes; SealedFormError where they are none."""
        text = self.envelopes.data or ""
        if not text or len(text) > MOST_TEXT:
            raise SealedFormError("Nothing was sealed yet: choose the lot and your bid file, then “Check and seal”")
        found, problems = parse(text.encode())
        if problems or not isinstance(found, list):
            raise SealedFormError("The sealed bid did not arrive whole: seal it once more")
        return tuple(_envelope(each) for each in found)


def _envelope(value: Any) -> SealedEnvelope:
    try:
        kind, digest, content, wraps = (value[name] for name in ("kind", "sha256", "content", "wraps"))
        texts = (kind, digest, content, *wraps, *wraps.values())
        if all(isinstance(each, str) for each in texts):
            return SealedEnvelope(kind, digest, base64.b64decode(content, validate=True), dict(wraps))
    except (KeyError, TypeError, AttributeError, binascii.Error, ValueError):
        pass
    raise SealedFormError("The sealed bid did not arrive whole: seal it once more")
