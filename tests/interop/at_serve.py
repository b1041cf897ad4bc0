"""Which interop tests stand out at `mailtool serve`, and why.

With LAB_SERVER=serve the tests that speak with the lab, or with a Dovecot of their own, speak with `mailtool serve`.
A test that is named in STAND_OUT has to fail there: one that passes fails the run, so that this says what is so."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from serve_boxes import needs_dovecot

AT_SERVE = os.environ.get("LAB_SERVER") == "serve"

TOKENS = "serve knows passwords alone, no OAuth 2.0"
SORTING = "serve has neither SORT nor THREAD: mailtool does that itself, which other tests look at"
STAND_OUT = {
    "test_send.Direct.test_the_name_that_the_server_gives_a_message": "a message has none at serve before it has a UID",
    "test_secrets.Keyring.test_a_token": TOKENS,
    "test_secrets.Sources.test_a_program_in_the_config_file": TOKENS,
    "test_secrets.Sources.test_a_token_by_a_program": TOKENS,
    "test_queue.Queue.test_greylisting_by_a_policy": "a policy server is Postfix's; --fail does it, see test_serve_faults",
    "test_imap.Imap.test_compressed": "serve has no COMPRESS",
    "test_imap_admin.ImapAdmin.test_caps_of_dovecot": "the rows are Dovecot's",
    "test_imap_friendly.Friendly.test_the_order_in_an_explanation": SORTING,
    "test_imap_threads.ByTheServer.test_explain": SORTING,
    "test_imap_threads.ByTheServer.test_only_what_is_announced_is_used": SORTING,
    "test_imap_threads.Long.test_few_round_trips": SORTING,
}

# Mechanisms that are not asked for: of those that hide the password serve has SCRAM.
NO_MECHANISMS = ("CRAM-MD5", "APOP") if AT_SERVE else ()

# Classes whose server cannot be had but by settings of Dovecot's; their tests are not asked.
NEED_DOVECOT = {
    "test_fetch_knobs.HiddenNotDeleted": "what is deleted is gone",
    "test_fetch_knobs.NoFlags": "LAST is no command of RFC 1939",
    "test_fetch_knobs.DuplicateIds": "serve's unique ids are its UIDs, and never occur twice",
    "test_fetch_knobs.RenamedIds": "serve's unique ids are its UIDs, and never occur twice",
    "test_fetch_knobs.OddIds": "serve's unique ids have one form",
    "test_fetch_knobs.WrongSizes": "serve looks at files whose names have no size",
}


def stands_out(test):
    """Marks `test` where it is one of those, here and now."""
    if AT_SERVE and test.id() in STAND_OUT:
        test.__unittest_expecting_failure__ = True


def leave_out(case):
    """Takes the tests out of a class that needs Dovecot: each has its reason, and each reason its class."""
    if not AT_SERVE:
        return
    name = f"{case.__module__}.{case.__qualname__}"
    needs = needs_dovecot(case.settings) or getattr(case, "lmtp", False)
    if needs != (name in NEED_DOVECOT):
        raise ValueError(f"{name}: its settings and NEED_DOVECOT in at_serve.py do not agree")
    if needs:
        for each in [each for each in dir(case) if each.startswith("test")]:
            setattr(case, each, None)
