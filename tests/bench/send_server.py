"""The far end of send_bench.py, in a process of its own: a server that takes everything and keeps nothing, or a
slow line to it.

  send_server.py server MODE CERTIFICATE KEY PASSWORD     MODE: starttls or implicit
  send_server.py line PORT DELAY

The first line out is the port. Each line in is answered by one of JSON: what came since the last one.
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from certificates import Certificate
from delay_proxy import DelayProxy
from scripted_smtp import SmtpServer

EHLO = ("PIPELINING", "SIZE 104857600", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8", "CHUNKING", "DSN")


def server(mode, certificate, key, password):
    end = SmtpServer(ehlo=EHLO, tls=mode, certificate=Certificate(certificate, key), users={"alice": password})

    def report():
        settle(lambda: all(session.end for session in end.sessions))
        got = {"messages": len(end.messages), "recipients": len(end.delivered_to),
               "octets": sum(message.size for message in end.messages), "sessions": len(end.sessions)}
        end.sessions.clear()
        end.threads.clear()
        return got

    return end, report


def line(port, delay):
    end = DelayProxy(int(port), float(delay))

    def report():
        settle(lambda: not any(thread.is_alive() for thread in list(end.threads)))
        got = {"round_trips": end.round_trips, "connections": end.connections, "sent": end.sent,
               "received": end.received}
        end.reset()
        return got

    return end, report


def settle(done):
    """Clients may be gone a moment before their connection is."""
    deadline = time.monotonic() + 5
    while not done() and time.monotonic() < deadline:
        time.sleep(0.002)


def main():
    end, report = {"server": server, "line": line}[sys.argv[1]](*sys.argv[2:])
    print(end.port, flush=True)
    for _ in sys.stdin:
        print(json.dumps(report()), flush=True)


if __name__ == "__main__":
    main()
