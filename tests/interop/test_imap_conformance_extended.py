"""Extensions of IMAP at serve and at Dovecot, further: parts of search results (RFC 9394), ESEARCH, results that are kept (RFC 5182),
BINARY (RFC 3516), extended LIST (RFC 5258, 5819, 6154) and the sizes of mailboxes (RFC 8438)."""

import base64
import re
import unittest

from imap_pair import PairTest, letter, named, pairs

MANY = 30


class Partial(PairTest):
    """What RFC 9394 has from RFC 5267, which Dovecot knows: positive numbers."""

    def setUp(self):
        super().setUp()
        self.open_with(letter(number, header="X-Kind: menu\r\n" if number % 3 else "") for number in range(MANY))
        self.each(["STORE 4:6 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"])

    def test_some_of_the_results(self):
        for words in ("1:5", "5:1", "3:3", "20:40", "100:200", "1:4294967295"):
            for key in ("ALL", "HEADER X-Kind menu", "FROM nobody", "UID 10:*"):
                self.each(f"{verb}SEARCH RETURN (PARTIAL {words}) {key}" for verb in ("", "UID "))

    def test_with_others(self):
        self.each(["SEARCH RETURN (PARTIAL 2:4 COUNT) ALL", "UID SEARCH RETURN (MIN PARTIAL 2:4 MAX) ALL",
                   "UID SEARCH RETURN (COUNT PARTIAL 1:3) FROM nobody"])

    def test_what_is_none(self):
        self.each(["SEARCH RETURN (PARTIAL) ALL", "SEARCH RETURN (PARTIAL 0:5) ALL", "SEARCH RETURN (PARTIAL 1) ALL",
                   "SEARCH RETURN (PARTIAL 1:) ALL", "SEARCH RETURN (PARTIAL *:1) ALL", "SEARCH RETURN (PARTIAL 1:2,4) ALL",
                   "SEARCH RETURN (PARTIAL x:y) ALL", "SEARCH RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL",
                   "SEARCH RETURN (PARTIAL 1:5 ALL) ALL", "SEARCH RETURN (PARTIAL 1:4294967296) ALL"], codes=False)


class Esearch(PairTest):
    def setUp(self):
        super().setUp()
        self.open_with(letter(number) for number in range(9))
        self.each(["STORE 2,4:5,9 +FLAGS.SILENT (\\Seen)", "STORE 3 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"])

    def test_the_tag_is_that_of_the_command(self):
        for tag in ("a.1", "t[x", "0"):
            for client in self.both:
                row, = client.ask("UID SEARCH RETURN (MIN COUNT) SEEN", tag=tag).of("ESEARCH")
                self.assertEqual(row[0], ["TAG", tag.encode()])
                self.assertEqual(row[1], "UID")

    def test_words_in_any_order_and_twice(self):
        for words in ("(COUNT MIN)", "(MAX ALL MIN)", "(all)", "(Count)", "(MIN MIN)", "(ALL COUNT MAX MIN)"):
            self.each(f"{verb}SEARCH RETURN {words} {key}" for verb in ("", "UID ") for key in ("SEEN", "1:3", "DELETED"))

    def test_with_a_charset(self):
        self.each(["SEARCH RETURN (COUNT) CHARSET UTF-8 SUBJECT lunch", "UID SEARCH RETURN (ALL) CHARSET US-ASCII ALL",
                   "SEARCH CHARSET UTF-8 RETURN (COUNT) ALL", "SEARCH RETURN (COUNT) CHARSET X-NONE ALL"], codes=False)

    def test_with_modseq(self):
        for client in self.both:  # the numbers are each server's own
            for command, told in (("UID SEARCH RETURN (MIN) MODSEQ 1", ("MIN", "MODSEQ")),
                                  ("UID SEARCH RETURN (COUNT ALL) MODSEQ 1", ("COUNT", "ALL", "MODSEQ"))):
                row, = client.ask(command).of("ESEARCH")
                self.assertEqual(set(pairs(row[2:])), set(told), row)


