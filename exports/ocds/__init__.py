"""Open contracting data: what is published as OCDS releases, and what is taken over from one."""
