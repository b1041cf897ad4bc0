"""Which source files can be compiled as one.

    unity_batches.py SIZE ROOT FILE...

Prints a line "BATCH FILE" for each FILE. Names of an unnamed namespace belong to one file; where files are compiled as
one, they would meet. So two files share a batch of at most SIZE only if neither holds a word that the other's unnamed
namespaces declare, nor includes one in a header below ROOT: no name can then mean another thing than in a file of its
own. What follows a dot, an arrow or two colons is looked up elsewhere and counts for nothing; in headers neither do
parameters, fields and the names of member functions, which hide what stands outside.
"""

import functools
import os
import re
import sys

# Words and literals; what the literals and comments hold is no code.
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
                   r"|[A-Za-z_]\w*|[0-9][\w.']*|[^\s\w]", re.S)
WORD = re.compile(r"[A-Za-z_]\w*\Z")
TYPE = re.compile(r"[A-Z]|k[A-Z]")
# Before a bracket, an equals sign or a semicolon these are no names.
NO_NAMES = frozenset("""alignas auto bool break case catch char class const constexpr consteval constinit decltype default
    delete do double else enum explicit extern final float for friend if inline int long mutable namespace noexcept nullptr
    operator override private protected public requires return short signed sizeof static static_assert std struct
    switch template this thread_local throw true false try typedef typename union unsigned using virtual void volatile
    while TEST TEST_F TEST_P INSTANTIATE_TEST_SUITE_P EXPECT ASSERT""".split())
DECLARES = frozenset("( = { ; [".split())
# What reaches beyond a file in ways that are not looked at here.
ALONE = re.compile(r"^\s*#\s*define\b|^using\s+(?:namespace|enum)\b|^MATCHER|^void\*? operator (?:new|delete)",
                   re.M)


INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


@functools.lru_cache(None)
def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tokens_of(text):
    found = (token.group() for token in TOKEN.finditer(re.sub(r"^\s*#.*$", "", text, flags=re.M)))
    return [token for token in found if not token.startswith(("//", "/*"))]


def looked_up_elsewhere(tokens, at):
    before = tokens[max(0, at - 2):at]
    return before[-1:] == ["."] or before in (["-", ">"], [":", ":"])


def is_class(tokens, at):
    """Whether the brace at `at` opens a class."""
    start = at
    while start > 0 and tokens[start - 1] not in ("{", "}", ";"):
        start -= 1
    opening = tokens[start:at]
    return "(" not in opening and bool({"class", "struct", "enum", "union"}.intersection(opening))


@functools.lru_cache(None)
def words_in_header(path):
    """Types and constants wherever they stand, and functions called or declared, but for members declared."""
    tokens = tokens_of(read(path))
    words, classes = set(), []
    for at, token in enumerate(tokens):
        if token == "{":
            classes.append(is_class(tokens, at))
        elif token == "}":
            if classes:
                classes.pop()
        elif WORD.match(token) and not looked_up_elsewhere(tokens, at):
            called = tokens[at + 1:at + 2] == ["("] and not (classes and classes[-1])
            if called or tokens[at + 1:at + 3] == [":", ":"] or TYPE.match(token):
                words.add(token)
    return frozenset(words)


def headers_of(file, root):
    """What it includes of ours, and what that includes."""
    found, waiting = set(), [file]
    while waiting:
        path = waiting.pop()
        for name in INCLUDE.findall(read(path)):
            for folder in (os.path.dirname(path), *(os.path.join(root, each) for each in ("include", "src", "tests"))):
                header = os.path.normpath(os.path.join(folder, name))
                if os.path.exists(header):
                    if header not in found:
                        found.add(header)
                        waiting.append(header)
                    break
    return found


def namespaces_of(text):
    """"test::x" means another thing where there is a namespace of that name nearer by."""
    found = set()
    for name in re.findall(r"^namespace ([\w:]+)", text, re.M):
        found.update(name.split("::")[2:] if name.startswith("mailtool") else [name])
    return found


def words_of(text):
    """The words of a file, and of those the ones that its unnamed namespaces, using-declarations and static variables
    declare."""
    tokens = tokens_of(text)
    words = {token for at, token in enumerate(tokens) if WORD.match(token) and not looked_up_elsewhere(tokens, at)}
    declared, scopes, depth = set(), [], 0  # scopes: True where a brace opened an unnamed namespace, None a named one
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        if token == "{":
            named = at > 1 and tokens[at - 2] in ("namespace", ":")
            scopes.append(True if before == "namespace" else None if named and "namespace" in tokens[max(0, at - 8):at]
                          else False)
        elif token == "}":
            if scopes:
                scopes.pop()
        elif token in "([":
            depth += 1
        elif token in ")]":
            depth -= 1
        elif WORD.match(token) and depth == 0 and False not in scopes and token not in NO_NAMES:
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            base = before in ("public", "protected", "private")
            if True in scopes and following in DECLARES and not base:
                declared.add(token)
            elif before in ("class", "struct", "enum", "union") and True in scopes:
                declared.add(token)
    declared.update(namespaces_of(text))
    declared.update(re.findall(r"^using\s+(?:[\w:]*::)?(\w+)\s*[;=]", text, re.M))
    declared.update(re.findall(r"^static\s[^;={(]*?\b(\w+)\s*[;={(]", text, re.M))
    return words, declared


def batches(size, root, files):
    """Lists of files."""
    made = []  # [files, words, declared]
    for file in files:
        if ALONE.search(read(file)):
            made.append([[file], None, None])
            continue
        words, declared = words_of(read(file))
        headers = headers_of(file, root)
        words.update(*map(words_in_header, headers))
        declared.update(*(namespaces_of(read(header)) for header in headers))
        for batch in made:
            fits = batch[1] is not None and len(batch[0]) < size and not (declared & batch[1]) and \
                not (words & batch[2])
            if fits:
                break
        else:
            batch = [[], set(), set()]
            made.append(batch)
        batch[0].append(file)
        batch[1].update(words)
        batch[2].update(declared)
    return [batch[0] for batch in made]


def main():
    for number, files in enumerate(batches(int(sys.argv[1]), sys.argv[2], sys.argv[3:]), 1):
        for file in files:
            print(number, file)


if __name__ == "__main__":
    main()
