"""The mailboxes of `mailtool serve`: several clients at once, many of them, and a server that is killed."""

import os
import pathlib
import signal
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from serving import SECRET, ServeTest  # noqa: E402

TIMEOUT = 60


class Client:
    """IMAP, a line at a time."""

    def __init__(self, serving, user="bob"):
        self.socket = socket.create_connection(("127.0.0.1", serving.port("imap")), TIMEOUT)
        self.lines = self.socket.makefile("rb")
        self.lines.readline()
        self.number = 0
        assert self.ask(f"LOGIN {user} {SECRET}")[-1].startswith("OK ")

    def close(self):
        self.lines.close()
        self.socket.close()

    def send(self, *commands):
        tags = []
        octets = b""
        for command in commands:
            self.number += 1
            tags.append(f"t{self.number}")
            octets += f"{tags[-1]} {command}\r\n".encode()
        self.socket.sendall(octets)
        return tags

    def until(self, tag):
        """The lines up to the one with the tag, which goes; fewer where the server hangs up."""
        said = []
        while line := self.lines.readline():
            said.append(line.decode().rstrip("\r\n"))
            if said[-1].startswith(tag + " "):
                said[-1] = said[-1][len(tag) + 1:]
                break
        return said

    def ask(self, *commands):
        return self.until(self.send(*commands)[-1])

    def append(self, mailbox, text):
        message = f"Subject: {text}\r\n\r\n{text}\r\n"
        return self.ask(f'APPEND "{mailbox}" {{{len(message)}+}}\r\n{message}')[-1]

    def names(self, pattern="*"):
        return sorted(line.split('"/" ')[1].strip('"') for line in self.ask(f'LIST "" "{pattern}"')[:-1]
                      if "\\Noselect" not in line)

    def texts(self, mailbox):
        """What the messages of a mailbox say."""
        assert self.ask(f'EXAMINE "{mailbox}"')[-1].startswith("OK "), mailbox
        said = self.ask("UID FETCH 1:* (BODY.PEEK[TEXT])")
        self.ask("UNSELECT")
        return sorted(line.strip() for line in said[:-1] if line.startswith("m"))


