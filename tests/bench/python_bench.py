"""Messages and mboxes read by Python's email: python_bench.py headers|walk compat32|default FILE...

headers: From, To and Subject, decoded. walk: besides these every leaf is decoded, and text is
converted to UTF-8.
"""

import email
import email.header
import email.policy
import mailbox
import sys

walk = sys.argv[1] == "walk"
policy = getattr(email.policy, sys.argv[2])


def messages(path):
    with open(path, "rb") as file:
        if file.read(5) != b"From ":
            file.seek(0)
            yield email.message_from_binary_file(file, policy=policy)
            return
    yield from mailbox.mbox(path, factory=lambda file: email.message_from_binary_file(file, policy=policy), create=False)


def decoded(value):
    if policy is email.policy.compat32:
        return str(email.header.make_header(email.header.decode_header(value)))
    return str(value)


for path in sys.argv[3:]:
    for message in messages(path):
        for name in ("From", "To", "Subject"):
            if message[name] is not None:
                decoded(message[name])
        for part in message.walk() if walk else ():
            if part.is_multipart():
                continue
            octets = part.get_payload(decode=True)
            if part.get_content_maintype() == "text":
                octets.decode(part.get_content_charset("us-ascii"), "replace").encode("utf-8", "surrogateescape")
