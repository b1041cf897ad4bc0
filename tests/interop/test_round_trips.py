"""How often each main path waits for the server, read off its transcript.

A turn is a run of client lines after server lines: what one round trip carries.
TCP (1), TLS (1, 1.3) and the greeting (half) come before the first turn.
"""

from support import LabTest, message


def turns(transcript):
    """What the client said in each turn, first words only."""
    found = []
    speaker = "S"
    for line in transcript.read_text().splitlines():
        if line.startswith("<TLS"):
            speaker = "S"
        if line[:2] not in ("C:", "S:"):
            continue
        if line[0] == "C" and speaker == "S":
            found.append(line[3:23])
        speaker = line[0]
    return found


class RoundTrips(LabTest):
    def counted(self, run, *args, **more):
        transcript = self.home / f"transcript{len(list(self.home.iterdir()))}"
        run(*args, "--transcript", transcript, **more)
        return turns(transcript)

    def test_send_by_mx(self):
        # EHLO, STARTTLS, EHLO, MAIL+RCPT+DATA, message+QUIT
        counted = self.counted(self.send_by_mx, "bob@hamburger.edu", input=message())
        self.assertLessEqual(len(counted), 5, counted)

    def test_submission(self):
        # EHLO, STARTTLS, EHLO, AUTH, MAIL+RCPT+DATA, message+QUIT
        counted = self.counted(self.submit, "--auth", "PLAIN", "bob@hamburger.edu",
                               input=message())
        self.assertLessEqual(len(counted), 6, counted)

    def test_smtps(self):
        # EHLO, AUTH, MAIL+RCPT+DATA, message+QUIT
        counted = self.counted(self.submit, "--auth", "PLAIN", "bob@hamburger.edu",
                               scheme="smtps", input=message())
        self.assertLessEqual(len(counted), 4, counted)

    def test_fetch_does_not_depend_on_the_number_of_messages(self):
        # CAPA, AUTH, STAT+UIDL+LIST, RETR..., DELE...+QUIT
        for count in (1, 20):
            with self.subTest(count):
                self.deliver(count=count)
                counted = self.counted(self.fetch, "--auth", "PLAIN", "--delete", "--to",
                                       f"maildir:{self.home}/Mail")
                self.assertLessEqual(len(counted), 6, counted)

    def test_imap_search(self):
        # CAPABILITY or AUTHENTICATE, SELECT+SEARCH, LOGOUT
        counted = self.counted(self.imap, "--auth", "PLAIN", "search")
        self.assertLessEqual(len(counted), 4, counted)

    def test_imap_move(self):
        self.deliver()
        counted = self.counted(self.imap, "--auth", "PLAIN", "move", "1", "--to", "@archive")
        self.assertLessEqual(len(counted), 6, counted)