class Saved(PairTest):
    """RFC 5182, section 2 and its examples."""

    def setUp(self):
        super().setUp()
        self.open_with(letter(number, header="X-Kind: menu\r\n" if number % 2 else "") for number in range(8))

    def test_what_is_saved(self):
        for words in ("SAVE", "SAVE MIN", "SAVE MAX", "SAVE MIN MAX", "SAVE COUNT", "SAVE ALL", "SAVE MIN COUNT", "SAVE ALL MIN"):
            for key in ("HEADER X-Kind menu", "FROM nobody", "3:5"):
                self.each([f"SEARCH RETURN ({words}) {key}", "UID SEARCH $", "FETCH $ UID"])

    def test_where_it_stands(self):
        self.each(["UID SEARCH RETURN (SAVE) 3:6", "SEARCH UID $", "SEARCH $ HEADER X-Kind menu", "SEARCH NOT ($ 1:4)",
                   "SEARCH OR $ OR 1 8", "UID FETCH $ (FLAGS)", "UID STORE $ +FLAGS.SILENT (\\Flagged)", "SEARCH FLAGGED", "CREATE Box",
                   "UID COPY $ Box", "STATUS Box (MESSAGES)", "MOVE $ Box", "SEARCH $", "FETCH $ UID", "STATUS Box (MESSAGES)",
                   "UID EXPUNGE $"])

    def test_it_refers_to_itself(self):
        self.each(["SEARCH RETURN (SAVE) 2:7", "SEARCH RETURN (SAVE) $ HEADER X-Kind menu", "SEARCH $",
                   "SEARCH RETURN (SAVE COUNT) NOT $", "SEARCH $"])

    def test_an_error_leaves_or_empties_it(self):
        self.each(["SEARCH RETURN (SAVE) 2:4"])
        self.each(["SEARCH RETURN (SAVE) XYZZY"], codes=False)
        self.same("SEARCH $")  # BAD: it stays
        self.each(["SEARCH RETURN (SAVE) CHARSET X-NONE ALL", "SEARCH $"])  # NO: it is empty

    def test_in_a_pipeline(self):
        for client in self.both:
            client.socket.sendall(b"p1 SEARCH RETURN (SAVE) 2:3\r\np2 FETCH $ UID\r\np3 SEARCH RETURN (SAVE) 7\r\np4 FETCH $ UID\r\n")
        tags = [f"p{number}" for number in range(1, 5)]
        answers = [client.finish_all(tags) for client in self.both]
        for tag in tags:
            self.assertEqual(*(self.normal(answer[tag]) for answer in answers))

    def test_another_mailbox_has_none(self):
        self.each(["SEARCH RETURN (SAVE) ALL", "EXAMINE Trash", "SEARCH $", "SELECT INBOX", "SEARCH $", "FETCH $ UID"])


def multipart(*parts):
    text = "Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    for header, body in parts:
        text += f"--b\r\n{header}\r\n\r\n{body}\r\n"
    return (text + "--b--\r\n").encode("latin-1")


PARTS = multipart(
    ("Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable", "soft =\r\nbreak =3D and=20\r\n=00"),
    ("Content-Type: image/png\r\nContent-Transfer-Encoding: BASE64", "iVBORw0K\r\nGgoAAAAN\r\n"),
    ("Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit", "Cr\xc3\xaape"),
    ("Content-Type: message/rfc822", "Subject: within\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8="),
    ("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64", ""))
LEAVES = ("1", "2", "3", "4.1", "5")
UNKNOWN = multipart(("Content-Type: text/plain\r\nContent-Transfer-Encoding: x-none", "what is this"))


