"""A release package shaped as the UK central platform publishes tender notices; its content is invented."""

from __future__ import annotations

import json
from typing import Any


def package(**changes: Any) -> dict[str, Any]:
    """Make a package with one release; ``changes`` replace fields of its tender."""
    return {
        "uri": "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages/ocds-h6vhtk-0aaaaa",
        "version": "1.1",
        "extensions": ["https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json"],
        "publishedDate": "2026-03-02T09:00:00Z",
        "publisher": {"name": "Crown Commercial Service"},
        "releases": [release(**changes)],
    }


def release(**changes: Any) -> dict[str, Any]:
    """Make one tender release."""
    return {
        "ocid": "ocds-h6vhtk-0aaaaa",
        "id": "012345-2026",
        "date": "2026-03-02T09:00:00Z",
        "tag": ["tender"],
        "initiationType": "tender",
        "language": "en",
        "parties": [PORTAL, BUYER],
        "buyer": {"id": "GB-PPON-PWWW-1234-ABCD", "name": "Police and Crime Commissioner for Westmere"},
        "tender": {**TENDER, **changes},
    }


def data(**changes: Any) -> bytes:
    """Write the package."""
    return json.dumps(package(**changes)).encode()


PORTAL = {"id": "GB-PPON-X", "name": "Westmere Police Procurement", "roles": ["processContactPoint"]}
BUYER = {
    "id": "GB-PPON-PWWW-1234-ABCD",
    "name": "Police and Crime Commissioner for Westmere",
    "identifier": {"scheme": "GB-PPON", "id": "PWWW-1234-ABCD"},
    "address": {
        "streetAddress": "1 Quay Street",
        "locality": "Westmere",
        "postalCode": "WM1 1AA",
        "country": "GB",
        "region": "UKK11",
    },
    "contactPoint": {"email": "commissioning@westmere.example"},
    "roles": ["buyer"],
    "details": {"classifications": [{"id": "publicAuthoritySubCentralGovernment", "scheme": "UK_CA_TYPE"}]},
}
LOT = {
    "id": "1",
    "title": "Adult service",
    "description": "Support for adults.",
    "status": "active",
    "value": {"amountGross": 3600000, "amount": 3000000, "currency": "GBP"},
    "contractPeriod": {
        "startDate": "2026-10-01T00:00:00+01:00",
        "endDate": "2029-09-30T23:59:59+01:00",
        "maxExtentDate": "2031-09-30T23:59:59+01:00",
    },
    "hasRenewal": True,
    "renewal": {"description": "Two years, one at a time."},
    "suitability": {"sme": True, "vcse": True},
    "awardCriteria": {
        "criteria": [
            {
                "type": "quality",
                "name": "Service model",
                "description": "How people are supported.",
                "numbers": [{"number": 60.5, "weight": "percentageExact"}, {"number": 2, "threshold": "minimumScore"}],
            },
            {"type": "quality", "name": "Social value", "description": "14.5"},
            {"type": "price", "name": "Price", "description": "25 %"},
        ],
        "weightingDescription": "Lowest price over price times the weight.",
    },
}
TENDER = {
    "id": "WM/2026/7",
    "legalBasis": {"id": "2023/54", "scheme": "UKPGA", "uri": "https://www.legislation.gov.uk/ukpga/2023/54/contents"},
    "title": "Support for victims",
    "description": "Support for victims in Westmere.",
    "status": "active",
    "items": [
        {
            "id": "1",
            "additionalClassifications": [{"scheme": "CPV", "id": "85312310", "description": "Guidance services"}],
            "relatedLot": "1",
        },
        {"id": "2", "additionalClassifications": [{"scheme": "CPV", "id": "98000000"}], "relatedLot": "2"},
    ],
    "value": {"amountGross": 4800000, "amount": 4000000, "currency": "GBP"},
    "procurementMethod": "open",
    "procurementMethodDetails": "Open procedure",
    "mainProcurementCategory": "services",
    "specialRegime": ["lightTouch"],
    "aboveThreshold": True,
    "submissionMethodDetails": "https://portal.example",
    "submissionTerms": {"electronicSubmissionPolicy": "allowed", "languages": ["en"]},
    "tenderPeriod": {"endDate": "2026-04-20T12:00:00+01:00"},
    "enquiryPeriod": {"endDate": "2026-04-06T17:00:00+01:00"},
    "awardPeriod": {"endDate": "2026-07-31T23:59:59+01:00"},
    "lotDetails": {"maximumLotsBidPerSupplier": 2, "maximumLotsAwardedPerSupplier": 1},
    "lots": [LOT, {"id": "2", "title": "Children's service", "status": "active", "value": {"amount": 1e6}}],
    "documents": [{"id": "012345-2026", "documentType": "tenderNotice", "noticeType": "UK4"}],
    "riskDetails": "A grant may end.",
}
