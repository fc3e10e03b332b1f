# A mail server that others wrote, with a few habits for tests. Says on standard output where it listens, then one JSON line
# for each attempt to deliver. Arguments: the port (0: any), then what it answers to whom: "greylisted@" once 451, "busy@"
# always 451, "unknown@" always 550, "slow@" nothing for a long time.
import asyncio
import json
import sys
from email import policy
from email.parser import BytesParser

from aiosmtpd.smtp import SMTP


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        message = BytesParser(policy=policy.default).parsebytes(envelope.content)
        said = "250 OK"
        if to.startswith("slow@"):
            await asyncio.sleep(3600)
        elif to.startswith("unknown@"):
            said = "550 5.1.1 <%s>: no such person" % to
        elif to.startswith("busy@") or (to.startswith("greylisted@") and to not in self.seen):
            said = "451 4.7.1 <%s>: come again" % to
        self.seen.add(to)
        say(
            said=said.split()[0],
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            headers={name.lower(): value for name, value in message.items()},
            body=message.get_content(),
        )
        return said


async def main():
    loop = asyncio.get_running_loop()
    handler = Handler()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="sink.example", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", int(sys.argv[1])
    )
    say(port=server.sockets[0].getsockname()[1])
    # It goes with whoever started it.
    await loop.run_in_executor(None, sys.stdin.read)
    import os

    os._exit(0)


asyncio.run(main())
