"""mailtool imap undo where the server refuses it for now, or the line was lost in the midst of a move: the record stays."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from moving_imap import MovingServer  # noqa: E402
from program import ProgramTest  # noqa: E402


class Keeping(MovingServer):
    """`kept`: what PERMANENTFLAGS says, None for nothing."""

    kept = None

    def answer(self, command):
        done = super().answer(command)
        if self.kept is not None and command.startswith(("SELECT", "EXAMINE")):
            self.say("* FLAGS (\\Seen \\Deleted)")
            self.say(f"* OK [PERMANENTFLAGS ({self.kept})] x")
        return done


class Undoing(ProgramTest):
    def imap(self, server, *words, status=0):
        done = self.mailtool("imap", server.url, "--tls", "off", *words)
        self.assertEqual(done.status, status, done)
        return done

    def records(self, server):
        rows = map(json.loads, self.imap(server, "undo", "--list", "--json").out.splitlines())
        return [row["verb"] for row in rows if row["type"] == "undo"]


class Refused(Undoing):
    def refused_and_taken_back(self, capabilities, *words):
        with Keeping(capabilities, 3) as server:
            before = json.dumps(server.places())
            self.imap(server, *words)
            server.kept = ""
            self.assertIn("does not keep", self.imap(server, "undo", status=69).err)
            self.assertEqual(self.records(server), [words[0]])
            server.kept = "\\Seen \\Deleted"
            self.imap(server, "undo")
            self.assertEqual(self.records(server), [])
            self.assertEqual(json.dumps(server.places()), before)
            self.assertFalse([flags for folder in server.folders.values() for _, flags in folder.values() if flags])

    def test_a_flag(self):
        self.refused_and_taken_back("UIDPLUS MOVE ESEARCH", "flag", "+seen", "1")

    def test_a_copy(self):
        self.refused_and_taken_back("UIDPLUS ESEARCH", "copy", "1", "--to", "Archive")

    def test_a_copy_whose_original_has_gone_is_final(self):
        with Keeping("UIDPLUS MOVE ESEARCH", 3) as server:
            self.imap(server, "copy", "1", "--to", "Archive")
            del server.folders["INBOX"][1]
            self.imap(server, "undo", status=69)
            self.assertEqual(self.records(server), [])


class Finishing(MovingServer):
    """Removes the originals before it says so; `rest` of them only when told to finish()."""

    rest = 0

    def expunge(self, uids):
        self.left = uids[len(uids) - self.rest:]
        before = {uid: number for number, uid in enumerate(self.folders[self.selected], 1)}
        for uid in uids[:len(uids) - self.rest]:
            del self.folders[self.selected][uid]
        for done, uid in enumerate(uids):
            self.say(f"* {before[uid] - done} EXPUNGE")

    def finish(self):
        self.rest = 0
        for uid in self.left:
            del self.folders["INBOX"][uid]


class CutOff(Undoing):
    """The line is lost between COPYUID and the tagged answer of a MOVE."""

    OFFERS = "UIDPLUS MOVE ESEARCH"

    def points(self, capabilities):
        with Finishing(capabilities, 6) as server:
            self.imap(server, "move", "subject:x", "--to", "Archive")
            return [at for at, line in enumerate(server.lines, 1) if line == "EXPUNGE"], server.lines

    def moved(self, server):
        """What the summary says of undo."""
        done = self.imap(server, "move", "subject:x", "--to", "Archive", "--json", status=75)
        server.cut = 0
        return json.loads(done.out.splitlines()[-1])["undo"]

    def test_the_server_had_moved_them_all(self):
        for capabilities in self.OFFERS, self.OFFERS + " SEARCHRES":
            points, lines = self.points(capabilities)
            self.assertEqual(len(points), 3)
            for point in [*points, len(lines)]:
                with self.subTest(capabilities, point=point), Finishing(capabilities, 6, cut=point) as server:
                    before = {message: ["INBOX"] for message in range(1, 7)}
                    self.assertIsNotNone(self.moved(server))
                    self.assertEqual(self.records(server), ["move"])
                    self.imap(server, "undo", "--dry-run")
                    self.assertIn("took back", self.imap(server, "undo").err)
                    self.assertEqual(server.places(), before)
                    self.assertEqual(self.records(server), [])

    def test_the_server_is_not_through_with_it(self):
        points, _ = self.points(self.OFFERS)
        for rest in 1, 3:
            with self.subTest(rest), Finishing(self.OFFERS, 6, cut=points[1]) as server:
                server.rest = rest
                self.moved(server)
                before = server.places()
                for _ in range(2):
                    said = self.imap(server, "undo", status=75).err
                    self.assertIn(f"{rest} message{'s' if rest > 1 else ''} of INBOX still there", said)
                    self.assertIn("Archive, UIDs 1:3", said)
                self.assertEqual(server.places(), before)
                server.finish()
                self.imap(server, "undo")
                self.assertEqual(server.places(), {message: ["INBOX"] for message in range(1, 7)})
                self.assertEqual(self.records(server), [])

    def test_before_copyuid_nothing_is_known(self):
        _, lines = self.points(self.OFFERS)
        [told] = [at for at, line in enumerate(lines, 1) if "COPYUID" in line]
        with Finishing(self.OFFERS, 6, cut=told) as server:
            self.assertIsNone(self.moved(server))
            self.imap(server, "undo", status=69)

    def test_copyuid_that_leaves_some_out(self):
        class Partly(Finishing):
            def copies(self, which, to):
                uids, _ = super().copies(which, to)
                return uids, "[COPYUID 9 1,3 1:2]"

        points, _ = self.points(self.OFFERS)
        with Partly(self.OFFERS, 6, cut=points[0]) as server:
            self.assertIsNone(self.moved(server))
            self.imap(server, "undo", status=69)
            self.assertEqual(sorted(server.places()), [*range(1, 7)])

    def test_what_is_moved_again_by_hand_is_not_moved_back_twice(self):
        # None of the originals was there: the cut move was taken to have finished, and each message came back twice.
        points, lines = self.points(self.OFFERS)
        [told] = [at for at, line in enumerate(lines, 1) if "COPYUID" in line]
        for again in "by undo", "by number", "lost":
            with self.subTest(again), Finishing(self.OFFERS, 6, cut=points[0]) as server:
                server.rest = 3
                number = self.moved(server)
                self.imap(server, "flag", "+flagged", "2")
                server.rest = 0
                if again == "lost":
                    server.cut = told
                    self.moved(server)
                    server.folders["INBOX"] = {2: server.folders["INBOX"][2]}
                    self.imap(server, "undo", status=69)
                else:
                    self.imap(server, "move", "subject:x", "--to", "Archive")
                    if again == "by undo":
                        self.imap(server, "undo")
                before = server.places()
                said = self.imap(server, "undo", str(number), status=69).err
                self.assertIn("moved or deleted again later", said)
                self.assertIn("Archive, UIDs 1:3", said)
                self.assertEqual(server.places(), before)
                self.imap(server, "undo", str(number), status=66)

    def test_another_change_leaves_it_as_it_is(self):
        points, _ = self.points(self.OFFERS)
        with Finishing(self.OFFERS, 6, cut=points[0]) as server:
            number = self.moved(server)
            self.imap(server, "move", "2", "--to", "Archive")
            self.imap(server, "undo", str(number))
            self.assertEqual([server.places()[message] for message in (1, 3, 5)], [["INBOX"]] * 3)


class Refusing(MovingServer):
    """Moves the first and then refuses; COPYUID in the order of `order`."""

    refuses, order = True, "{}"

    def uid_move(self, which, to):
        uids, code = self.copies(which, to)
        self.say(f"* OK {self.order.format(code)} moved")
        self.expunge(uids[:1] if self.refuses else uids)
        return "NO [SERVERBUG] oops" if self.refuses else "OK moved"


class RefusedInTheMidst(Undoing):
    """It was taken for a line that was lost: undo said for ever that the move may yet go on."""

    def move(self, server):
        self.imap(server, "move", "subject:x", "--to", "Archive", status=75)
        server.refuses = False

    def test_what_was_moved_comes_back(self):
        with Refusing("UIDPLUS MOVE ESEARCH", 6) as server:
            self.move(server)
            self.imap(server, "undo", "--dry-run")
            said = self.imap(server, "undo").err
            self.assertIn("2 messages of INBOX still there: copies may stay in Archive, UIDs 2:3", said)
            self.assertIn("moved 1 message back to INBOX", said)
            self.assertEqual([server.places()[message] for message in (1, 3, 5)],
                             [["INBOX"], ["INBOX", "Archive"], ["INBOX", "Archive"]])
            self.assertEqual(self.records(server), [])

    def test_all_are_still_there(self):
        with Refusing("UIDPLUS MOVE ESEARCH", 6) as server:
            server.expunge = lambda uids: None
            self.move(server)
            before = server.places()
            self.assertIn("moved 0 messages", self.imap(server, "undo").err)
            self.assertEqual(server.places(), before)
            self.assertEqual(self.records(server), [])

    def test_which_is_which_is_not_known(self):
        with Refusing("UIDPLUS MOVE ESEARCH", 6) as server:
            server.order = "[COPYUID 9 1,3,5 3,2,1]"
            self.move(server)
            self.imap(server, "undo", status=69)
            self.assertEqual(server.places()[1], ["Archive"])

    def test_the_rest_moved_by_hand(self):
        with Refusing("UIDPLUS MOVE ESEARCH", 6) as server:
            self.move(server)
            self.imap(server, "move", "3,5", "--to", "Archive")
            self.imap(server, "undo")
            self.imap(server, "undo", status=69)
            self.assertEqual(server.places()[3].count("INBOX"), 1)


if __name__ == "__main__":
    unittest.main()
