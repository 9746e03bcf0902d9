"""Every request that schemathesis makes is sent again as each other caller: generating requests costs more than sending
them. Loaded as its hooks file by loadtest/api/schemathesis.ts, which passes the secrets in the environment."""

import json
import os

import requests
import schemathesis
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi

CALLERS = json.loads(os.environ.get("PSEPHOS_CALLERS", "{}"))
CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]


class WithoutSecret(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers.pop("Authorization", None)
        return request


@schemathesis.check
def every_caller(ctx, response, case):
    """Named after what it claims: the answer to every caller is as documented."""
    for name, secret in CALLERS.items():
        sent = {"auth": WithoutSecret()} if secret is None else {"headers": {"Authorization": f"Bearer {secret}"}}
        answer = case.call(**sent)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as problems:
            details = "; ".join(f"{problem.title}: {problem.message}" for problem in problems.exceptions)
            raise AssertionError(f"as {name} ({answer.status_code}): {details}") from None
