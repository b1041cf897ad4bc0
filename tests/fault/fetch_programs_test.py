"""fetch into a program: what it says is what becomes of the message, and it gets whole messages alone."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import unittest

from fetch_home import FetchHome, FetchTest, TAKER, local
from scripted_pop3 import CAPA, Mail, Pop3Server, Usual, mails

LARGE = Mail(b"Subject: Large\r\nMessage-ID: <large@mail.example>\r\n\r\n" + b"Large.\r\n" * 50_000, "uid-large")


class Programs(FetchTest):
    def test_a_server_that_begins_to_delete_what_was_fetched(self):
        """It says so in this session, and did not in the last one, which is remembered."""
        slow = [word for word in CAPA if word != "PIPELINING"]
        for capa, count, discards in ((CAPA, 4, False), (slow, 1, False), (slow, 4, False), (slow, 4, True)):
            with self.subTest(capa=capa, count=count), FetchHome("pipe") as home, \
                    Pop3Server(mails(count), capa=capa, discards=discards) as server:
                self.fetch(home, server)
                server.maildrop += mails(count, prefix="new-")
                server.capa = [*capa, "EXPIRE 0"]
                good = home.to
                self.pipe(home, "cat > /dev/null; exit 75\n")
                self.fetch(home, server, status=75)
                server.wait()
                self.assertNotIn("QUIT", server.sessions[-1].commands)
                home.to = good
                self.fetch(home, server)
                self.holds(home, server.maildrop)

    def pipe(self, home, text):
        home.to = [f"pipe:{home.program('program', '#!/bin/sh' + chr(10) + text)}"]

    def test_statuses_of_the_program(self):
        for code, status in ((0, 0), (1, 74), (67, 74), (75, 75), (100, 74), ("kill -TERM $$", 74)):
            words = f"cat > /dev/null\n{code if isinstance(code, str) else f'exit {code}'}\n"
            with self.subTest(code), Pop3Server(mails(3)) as server, FetchHome("pipe") as home:
                self.pipe(home, words)
                run = self.fetch(home, server, "--delete", status=status)
                self.assertEqual(len(server.left()), 3 if status else 0, run)
                if status:
                    self.assertIn("program", run.err)
                # What it did not take, another one takes.
                home.to = home.taker()
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop if status else [])
                self.assertEqual(server.left(), [])

    def test_one_that_is_refused_does_not_hold_up_the_others(self):
        with Pop3Server(mails(3)) as server, FetchHome("pipe") as home:
            self.pipe(home, f'cat > {home.path}/half; grep -q "Lunch 2" {home.path}/half && exit 1\n'
                            f'mv {home.path}/half {home.path}/taken.$$\n')
            self.fetch(home, server, "--delete", status=74)
            self.holds(home, [server.maildrop[0], server.maildrop[2]])
            self.assertEqual(server.left(), ["uid-2"])
            home.to = home.taker()
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)

    def test_later_is_later_as_often_as_it_is_said(self):
        with Pop3Server(mails(2)) as server, FetchHome("pipe") as home:
            self.pipe(home, "exit 75\n")
            for _ in range(5):
                self.fetch(home, server, "--delete", status=75)
            home.to = home.taker()
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)

    def test_a_broken_program_sets_nothing_aside(self):
        """Only a message that is refused while others are taken is to blame."""
        with Pop3Server(mails(3)) as server, FetchHome("pipe") as home:
            self.pipe(home, f"exec {home.folder}/filter\n")
            home.program("filter", "#!/bin/sh\nexit 1\n")
            for _ in range(4):
                run = self.fetch(home, server, "--delete", status=74)
                self.assertEqual(len(run.error_lines()), 3, run)
            home.program("filter", home.program("taker", TAKER.format(folder=home.path)).read_text())
            self.fetch(home, server, "--delete")
            self.holds(home, server.maildrop)
            self.assertEqual(server.left(), [])

    def test_what_is_refused_among_others_is_set_aside_and_retry_takes_it(self):
        with Pop3Server(mails(3)) as server, FetchHome("pipe") as home:
            self.pipe(home, f"exec {home.folder}/filter\n")
            home.program("filter", '#!/bin/sh\ngrep -q "Lunch 2" && exit 1\nexit 0\n')
            for number, status in enumerate((74, 74, 69, 0)):
                server.maildrop += mails(1, prefix=f"new-{number}-")
                run = self.fetch(home, server, status=status)
                self.assertEqual("; set aside for 7 days, --retry tries it at once" in run.err, status == 69, run)
            run = self.fetch(home, server, "--retry", status=74)
            self.assertIn("message 2: ", run.err)
            home.program("filter", home.program("taker", TAKER.format(folder=home.path)).read_text())
            self.fetch(home, server)
            self.holds(home, [])
            self.fetch(home, server, "--retry")
            self.holds(home, [server.maildrop[1]])

    def test_a_program_that_does_not_read(self):
        """Status 0 is delivered, whether it read or not; neither end hangs, or dies of it."""
        for words, status in (("exit 0\n", 0), ("exec 0<&-\nexit 0\n", 0), ("head -c 10 > /dev/null\n", 0),
                              ("exit 75\n", 75)):
            fresh = [Mail(LARGE.content, "uid-large"), *mails(2)]
            with self.subTest(words), Pop3Server(fresh) as server, FetchHome("pipe") as home:
                self.pipe(home, words)
                self.fetch(home, server, "--delete", status=status, timeout=20)
                self.assertEqual(len(server.left()), 3 if status else 0)

    def test_half_a_message_is_shown_to_no_program(self):
        with Pop3Server(mails(3, 100_000), {"RETR": {2: Usual(cut=50_000)}}) as server, FetchHome("pipe") as home:
            self.pipe(home, f"cat > {home.path}/taken.$$\n")
            self.fetch(home, server, status=75)
            for octets in home.messages():
                self.assertTrue(octets.endswith(b"place?\n"))
            server.replies = {}
            self.fetch(home, server)
            self.holds(home, server.maildrop)

    def test_what_the_program_is_told(self):
        with Pop3Server(mails(2)) as server, FetchHome("pipe") as home:
            self.pipe(home, f'echo "$MAILTOOL_UID $MAILTOOL_MAILDROP $MAILTOOL_SIZE" >> {home.folder}/told\n'
                            'cat > /dev/null\n')
            self.fetch(home, server)
            told = (home.folder / "told").read_text().splitlines()
            self.assertEqual(told, [f"{mail.uid} alice@127.0.0.1 {len(local(mail.content))}"
                                    for mail in server.maildrop])

    def test_its_arguments_are_words_and_no_shell_reads_them(self):
        with Pop3Server(mails(1)) as server, FetchHome("pipe") as home:
            script = home.program("program", f'#!/bin/sh\nprintf "%s\\n" "$@" > {home.folder}/told\ncat > /dev/null\n')
            home.to = [f"pipe:{script} 'two words' $HOME * \"a;b\" >x"]
            self.fetch(home, server)
            told = (home.folder / "told").read_text().splitlines()
            self.assertEqual(told, ["two words", "$HOME", "*", "a;b", ">x"])

    def test_a_uid_is_text_to_the_program(self):
        with Pop3Server([Mail(mails(1)[0].content, "$(touch${IFS}x);`id`'\"")]) as server, FetchHome("pipe") as home:
            self.pipe(home, f'printf "%s" "$MAILTOOL_UID" > {home.folder}/told; cat > /dev/null\n')
            self.fetch(home, server)
            self.assertEqual((home.folder / "told").read_text(), "$(touch${IFS}x);`id`'\"")

    def test_a_program_that_is_not_there(self):
        with Pop3Server(mails(2)) as server, FetchHome("pipe") as home:
            home.to = [f"pipe:{home.folder}/absent"]
            run = self.fetch(home, server, "--delete", status=73)
            self.assertEqual(len(run.error_lines()), 1, run)
            self.assertEqual(len(server.left()), 2)

    def test_what_the_program_prints_is_no_command_to_a_terminal(self):
        with Pop3Server(mails(1)) as server, FetchHome("pipe") as home:
            self.pipe(home, "cat > /dev/null; printf '\\033[2Jevil\\n' >&2; exit 1\n")
            run = home.fetch(server)
            self.assertEqual(run.status, 74, run)


class Several(FetchTest):
    def test_what_one_destination_lacks_is_not_deleted_and_the_other_has_it_once(self):
        for first_fails in (True, False):
            with self.subTest(first_fails), Pop3Server(mails(3)) as server, FetchHome("pipe") as home, \
                    FetchHome("maildir") as other:
                good = home.to
                self.pipe(home, 'cat > /dev/null; exit 1\n')
                bad, maildir = home.to, ["--to", *other.to]
                home.to = [*bad, *maildir] if first_fails else [*other.to, "--to", *bad]
                self.fetch(home, server, "--delete", status=74)
                self.holds(other, server.maildrop)
                self.assertEqual(len(server.left()), 3)
                # A program with other words is another destination; the Maildir is the same.
                home.to = [*good, *maildir] if first_fails else [*other.to, "--to", *good]
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.holds(other, server.maildrop)
                self.assertEqual(server.left(), [])

    def test_a_server_that_deletes_what_was_fetched(self):
        """EXPIRE 0: it may do so at QUIT, which must wait until all is safe."""
        capa = [*CAPA, "EXPIRE 0"]
        with Pop3Server(mails(3), capa=capa) as server, FetchHome("pipe") as home:
            self.pipe(home, "cat > /dev/null; exit 75\n")
            self.fetch(home, server, status=75)
            self.assertNotIn("QUIT", server.commands)
            home.to = home.taker()
            self.fetch(home, server)
            self.assertIn("QUIT", server.commands)
            self.holds(home, server.maildrop)

    def pipe(self, home, text):
        home.to = [f"pipe:{home.program('program', '#!/bin/sh' + chr(10) + text)}"]


class Lmtp(FetchTest):
    def test_refusals(self):
        for reply, status in (("550 5.1.1 no such user", 74), ("451 4.3.0 later", 75), ("552 5.2.2 full", 74)):
            with self.subTest(reply), Pop3Server(mails(3)) as server, FetchHome("lmtp") as home:
                home.lmtp.replies = {"DOT": {"bob@example.org": [reply, "250 ok", "250 ok"]}}
                run = self.fetch(home, server, "--delete", status=status)
                self.assertEqual(len(server.left()), 1, run)
                home.lmtp.replies = {}
                self.fetch(home, server, "--delete")
                self.holds(home, server.maildrop)
                self.assertEqual(server.left(), [])

    def test_nobody_there(self):
        with Pop3Server(mails(3)) as server, FetchHome("lmtp") as home:
            home.lmtp.close()
            run = self.fetch(home, server, "--delete", status=75)
            self.assertEqual(len(server.left()), 3)
            self.assertIn("lmtp", run.err)


if __name__ == "__main__":
    unittest.main()
