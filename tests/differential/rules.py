"""Where another reader differs from mailtool, and why ours is right.

A rule speaks of one field and of one thing that is unusual in it, by the tag that the generator
gave to it. Against the meaning itself there are no rules.
"""

import dataclasses


@dataclasses.dataclass
class Rule:
    tag: str
    field: str  # tree, name, octets, subject, addresses, date
    readers: tuple
    why: str  # with the section that says so


BOTH = ("GMime", "Python")

RULES = [
    # --- Octets.
    Rule("blanks at the end of a QP line", "octets", BOTH,
         "RFC 2045 section 6.7 rule 3: blanks at the end of an encoded line were added on the way, and are deleted"),
    Rule("QP soft break with blanks", "octets", BOTH, "the same rule: behind it stands a soft line break"),
    Rule("base64 beyond its padding", "octets", BOTH,
         "RFC 2045 section 6.8 ends the data at its padding; what follows is decoded too, and a defect says so, "
         "since other readers show it"),
    Rule("base64 without padding", "octets", ("GMime",), "RFC 4648 section 3.2: where the length is known the padding adds nothing"),
    Rule("comment in Content-Transfer-Encoding", "octets", ("Python",), "RFC 2045 section 6.1 with RFC 822 section 3.1.4: a comment is no part of the value"),
    Rule("not closed", "octets", ("Python",), "the line end before a delimiter belongs to it (RFC 2046 section 5.1.1); there is none at the end"),
    # --- Names.
    Rule("both forms of a name", "name", BOTH, "RFC 6266 section 4.3 and RFC 2231: who writes both means the extended one"),
    Rule("comment in parameters", "name", ("GMime",), "RFC 2045 section 5.1: comments are allowed and mean nothing"),
    Rule("gap between sections", "name", ("GMime",), "RFC 2231 section 3: sections count up from 0, what follows a gap is none"),
    Rule("name without quotes", "name", ("Python",), "RFC 2045 section 5.1 allows no blank in a token; the rest of the value is kept, as people see it"),
    # --- Subject.
    Rule("field twice", "subject", ("GMime",), "RFC 5322 section 3.6 allows one; the first counts, as for any field here"),
    Rule("malformed word", "subject", BOTH, "RFC 2047 section 4.2: = without two digits is not defined, and stands for itself"),
    Rule("word without padding", "subject", ("GMime",), "RFC 4648 section 3.2: where the length is known the padding adds nothing"),
    Rule("two words of one charset", "subject", ("GMime",), "RFC 2047 section 6.2: each word is decoded by itself"),
    # --- Addresses.
    Rule("raw utf-8", "addresses", ("Python",), "RFC 6532 section 3.2: a phrase may hold UTF-8"),
    Rule("two words in a phrase", "addresses", ("Python",), "RFC 2047 section 6.2: blanks between words are not shown"),
    Rule("comment in an address", "addresses", BOTH, "RFC 5322 section 3.2.2: a comment is no part of a phrase; behind a bare address it is the name, by custom"),
    # --- Dates.
    Rule("blanks and comments in a date", "date", ("Python",), "RFC 5322 section 3.3: comments and folding may stand between all tokens"),
]


def explain(reader, field, unusual):
    for rule in RULES:
        if rule.tag in unusual and rule.field == field and reader in rule.readers:
            return rule
    return None
