"""The pages: each route reads form, service or query, page.

``SET_UPS`` are called with the application in this order, then ``BLUEPRINTS`` are registered; each is
``module:name``, so that importing this package imports no page.
"""

from __future__ import annotations

SET_UPS: tuple[str, ...] = (
    "workbench.web.pages:init_pages",
    "workbench.web.mailing:init_mails",
    "workbench.web.security:init_security",
    "workbench.jobs:init_jobs",
)
BLUEPRINTS: tuple[str, ...] = (
    "workbench.web.accounts:pages",
    "workbench.web.awards:pages",
    "workbench.web.bids:pages",
    "workbench.web.evaluation:pages",
    "workbench.web.health:health",
    "workbench.web.home:home",
    "workbench.web.public:public",
    "workbench.web.tenders:pages",
)