class Binary(PairTest):
    def setUp(self):
        super().setUp()
        self.open_with([PARTS, letter(1), UNKNOWN])

    def test_parts(self):
        self.each(f"FETCH 1 BINARY.{kind}[{part}]" for part in LEAVES for kind in ("PEEK", "SIZE"))
        self.each(["FETCH 2 BINARY.PEEK[1]", "FETCH 2 BINARY.SIZE[1]", "FETCH 1:2 (BINARY.PEEK[1] BINARY.SIZE[1] UID)"])

    def test_parts_of_parts(self):
        for part in LEAVES:
            self.each(f"FETCH 1 BINARY.PEEK[{part}]<{some}>" for some in ("0.3", "2.5", "3.1000", "11.2", "1000.5"))

    def test_what_cannot_be_decoded(self):
        for kind in ("PEEK", "SIZE"):
            for answer in [client.ask(f"FETCH 3 BINARY.{kind}[1]") for client in self.both]:
                self.assertEqual((answer.status, answer.code[0]), ("NO", "UNKNOWN-CTE"))
        self.each(["FETCH 3 BODY.PEEK[1]", "FETCH 1:2 BINARY.PEEK[1]"])

    def test_what_is_refused(self):
        self.each(["FETCH 1 BINARY.PEEK[x]", "FETCH 1 BINARY.XYZZY[1]", "FETCH 1 BINARY", "FETCH 1 BINARY.PEEK[1"], codes=False)

    def test_an_append_of_octets(self):
        text = letter(5).encode()
        self.same([f"APPEND INBOX (\\Seen) ~{{{len(text)}}}", text])
        self.each(["NOOP", "FETCH 4 (FLAGS RFC822.SIZE BODY.PEEK[])"])


class ExtendedList(PairTest):
    def setUp(self):
        super().setUp()
        for command in ("CREATE Fruit", "CREATE Fruit/Apple", "CREATE Fruit/Pear", "CREATE Tofu", "CREATE Veg/Green/Bean",
                        "CREATE Bread", "SUBSCRIBE Fruit/Pear", "SUBSCRIBE Bread", "SUBSCRIBE Veg/Green/Bean", "SUBSCRIBE Gone",
                        "CREATE Soon", "SUBSCRIBE Soon", "DELETE Soon"):
            self.same(command, codes=False)

    def test_selections(self):
        self.each(f'LIST ({options}) "" {patterns}' for options in (
            "", "SUBSCRIBED", "SUBSCRIBED RECURSIVEMATCH", "SPECIAL-USE", "RECURSIVEMATCH SPECIAL-USE", "SUBSCRIBED SPECIAL-USE", "REMOTE",
            "subscribed") for patterns in ('"*"', '"%"', '"Fruit/%"', '("Fruit" "Bread")', '("F*" "B*")', '"Veg%"'))

    def test_returns(self):
        self.each(f'LIST "" {patterns} RETURN ({options})' for options in (
            "", "SUBSCRIBED", "CHILDREN", "SPECIAL-USE", "SUBSCRIBED CHILDREN SPECIAL-USE") for patterns in ('"*"', '"%"', '("Tofu" "Veg/%")'))

    def test_references(self):
        self.each(['LIST () "Fruit/" "%"', 'LIST () "Fruit/" ("Apple" "Pear")', 'LIST (SUBSCRIBED) "Fruit/" "*"', 'LIST () "" ""',
                   'LIST "" ("" "Tofu")', 'LIST () "None/" "*"'])

    def test_with_status(self):
        for number in range(3):
            self.append(letter(number), "Fruit/Apple", words="(\\Seen) " if number else "")
        self.each(['LIST "" "Fruit/*" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT SIZE))', 'LIST (SUBSCRIBED) "" "*" RETURN (STATUS (MESSAGES))',
                   'LIST "" "%" RETURN (SUBSCRIBED STATUS (MESSAGES) CHILDREN)', 'LIST "" "None" RETURN (STATUS (MESSAGES))',
                   'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (STATUS (UNSEEN))'])
        self.each(['LIST "" "*" RETURN (STATUS)', 'LIST "" "*" RETURN (STATUS (XYZZY))', 'LIST "" "*" RETURN (STATUS ())',
                   'LIST "" "*" RETURN (XYZZY)', 'LIST "" "*" RETURN ()x'], codes=False)


