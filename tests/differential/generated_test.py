"""Generated messages, as mailtool reads them, against their meaning and against other readers.

  generated_test.py MAILTOOL [GMIME_READER]

Against the meaning nothing may differ. Where another reader differs, a rule of rules.py has to
say which one is right and why. MAILTOOL_DIFFERENTIAL_MESSAGES sets how many (default 2000),
MAILTOOL_DIFFERENTIAL_SEED the first. Messages nobody explains are kept, and their names printed.
"""

import collections
import email.policy
import os
import pathlib
import sys
import tempfile

import generator
import readers
import rules

AT_ONCE = 500
KEPT = int(os.environ.get("MAILTOOL_DIFFERENTIAL_KEEP", "50"))


def with_ancestors(parts):
    """The tags of each part and of those it stands in."""
    above, out = [], []
    for part in parts:
        del above[part.depth:]
        above.append(part.tags)
        out.append(set().union(*above))
    return out


def differences(ours, theirs, tags):
    """Yields (field, what is unusual there, our answer, theirs)."""
    shape = [(part.depth, part.type) for part in ours.parts]
    other = [(part.depth, part.type) for part in theirs.parts]
    if shape != other:
        yield "tree", set().union(*tags["parts"]), shape, other
    else:
        for number, (our, their) in enumerate(zip(ours.parts, theirs.parts)):
            if their.name is not None and our.name != their.name:
                yield "name", tags["parts"][number], our.name, their.name
            if their.sha256 is not None and our.sha256 != their.sha256:
                yield "octets", tags["parts"][number], our.sha256, their.sha256
    if theirs.subject is not None and ours.subject != theirs.subject:
        yield "subject", tags["subject"], ours.subject, theirs.subject
    for field, mailboxes in ours.addresses.items():
        expected = theirs.addresses.get(field, [])
        if len(mailboxes) != len(expected) or any(
                one[1] != two[1] or (two[0] is not None and one[0] != two[0]) for one, two in zip(mailboxes, expected)):
            yield "addresses", tags.get(field, set()), mailboxes, expected
    if ours.date != theirs.date or (ours.date and ours.date.utcoffset() != theirs.date.utcoffset()):
        yield "date", tags["date"], ours.date, theirs.date


class Comparison:
    def __init__(self):
        self.explained, self.unexplained = collections.Counter(), []
        self.same = collections.Counter()

    def compare(self, seed, reader, ours, theirs, tags):
        found = list(differences(ours, theirs, tags))
        self.same[reader] += not found
        for field, unusual, our, their in found:
            rule = rules.explain(reader, field, unusual)
            if rule:
                self.explained[f"{reader}: {rule.field}: {rule.tag}: {rule.why}"] += 1
            else:
                self.unexplained.append((seed, f"seed {seed}: {reader}: {field} {sorted(unusual)}:\n    mailtool {our!r}\n    {reader} {their!r}"))


def python_reading(octets):
    try:
        return readers.python(octets)
    except Exception:  # the default policy refuses some values; the older one reads them
        return readers.python(octets, email.policy.compat32)


def main():
    count = int(os.environ.get("MAILTOOL_DIFFERENTIAL_MESSAGES", "2000"))
    first = int(os.environ.get("MAILTOOL_DIFFERENTIAL_SEED", "1"))
    comparison = Comparison()
    with tempfile.TemporaryDirectory(prefix="mailtool-differential-") as folder:
        for start in range(first, first + count, AT_ONCE):
            seeds = range(start, min(start + AT_ONCE, first + count))
            messages = [generator.generate(seed) for seed in seeds]
            paths = [os.path.join(folder, f"{seed}.eml") for seed in seeds]
            for path, message in zip(paths, messages):
                pathlib.Path(path).write_bytes(message.octets)
            ours = readers.mailtool(sys.argv[1], paths)
            gmime = readers.gmime(sys.argv[2], paths) if len(sys.argv) > 2 else [None] * len(paths)
            for seed, message, our, other in zip(seeds, messages, ours, gmime):
                tags = {**message.tags, "parts": with_ancestors(message.parts)}
                comparison.compare(seed, "meaning", our, message, tags)
                comparison.compare(seed, "Python", our, python_reading(message.octets), tags)
                if other:
                    comparison.compare(seed, "GMime", our, other, tags)
        for line, times in sorted(comparison.explained.items()):
            print(f"{times:6} {line}")
        for reader, times in comparison.same.items():
            print(f"{times:6} of {count} read alike by {reader}")
        if comparison.unexplained:
            kept = pathlib.Path(tempfile.mkdtemp(prefix="mailtool-differential-kept-"))
            for seed, text in comparison.unexplained[:KEPT]:
                print(text)
                (kept / f"{seed}.eml").write_bytes(generator.generate(seed).octets)
            print(f"{len(comparison.unexplained)} not explained; the messages are in {kept}")
    return 1 if comparison.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
