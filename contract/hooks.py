"""What Schemathesis does not know of: bodies of one JSON object a line."""

import schemathesis


@schemathesis.serializer("application/jsonl")
def lines(ctx, value):
    """The text as it was made up."""
    return value if isinstance(value, bytes) else str(value).encode()
