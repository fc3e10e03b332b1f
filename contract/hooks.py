"""What Schemathesis does not know of: bodies of one JSON object a line, and the branch that it sits on."""

import os

import schemathesis

OWN = os.environ.get("OWN", "").split()


@schemathesis.serializer("application/jsonl")
def lines(ctx, value):
    """The text as it was made up."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Whom it comes as is neither revoked nor blocked: it would see nothing more. Others are."""
    changes = case.operation.method.upper() not in ("GET", "HEAD")
    named = (case.path_parameters or {}).get("id")
    if changes and named in OWN:
        case.path_parameters["id"] = named[:-4] + "0000"
