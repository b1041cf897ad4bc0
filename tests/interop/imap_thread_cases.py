"""Mails whose threads are hard to make out: replies to what is missing, loops, one Message-ID twice."""

import random

SUBJECTS = ["lunch", "Re: lunch", "LUNCH (fwd)", "[Fwd: lunch]", "[crepes] re: dinner", "dinner", "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
            "Re: =?iso-8859-1?Q?Gr=FC=DFe?=", "", "Re:"]


def letter(number, subject="", message_id="", references="", in_reply_to="", day=None):
    """Each has a day of its own, so that no order is left to chance."""
    lines = ["From: alice@crepes.example", f"X-Number: {number}"]
    fields = (("Subject", subject), ("Message-ID", message_id), ("References", references), ("In-Reply-To", in_reply_to))
    lines += [f"{name}: {value}" for name, value in fields if value]
    day = number if day is None else day
    if day >= 0:
        lines.append(f"Date: {1 + day % 28} {('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun')[day // 28 % 6]} "
                     f"{2000 + day // 168} 12:00:00 +0000")
    return "\n".join(lines) + "\n\nNoon?\n"


def hard(count=250, seed=5256):
    """The same every time."""
    source = random.Random(seed)
    ids = [f"<{number}@crepes.example>" for number in range(count)]
    days = list(range(count))
    source.shuffle(days)

    def some(most):
        # Of those near by, so that threads grow long; now and then from anywhere, or of none that is there.
        return [source.choice(ids[max(0, number - 12):number + 5]) if source.random() < 0.9 else
                source.choice([*ids, "<gone@crepes.example>", "<\"quoted\"@crepes.example>", "<quoted@crepes.example>",
                               "<no id>", "text"])
                for _ in range(source.randrange(most))]

    for number in range(count):
        own = ids[number]
        if source.random() < 0.1:
            own = source.choice(["", "none", ids[max(0, number - 3)], "<\"quoted\"@crepes.example>"])
        yield letter(number, source.choice(SUBJECTS) if source.random() < 0.4 else f"subject {number}", own,
                     "\n ".join(some(5)), "Your mail of Monday " + " ".join(some(3)), days[number])


CONVERSATION = [
    letter(1, "lunch", "<1@x.example>"),
    letter(2, "dinner", "<2@x.example>"),
    letter(3, "Re: lunch", "<3@x.example>", "<1@x.example>"),
    letter(4, "Re: lunch", "<4@x.example>", "<1@x.example> <3@x.example>"),
    letter(5, "Re: breakfast", "<5@x.example>", "<0@x.example>"),
    letter(6, "Re: breakfast", "<6@x.example>", "<0@x.example>"),
    letter(7, "Re: lunch", "<7@x.example>", "<1@x.example>"),
    letter(8, "dinner", "<8@x.example>"),
]
