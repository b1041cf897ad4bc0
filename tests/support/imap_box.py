"""What a test says to an IMAP server of its own, whichever it is: dovecot_imap.py, serve_boxes.py."""


class ImapBox:
    """Mixed into a server with `port`. Loopback is taken for safe, and passwords in clear text there."""

    protocol, greeting = "imap", b"* OK"
    options = ("--tls", "off", "--allow-cleartext-password")
    moves = expunges = True  # single messages

    @property
    def url(self):
        return self.url_of("bob")

    def url_of(self, user):
        return f"imap://{user}@127.0.0.1:{self.port}"

    @staticmethod
    def named(name):
        return name

    plain = named
