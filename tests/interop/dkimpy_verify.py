"""Prints what dkimpy says of each DKIM signature of a message: "pass rsa-sha256".

    /usr/bin/python3 dkimpy_verify.py NAME-SERVER PORT < MESSAGE
"""

import sys

import dkim
import dns.resolver

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = [sys.argv[1]]
resolver.port = int(sys.argv[2])


def txt(name, timeout=5):
    return b"".join(resolver.resolve(name.decode(), "TXT", lifetime=timeout)[0].strings)


check = dkim.DKIM(sys.stdin.buffer.read())
fields = [value for name, value in check.headers if name.lower() == b"dkim-signature"]
for index, value in enumerate(fields):
    algorithm = dkim.util.parse_tag_value(value)[b"a"].decode()
    try:
        verdict = "pass" if check.verify(idx=index, dnsfunc=txt) else "fail"
    except dkim.DKIMException as wrong:
        verdict = f"error: {wrong}"
    print(verdict, algorithm)
