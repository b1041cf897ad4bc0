"""mailtool fetch against Dovecot with its POP3 settings turned, one class a setting."""

import poplib
import unittest

from at_serve import NO_MECHANISMS
from fetch_support import SECRET, DovecotTest, letter


def known(*mechanisms):
    return [name for name in mechanisms if name not in NO_MECHANISMS]


class Mechanisms(DovecotTest):
    def test_each_over_stls_and_implicit_tls(self):
        self.fill_letters(1)
        for url in (self.url, self.stls_url):
            for mechanism in known("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "APOP", "PLAIN", "LOGIN", "USER"):
                if mechanism == "APOP" and url == self.stls_url:
                    continue  # its timestamp came in clear text
                with self.subTest(f"{url} {mechanism}"):
                    self.assertIn("new", self.fetch("--list", "--auth", mechanism, url=url).out)

    def test_those_that_show_no_password_without_tls(self):
        self.fill_letters(1)
        for mechanism in known("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "APOP"):
            with self.subTest(mechanism):
                self.assertIn("new", self.fetch("--tls", "off", "--list", "--auth", mechanism, url=self.stls_url).out)

    def test_a_wrong_password(self):
        for mechanism in known("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "APOP", "PLAIN", "LOGIN", "USER"):
            with self.subTest(mechanism):
                self.fetch("--list", "--auth", mechanism, env={"PW": "wrong"}, status=77)


class SlowToRefuse(DovecotTest):
    settings = "auth_failure_delay = 1 secs"

    def test_a_wrong_password_is_told_all_the_same(self):
        self.fetch("--list", env={"PW": "wrong"}, status=77)


class OneConnection(DovecotTest):
    settings = "mail_max_userip_connections = 1"

    def test_a_second_one_comes_later(self):
        self.fill_letters(2)
        session = poplib.POP3("127.0.0.1", self.server.port)
        session.user(self.user)
        session.pass_(SECRET)
        run = self.fetch("--delete", *self.to(), status=75)
        self.assertIn("IN-USE", run.err)
        self.assertEqual((self.delivered(), self.left()), ([], 2))
        session.quit()
        self.fetch("--delete", *self.to())
        self.assertEqual((self.delivered(), self.left()), ([1, 2], 0))


class LockedSession(DovecotTest):
    settings = "pop3_lock_session = yes"

    def test_a_whole_run_holds_the_lock(self):
        self.fill_letters(5)
        self.assertEqual(self.counts("--delete", *self.to())["deleted"], 5)
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3, 4, 5], 0))


class HiddenNotDeleted(DovecotTest):
    settings = "pop3_delete_type = flag\npop3_deleted_flag = gone"

    def test_what_was_deleted_is_not_seen_again(self):
        self.fill_letters(3)
        self.fetch("--delete", *self.to())
        self.assertEqual(self.counts("--delete", *self.to())["fetched"], 0)
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3], 3))


class NoFlags(DovecotTest):
    settings = "pop3_no_flag_updates = yes\npop3_enable_last = yes"

    def test_what_is_known_does_not_depend_on_flags(self):
        self.fill_letters(3)
        self.fetch(*self.to())
        self.fill_letters(1, first=4)
        self.assertEqual(self.counts(*self.to())["fetched"], 1)
        self.assertEqual(self.delivered(), [1, 2, 3, 4])


class DuplicateIds(DovecotTest):
    settings = "pop3_reuse_xuidl = yes\npop3_uidl_duplicates = allow"

    def fill_duplicates(self):
        self.fill(letter(1, header="X-UIDL: same\n"), letter(2, header="X-UIDL: same\n"), letter(3),
                  letter(4, "Longer\n", header="X-UIDL: same\n"))

    def test_all_are_fetched_once(self):
        self.fill_duplicates()
        self.assertEqual(self.counts(*self.to())["fetched"], 4)
        self.assertEqual(self.counts(*self.to())["fetched"], 0)
        self.assertEqual(self.delivered(), [1, 2, 3, 4])

    def test_all_are_deleted(self):
        self.fill_duplicates()
        self.fetch("--delete", *self.to())
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3, 4], 0))

    def test_a_new_one_with_an_old_id_is_fetched(self):
        self.fill(letter(1, header="X-UIDL: same\n"))
        self.fetch("--delete", *self.to())
        self.fill(letter(2, "Another text of another size\n", header="X-UIDL: same\n"), first=2)
        self.fetch("--delete", *self.to())
        self.assertEqual((self.delivered(), self.left()), ([1, 2], 0))


class RenamedIds(DuplicateIds):
    settings = "pop3_reuse_xuidl = yes\npop3_uidl_duplicates = rename"


class OddIds(DovecotTest):
    settings = "pop3_uidl_format = %v.%u"

    def test_every_form(self):
        self.fill_letters(3)
        for at, form in enumerate(("%v.%u", "%f", "%g", "%u", "%08Xv%08Xu", "%%%u")):
            with self.subTest(form):
                self.server.restart(f"pop3_uidl_format = {form}")
                destination = self.to(f"Mail{at}")
                self.assertEqual(self.counts(*destination)["fetched"], 3)
                self.assertEqual(self.counts(*destination)["fetched"], 0)
                self.assertEqual(self.delivered(f"Mail{at}"), [1, 2, 3])


class WrongSizes(DovecotTest):
    """Files whose names do not tell a size: LIST has that of the file, with LF, and RETR brings more."""

    settings = "pop3_fast_size_lookups = yes"

    def fill_without_sizes(self, count):
        self.fill_letters(count)
        for path in self.server.messages(self.user):
            path.rename(path.with_name(path.name.split(",")[0] + ":2,"))

    def test_all_arrive_and_none_twice(self):
        self.fill_without_sizes(3)
        self.assertEqual(self.counts(*self.to())["fetched"], 3)
        self.assertEqual(self.counts("--delete", *self.to())["fetched"], 0)
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3], 0))

    def test_a_size_that_changes_makes_no_message_new(self):
        self.fill_without_sizes(3)
        self.fetch(*self.to())
        self.server.restart("pop3_fast_size_lookups = no")
        self.addCleanup(self.server.restart, self.settings)
        self.assertEqual(self.counts("--delete", *self.to())["fetched"], 0)
        self.assertEqual((self.delivered(), self.left()), ([1, 2, 3], 0))


if __name__ == "__main__":
    unittest.main()