class Sizes(PairTest):
    def test_the_sum_of_all(self):
        self.each(["STATUS INBOX (SIZE)", "STATUS INBOX (MESSAGES SIZE UNSEEN)"])
        for number in range(4):
            self.append(letter(number, "Noon?\r\n" * (number * 100)))
        self.same("STATUS INBOX (SIZE)")
        self.each(["SELECT INBOX", "STORE 2 +FLAGS.SILENT (\\Deleted)", "STATUS INBOX (SIZE)", "EXPUNGE", "STATUS INBOX (SIZE)",
                   "CREATE Box", "COPY 1 Box", "STATUS Box (SIZE MESSAGES)", "MOVE 1:2 Box", "STATUS Box (SIZE)", "STATUS INBOX (SIZE)"])
        for client in self.both:
            size = int(pairs(client.ask("STATUS Box (SIZE)").of("STATUS")[0][1])["SIZE"])
            client.ask("SELECT Box")
            rows = client.ask("FETCH 1:* RFC822.SIZE").of("FETCH")
            self.assertEqual(size, sum(int(pairs(row[1])["RFC822.SIZE"]) for row in rows))


def utf7(name):
    """As RFC 3501 section 5.1.3 has it."""
    def shifted(found):
        octets = base64.b64encode(found[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{octets.decode()}-"

    return re.sub("[^ -~]+", shifted, name.replace("&", "&-"))


class Utf8Names(PairTest):
    """serve by RFC 9051 section 5.1, once it is enabled, and Dovecot, which does not know it, in the other form."""

    NAMES = ("Grüße", "점심", "R&D 日本", "📬", "a&b", "x/é/y", 'say "é" \\', "peter/mail/台北/日本語")

    def setUp(self):
        super().setUp()
        answer = self.both[0].ask("ENABLE IMAP4rev2")
        self.assertEqual(answer.of("ENABLED"), [["IMAP4rev2"]], answer.text)

    def alike(self, command, name):
        """`command` with the name where {} is: both say the same, of the same names."""
        quoted = ['"' + re.sub(r'(["\\])', r"\\\1", form) + '"' for form in (name, utf7(name))]
        answers = [client.ask(command.replace("{}", word)) for client, word in zip(self.both, quoted)]
        here, there = ((answer.status, sorted(self.told(answer))) for answer in answers)
        here = (here[0], sorted((kind, utf7(told)) for kind, told in here[1]))
        self.assertEqual(here, there, f"{command}\nserve: {answers[0].text}\nDovecot: {answers[1].text}")

    @staticmethod
    def told(answer):
        return [(kind, named(row[0 if kind == "STATUS" else 2])) for kind, row in answer.data if kind in ("LIST", "LSUB", "STATUS")]

    def test_each_command(self):
        for name in self.NAMES:
            with self.subTest(name):
                # Not SELECT: RFC 9051 has a LIST in its answer.
                for command in ("CREATE {}", "CREATE {}", "SUBSCRIBE {}", "STATUS {} (MESSAGES)", 'LIST "" {}', 'LSUB "" {}',
                                'LIST "" {} RETURN (STATUS (MESSAGES))', "RENAME {} Other", 'LIST "" *', "RENAME Other {}",
                                "DELETE {}", "DELETE {}", 'LIST "" *', "UNSUBSCRIBE {}", 'LSUB "" *'):
                    self.alike(command, name)

    def test_no_utf8_before_it(self):
        """Until then, and at Dovecot, it is no form of a name."""
        plain = self.sessions()
        for client in plain:
            self.assertNotEqual(client.ask('CREATE "\xff"'.encode("latin-1")).status, "OK")
        self.alike("CREATE {}", "점심")
        self.same('LIST "" "&yBDC7A-"', plain)


if __name__ == "__main__":
    unittest.main()
