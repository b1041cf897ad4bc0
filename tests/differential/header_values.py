"""Header values made at random, each with what it means.

A choice is a function of a random.Random; it gives the text and what a reader should make of it.
`tags` names what is unusual about it; the rules of readers.py speak of these.
"""

import base64
import datetime

TEXTS = {"us-ascii": "minutes of the meeting", "utf-8": "Crêpes à midi – naïve ✓", "iso-8859-1": "été à Noël",
         "iso-8859-15": "100 € d'été", "windows-1252": "“déjà vu” – 5 €", "windows-1251": "Встреча отложена", "koi8-r": "сообщение",
         "iso-2022-jp": "会議の資料", "shift_jis": "資料を送る", "gb18030": "会议资料", "big5": "會議資料", "euc-kr": "회의 자료",
         "iso-8859-2": "žluťoučký kůň", "iso-8859-7": "καλημέρα", "windows-1255": "שלום"}


def word(text, charset, form, language=""):
    octets = text.encode(charset)
    name = charset + language
    if form in "bB":
        return f"=?{name}?{form}?{base64.b64encode(octets).decode()}?="
    safe = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return f"=?{name}?{form}?" + "".join(chr(o) if o in safe else "_" if o == 32 else f"={o:02X}" for o in octets) + "?="


def subject(rng):
    """Gives the raw value, folded as it is to stand, its meaning, and tags."""
    charset = rng.choice(sorted(TEXTS))
    text = TEXTS[charset]
    form = rng.choice("qQbB")
    kind = rng.randrange(12)
    if kind < 3:
        words = [rng.choice("one two three 4 (five) six, \"seven\" eight: nine; ten@eleven".split()) for _ in range(rng.randint(1, 30))]
        return fold(rng, words), " ".join(words), set()
    if kind < 6:
        return word(text, charset, form), text, set()
    if kind == 6:
        other = rng.choice(sorted(TEXTS))
        return (f"{word(text, charset, form)}\n {word(TEXTS[other], other, rng.choice('qb'))}", text + TEXTS[other],
                {"two words of one charset"} if other == charset else set())
    if kind == 7:
        return f"Re: {word(text, charset, form)} (fwd)", f"Re: {text} (fwd)", set()
    if kind == 8:
        return "Fwd:\n " + word(text, charset, form) + "\n and more", f"Fwd: {text} and more", set()
    if kind == 9:
        return "Re: " + TEXTS["utf-8"], "Re: " + TEXTS["utf-8"], {"raw utf-8"}
    if kind == 10:
        return word(text, charset, form, "*en"), text, {"language"}
    return rng.choice((("=?utf-8?q?a?=b", "ab", {"glued word"}), ("=?x-none?q?a?=", None, {"unknown charset in a word"}),
                       ("=?utf-8?q?a b?= c", "a b c", {"blank in a word"}), ("=?utf-8?b?Y2Fmw6k?=", "café", {"word without padding"}),
                       ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café", {"character over two words"}),
                       ("a=?utf-8?q?b?=", None, {"glued word"}), ("=?utf-8?q?=?=", None, {"malformed word"})))


def fold(rng, words):
    line = words[0]
    for one in words[1:]:
        line += ("\n " if rng.random() < 0.15 else " ") + one
    return line


def mailbox(rng):
    """Gives the text, [(name, address)], and tags."""
    number = rng.randint(1, 99)
    plain = f"user{number}@host{rng.randint(1, 9)}.example"
    charset = rng.choice(sorted(TEXTS))
    choices = (
        (plain, [("", plain)], set()),
        (f"<{plain}>", [("", plain)], set()),
        (f"Some One <{plain}>", [("Some One", plain)], set()),
        (f'"One, Some" <{plain}>', [("One, Some", plain)], set()),
        (f'"A \\"quoted\\" one" <{plain}>', [('A "quoted" one', plain)], set()),
        (f"{word(TEXTS[charset], charset, rng.choice('qb'))} <{plain}>", [(TEXTS[charset], plain)], set()),
        (f"{word('Ünal', 'utf-8', 'q')} {word('Çelik', 'utf-8', 'b')} <{plain}>", [("ÜnalÇelik", plain)], {"two words in a phrase"}),
        (f"John {word('Ünal', 'utf-8', 'q')} <{plain}>", [("John Ünal", plain)], set()),
        (f"(before) Some (in) One (behind) <{plain}> (after)", [("Some One", plain)], {"comment in an address"}),
        (f"{plain} (Some One)", [(None, plain)], {"comment in an address"}),
        (f'"john doe"@host{number}.example', [("", f'"john doe"@host{number}.example')], {"quoted local part"}),
        (f"user@[192.0.2.{number}]", [("", f"user@[192.0.2.{number}]")], {"domain literal"}),
        (f"A Group: {plain}, Two <two@b.example>;", [("", plain), ("Two", "two@b.example")], {"group"}),
        ("Nobody:;", [], {"group"}),
        (f"Dr. J. Q. Public <{plain}>", [("Dr. J. Q. Public", plain)], {"dot in a phrase"}),
        (f"<@route.example,@b.example:{plain}>", [("", plain)], {"route"}),
        (f"Jürgen <{plain}>", [("Jürgen", plain)], {"raw utf-8"}),
        (f'"{word("Ünal", "utf-8", "q")}" <{plain}>', [("Ünal", plain)], {"word in a quoted string"}),
    )
    return choices[min(rng.randrange(24), len(choices) - 1) if rng.random() < 0.7 else 0]