class Mailboxes(ServeTest):
    def client(self, serving, user="bob"):
        client = Client(serving, user)
        self.addCleanup(client.close)
        return client

    def test_deleted_under_others(self):
        serving = self.serve("--tls", "off")
        one, two, three = (self.client(serving) for _ in range(3))
        one.ask("CREATE a", "CREATE a/b")
        self.assertIn("APPENDUID", one.append("a", "m1"))
        two.ask("SELECT a")
        three.ask("SELECT a")
        three.send("IDLE")
        self.assertEqual(three.lines.readline(), b"+ idling\r\n")
        self.assertEqual(one.ask("DELETE a")[-1], "OK done")
        # The same name is another mailbox.
        self.assertEqual(one.ask("CREATE a")[-1], "OK done")
        gone = "* BYE [UNAVAILABLE] the mailbox that is selected was deleted"
        self.assertEqual(three.until("none"), [gone])
        self.assertEqual(two.ask("FETCH 1 (BODY[])"), [gone])
        self.assertEqual(one.texts("a"), [])
        self.assertEqual(one.names("a*"), ["a", "a/b"])
        while [path for path in (serving.root / "mail/bob/Maildir").iterdir() if path.name.startswith("removed-")]:
            one.ask("NOOP")

    def test_renamed_under_others(self):
        serving = self.serve("--tls", "off")
        one, two = self.client(serving), self.client(serving)
        one.ask("CREATE a/b")
        two.ask("SELECT a/b")
        self.assertEqual(one.ask("RENAME a c")[-1], "OK done")
        self.assertIn("APPENDUID", one.append("c/b", "m1"))
        self.assertEqual(two.ask("NOOP"), ["* 1 EXISTS", "OK done"])
        self.assertEqual(two.ask("STORE 1 +FLAGS.SILENT (\\Seen)")[-1], "OK done")
        self.assertEqual(one.ask("STATUS c/b (MESSAGES UNSEEN)")[0], '* STATUS "c/b" (MESSAGES 1 UNSEEN 0)')
        one.append("INBOX", "m2")
        two.ask("SELECT INBOX")
        self.assertEqual(one.ask("RENAME INBOX old")[-1], "OK done")
        self.assertEqual(two.ask("NOOP"), ["* 1 EXPUNGE", "OK done"])
        self.assertEqual(one.texts("old"), ["m2"])

    # RENAME gave a name a lower UIDVALIDITY than it had had: clients took other messages for those they knew.
    def test_renamed_to_a_name_that_was_used(self):
        serving = self.serve("--tls", "off")
        one, two, three = (self.client(serving) for _ in range(3))
        def uidvalidity(name):
            return int(one.ask(f"STATUS {name} (UIDVALIDITY)")[0].split("UIDVALIDITY ")[1].rstrip(")"))
        one.ask("CREATE old", "CREATE new")
        one.append("old", "m1")
        lower, higher = uidvalidity("old"), uidvalidity("new")
        self.assertGreater(higher, lower)
        for client in (one, two, three):
            client.ask("SELECT old")
        three.send("IDLE")
        self.assertEqual(three.lines.readline(), b"+ idling\r\n")
        one.ask("DELETE new")
        self.assertEqual(one.ask("RENAME old new")[-1], "OK done")
        self.assertGreater(uidvalidity("new"), higher)
        gone = "* BYE [UNAVAILABLE] the mailbox that is selected was renamed, and has another UIDVALIDITY"
        self.assertEqual(three.until("none"), [gone])
        self.assertEqual(two.ask("FETCH 1 (FLAGS)"), [gone])
        self.assertEqual(one.ask("FETCH 1 (FLAGS)")[-1], "BAD select first")
        found = uidvalidity("new")
        self.assertIn(f"[APPENDUID {found} 2]", one.append("new", "m2"))
        self.assertEqual(one.texts("new"), ["m1", "m2"])
        # Under a name that nobody had it keeps what it has, and back, too.
        one.ask("RENAME new next", "RENAME next new")
        self.assertEqual(uidvalidity("new"), found)
        root = serving.root
        serving.stop(signal.SIGKILL)
        one = self.client(self.serve("--tls", "off", root=root))
        self.assertEqual(uidvalidity("new"), found)
        self.assertEqual(one.texts("new"), ["m1", "m2"])
        one.ask("CREATE last", "DELETE new", "RENAME last other", "CREATE new", "DELETE new", "RENAME other new")
        self.assertGreater(uidvalidity("new"), found + 2)

    def test_killed_while_renaming(self):
        there = {f"/{i}": f"m{i}" for i in range(6)} | {"": "m6"}
        for answers in range(0, 6):
            with self.subTest(answers):
                root = self.folder / f"root{answers}"
                serving = self.serve("--tls", "off", root=root)
                client = self.client(serving)
                for below, text in there.items():
                    client.ask(f"CREATE a{below}")
                    client.append(f"a{below}", text)
                client.append("INBOX", "m7")
                tags = client.send("RENAME a b", "RENAME b c/d", "RENAME INBOX x", "RENAME c a", "RENAME x a/x", "RENAME a y")
                for tag in tags[:answers]:
                    self.assertEqual(client.until(tag), ["OK done"])
                serving.stop(signal.SIGKILL)
                client = self.client(self.serve("--tls", "off", root=root))
                found = {name: client.texts(name) for name in client.names()}
                self.assertEqual(sorted(text for texts in found.values() for text in texts),
                                 [f"m{i}" for i in range(8)], found)
                # All of the tree is below one name.
                [top] = [name.removesuffix("/0") for name in found if name.endswith("/0")]
                self.assertEqual({top + below: [text] for below, text in there.items()},
                                 {name: texts for name, texts in found.items() if (name + "/").startswith(top + "/")
                                  and not name.endswith("/x")}, found)

    def test_many(self):
        serving = self.serve("--tls", "off")
        client = self.client(serving)
        for begin in range(0, 600, 100):
            self.assertEqual(client.ask(*(f"CREATE n/{i % 7}/{i}" for i in range(begin, begin + 100)))[-1], "OK done")
        said = client.ask('LIST "" (n/*) RETURN (STATUS (MESSAGES UIDVALIDITY) SUBSCRIBED)')
        self.assertEqual(said[-1], "OK done")
        self.assertEqual(sum(line.startswith("* STATUS ") for line in said), 600)
        self.assertEqual(sum("\\NonExistent \\HasChildren" in line for line in said), 7)
        validities = {line.split("UIDVALIDITY ")[1] for line in said if line.startswith("* STATUS ")}
        self.assertEqual(len(validities), 600)
        self.assertLess(len(os.listdir(f"/proc/{serving.process.pid}/fd")), 150)
        self.assertEqual(client.ask("RENAME n o")[-1], "OK done")
        self.assertEqual(len(client.names("o/*")), 600)


if __name__ == "__main__":
    import unittest
    unittest.main()
