"""A Dovecot of one's own for IMAP, with any setting one likes; how, see dovecot_pop3.py.

    server = DovecotImap(folder, authority.certificate(), settings="imap_capability = IMAP4rev1")
    server.url, server.options
"""

from dovecot_pop3 import DovecotPop3
from imap_box import ImapBox

# Any mailbox of the roles that mail programs look for, and sessions that need no new process each.
SETTINGS = """
service imap {
  service_count = 200
  process_min_avail = 2
}
service imap-login {
  process_min_avail = 1
}
namespace inbox {
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
}
"""


class DovecotImap(ImapBox, DovecotPop3):
    """Runs from the constructor to close()."""

    def start(self, settings=""):
        super().start(SETTINGS + settings)