def address_list(rng, most):
    texts, meant, tags = [], [], set()
    for _ in range(rng.randint(1, most)):
        text, mailboxes, unusual = mailbox(rng)
        texts.append(text)
        meant += mailboxes
        tags |= unusual
    if rng.random() < 0.05:
        texts.insert(rng.randint(0, len(texts)), "")
        tags.add("empty list element")
    return (",\n " if rng.random() < 0.5 else ", ").join(texts), meant, tags


def date(rng):
    """Gives the text, the instant, and tags."""
    offset = rng.choice((0, 60, 120, 330, -300, -480, 765))
    zone = datetime.timezone(datetime.timedelta(minutes=offset))
    when = datetime.datetime(rng.randint(1990, 2037), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23),
                             rng.randint(0, 59), rng.randint(0, 59), tzinfo=zone)
    day, month = when.strftime("%a"), when.strftime("%b")
    sign, away = "-+"[offset >= 0], abs(offset)
    numeric = f"{sign}{away // 60:02}{away % 60:02}"
    time = when.strftime("%H:%M:%S")
    usual = f"{day}, {when.day} {month} {when.year} {time} {numeric}"
    kind = rng.randrange(10)
    if kind < 4:
        return usual, when, set()
    if kind == 4:
        return f"{when.day:02} {month} {when.year} {time} {numeric}", when, set()
    if kind == 5:
        return f"{day}, {when.day:02} {month} {when.year} {time[:5]} {numeric}", when.replace(second=0), set()
    if kind == 6:
        return f"{usual} (a zone)", when, set()
    if kind == 7:
        name, hours = rng.choice((("EST", -5), ("PDT", -7), ("GMT", 0), ("UT", 0)))
        moved = when.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=hours)))
        return f"{day}, {when.day} {month} {when.year} {time} {name}", moved, {"zone name"}
    if kind == 8:
        return f"{day}, {when.day} {month} {when.year % 100:02} {time} {numeric}", when, {"year of two digits"}
    return f"{day} , {when.day}\n {month} (c) {when.year}  {time}\n {numeric}", when, {"blanks and comments in a date"}


def file_name(rng, parameter):
    """Gives parameters as text, the name, and tags."""
    choices = (
        (f"{parameter}=report.pdf", "report.pdf", set()),
        (f'{parameter}="my report (1).pdf"', "my report (1).pdf", set()),
        (f'{parameter}="a \\"b\\" \\\\ c.txt"', 'a "b" \\ c.txt', {"quoted pair in a name"}),
        (f"{parameter}*=utf-8'en'na%C3%AFve%20one.txt", "naïve one.txt", set()),
        (f"{parameter}*=iso-8859-1''%E9t%E9.txt", "été.txt", set()),
        (f"{parameter}*0=\"a long \";\n {parameter}*1=\"name.txt\"", "a long name.txt", set()),
        (f"{parameter}*0*=utf-8''%E4%BC%9A;\n {parameter}*1=\" plain\";\n {parameter}*2*=%2Etxt", "会 plain.txt", set()),
        (f"{parameter}*1=\"two.txt\"; {parameter}*0=\"one\"", "onetwo.txt", {"sections out of order"}),
        (f"{parameter}*0*=utf-8''%C3; {parameter}*1*=%A9.txt", "é.txt", {"character over two sections"}),
        (f"{parameter}=plain.txt; {parameter}*=utf-8''%C3%A9.txt", "é.txt", {"both forms of a name"}),
        (f'{parameter}="{word("menu d’été.pdf", "utf-8", rng.choice("qb"))}"', "menu d’été.pdf", {"word in a name"}),
        (f'{parameter}="déjà.txt"', "déjà.txt", {"raw utf-8 in a name"}),
        (f"{parameter.upper()}=Upper.txt", "Upper.txt", set()),
        (f'{parameter} = "a b.txt"', "a b.txt", {"blanks around ="}),
        (f"{parameter}=a.txt;", "a.txt", {"semicolon at the end"}),
        (f"{parameter}=a.txt (comment)", "a.txt", {"comment in parameters"}),
        (f"{parameter}=two words.txt", None, {"name without quotes"}),
        (f"{parameter}*0=a; {parameter}*2=c", "a", {"gap between sections"}),
        (f"{parameter}=one.txt; {parameter}=two.txt", "one.txt", {"parameter twice"}),
        (f"{parameter}*=x-none''%41.txt", None, {"unknown charset in a name"}),
        (f"{parameter}*=%41.txt", None, {"extended name without a charset"}),
        (f"{parameter}=", None, {"empty name"}),
    )
    return rng.choice(choices[:12] if rng.random() < 0.7 else choices)
