#include "cli/parse_line.h"

#include <gtest/gtest.h>

namespace mailtool::cli {
namespace {

using Words = std::vector<std::string>;
using Wish = ParsedLine::Wish;

ParsedLine parse(const Words& words) { return parse_line(words); }

struct GoodLine {
  const char* why;
  Words words;
  const char* option;  // looked at
  Words values;
  Words arguments;
};

// clang-format off
const GoodLine kGoodLines[] = {
    {"option after the command", {"send", "--tls", "off", "b@x"}, "tls", {"off"}, {"b@x"}},
    {"option before the command", {"--tls", "off", "send", "b@x"}, "tls", {"off"}, {"b@x"}},
    {"equals sign", {"send", "--tls=off", "b@x"}, "tls", {"off"}, {"b@x"}},
    {"equals sign in the value", {"send", "--header=X: a=b"}, "header", {"X: a=b"}, {}},
    {"empty value by equals sign", {"send", "--envelope-from=", "b@x"}, "envelope-from", {""}, {"b@x"}},
    {"empty value", {"send", "-f", "", "b@x"}, "envelope-from", {""}, {"b@x"}},
    {"empty argument", {"send", ""}, "to", {}, {""}},
    {"option takes one value each time", {"send", "--to", "a@x", "b@x"}, "to", {"a@x"}, {"b@x"}},
    {"repeated", {"send", "--to", "a@x", "--to=b@x"}, "to", {"a@x", "b@x"}, {}},
    {"the last one counts", {"send", "--tls=off", "--tls", "required"}, "tls", {"required"}, {}},
    {"the last one counts across the command", {"--tls=off", "send", "--tls", "required"}, "tls", {"required"}, {}},
    {"brackets stay in options", {"send", "--header", "[a,b]"}, "header", {"[a,b]"}, {}},
    {"brackets stay in arguments", {"send", "[a,b]"}, "to", {}, {"[a,b]"}},
    {"braces stay", {"send", "--subject", "{}"}, "subject", {"{}"}, {}},
    {"percent signs stay", {"send", "--header", "%%", "--header", "a"}, "header", {"%%", "a"}, {}},
    {"commas stay", {"send", "--to", "a@x,b@x"}, "to", {"a@x,b@x"}, {}},
    {"quotes stay", {"send", "--subject", "\"a\" 'b' `c`"}, "subject", {"\"a\" 'b' `c`"}, {}},
    {"value like an option", {"send", "--subject", "--tls"}, "subject", {"--tls"}, {}},
    {"value like an option with a value", {"send", "--subject", "--to=x"}, "subject", {"--to=x"}, {}},
    {"value like a short option", {"send", "-s", "-v"}, "subject", {"-v"}, {}},
    {"two accounts, where they may be", {"-a", "x", "fetch", "-a", "y"}, "account", {"x", "y"}, {}},
    {"value like a command", {"-a", "fetch", "send"}, "account", {"fetch"}, {}},
    {"argument like a command", {"send", "a@x", "fetch"}, "to", {}, {"a@x", "fetch"}},
    {"stdin", {"parse", "-"}, "header", {}, {"-"}},
    {"stdin as a value", {"send", "--message", "-"}, "message", {"-"}, {}},
    {"short with the value attached", {"send", "-fa@x"}, "envelope-from", {"a@x"}, {}},
    {"bundle with a value", {"send", "-vfa@x", "b@x"}, "envelope-from", {"a@x"}, {"b@x"}},
    {"bundle, value in the next word", {"send", "-vf", "a@x", "b@x"}, "envelope-from", {"a@x"}, {"b@x"}},
    {"digits as options", {"send", "-4", "b@x"}, "ipv4", {""}, {"b@x"}},
    {"everything behind -- is an argument", {"send", "a@x", "--", "-v", "--tls", "-x@y"}, "verbose", {}, {"a@x", "-v", "--tls", "-x@y"}},
    {"server option of one command before it", {"--compress", "always", "imap", "folders"}, "compress", {"always"}, {"folders"}},
    {"options before -- are options", {"send", "-v", "--", "c"}, "verbose", {""}, {"c"}},
    {"two --", {"send", "--", "--", "a"}, "verbose", {}, {"--", "a"}},
    {"a program behind --", {"serve", "--port", "0", "--", "true", "--port", "1"}, "port", {"0"}, {"true", "--port", "1"}},
    {"plus signs", {"send", "++", "a"}, "verbose", {}, {"++", "a"}},
    {"URL first", {"fetch", "pop3://bob@x"}, "server", {"pop3://bob@x"}, {}},
    {"URL first, options before it", {"fetch", "--keep", "pop3://bob@x"}, "server", {"pop3://bob@x"}, {}},
    {"URL before the verb", {"imap", "imaps://bob@x", "folders"}, "server", {"imaps://bob@x"}, {"folders"}},
    {"the verb left out", {"queue"}, "json", {}, {"list"}},
    {"the verb left out before an option", {"queue", "--json"}, "json", {""}, {"list"}},
    {"no URL", {"imap", "folders"}, "server", {}, {"folders"}},
    {"verb of two words", {"imap", "folder", "create", "A", "B"}, "server", {}, {"folder", "create", "A", "B"}},
    {"flags", {"imap", "flag", "+seen", "-flagged", "4:9"}, "folder", {}, {"flag", "+seen", "-flagged", "4:9"}},
    {"flags and options mixed", {"imap", "flag", "-flagged", "-f", "Sent", "+\\$Junk", "1"}, "folder", {"Sent"}, {"flag", "-flagged", "+\\$Junk", "1"}},
    {"flags after a URL", {"imap", "imap://x", "flag", "-seen", "-"}, "server", {"imap://x"}, {"flag", "-seen", "-"}},
    {"flags behind --", {"imap", "flag", "--", "-seen", "1"}, "folder", {}, {"flag", "-seen", "1"}},
    {"a name with a value for one verb", {"imap", "search", "--raw", "UNSEEN", "x"}, "raw", {"UNSEEN"}, {"search", "x"}},
    {"and none for another", {"imap", "imap://x", "get", "--raw", "4711", "--part", "2"}, "raw", {""}, {"get", "4711"}},
    {"query that begins with -", {"imap", "search", "--", "-is:read"}, "folder", {}, {"search", "-is:read"}},
};
// clang-format on

TEST(ParseLine, GoodLines) {
  for (const auto& c : kGoodLines) {
    const auto line = parse(c.words);
    ASSERT_TRUE(line.verdict) << c.why << ": " << line.verdict.error().what;
    EXPECT_EQ(line.wish, Wish::run) << c.why;
    EXPECT_EQ(line.options.all(c.option), c.values) << c.why;
    EXPECT_EQ(line.arguments, c.arguments) << c.why;
  }
}

struct BadLine {
  const char* why;
  Words words;
  const char* message;
};

// clang-format off
const BadLine kBadLines[] = {
    {"no command", {}, "no command"},
    {"unknown command", {"snd"}, "unknown command 'snd'; did you mean send?"},
    {"nothing near", {"zzzzzz"}, "unknown command 'zzzzzz'"},
    {"unknown option", {"send", "--recieve-all"}, "unknown option --recieve-all"},
    {"near option", {"send", "--read-recipiants"}, "unknown option --read-recipiants; did you mean --read-recipients?"},
    {"near option before the command", {"--acount", "a", "send"}, "unknown option --acount; did you mean --account?"},
    {"the value of an unknown option is not shown", {"send", "--bogus=geheim"}, "unknown option --bogus"},
    {"option of another command", {"send", "--strict"}, "option --strict belongs to parse, not to send"},
    {"server option of another command", {"--compress", "always", "send"}, "option --compress does not go with send"},
    {"option of a command before it", {"--strict", "parse"}, "option --strict belongs to parse: it follows the command"},
    {"server option without servers", {"--tls", "off", "parse"}, "option --tls does not go with parse"},
    {"a program without --", {"serve", "true"}, "'true' is no option of serve"},
    {"a program on both sides of --", {"serve", "a\x1b", "--", "true"}, "'a\\x1b' is no option of serve"},
    {"unknown letter", {"send", "-z"}, "unknown option -z"},
    {"unknown letter in a bundle", {"send", "-vz"}, "unknown option -z"},
    {"negative number", {"parse", "-1"}, "unknown option -1"},
    {"password", {"send", "--password=geheim"}, "there is no option --password: a secret as an argument can be seen by others"},
    {"value missing", {"send", "--tls"}, "option --tls wants a value: MODE"},
    {"value missing, short", {"send", "-vs"}, "option --subject wants a value: TEXT"},
    {"flag with a value", {"send", "--dry-run=yes"}, "option --dry-run takes no value"},
    {"value missing, of two options of a name", {"imap", "search", "--raw"}, "option --raw wants a value: 'IMAP KEYS'"},
    {"flag with a value, of two options of a name", {"imap", "get", "1", "--raw=x"}, "option --raw takes no value"},
    {"two options of a name and no verb", {"imap", "--raw", "x"}, "no verb"},
    {"choice", {"send", "--tls", "bogus"}, "--tls: 'bogus' is not one of required, opportunistic, off"},
    {"choice by number", {"send", "--tls", "0"}, "--tls: '0' is not one of required, opportunistic, off"},
    {"number", {"fetch", "--limit", "ten"}, "--limit: 'ten' is not a number"},
    {"number out of range", {"fetch", "--limit", "99999999999"}, "--limit: '99999999999' is not a number"},
    {"duration", {"send", "--timeout", "5x"}, "--timeout: '5x' is not a duration (like 90s, 10min, 2h, 30d, at most 10 years)"},
    {"size", {"fetch", "--max-size", "big"}, "--max-size: 'big' is not a size (like 500K, 20M, 2G)"},
    {"line end in a value", {"send", "--subject", "a\r\nBcc: c@x"}, "--subject: CR, LF or NUL in the value"},
    {"NUL in a value", {"send", "--subject", std::string("a\0b", 3)}, "--subject: CR, LF or NUL in the value"},
    {"line end in an argument", {"send", "a@x\nb@x"}, "CR, LF or NUL in an argument"},
    {"line end in a later value", {"send", "--to", "a\n", "--to", "b"}, "--to: CR, LF or NUL in the value"},
    {"two accounts", {"-a", "x", "imap", "-a", "y", "folders"}, "--account is given twice, and imap takes one"},
    {"rivals", {"fetch", "--keep", "--delete"}, "--keep and --delete exclude each other"},
    {"rivals of a rule", {"fetch", "--keep", "--keep-last", "5"}, "--keep and --keep-last exclude each other"},
    {"headers stay", {"fetch", "--delete-after", "5d", "--headers-only"}, "--headers-only and --delete-after exclude each other"},
    {"rivals around the command", {"-4", "send", "-6"}, "--ipv4 and --ipv6 exclude each other"},
    {"server twice", {"fetch", "pop3://x", "--server", "pop3://y"}, "the server is given twice: as --server and as an argument"},
    {"argument too many", {"fetch", "mail.example"}, "unexpected argument 'mail.example'"},
    {"no verb", {"imap", "imaps://x"}, "no verb"},
    {"unknown verb", {"imap", "serch"}, "unknown verb 'serch'; did you mean search?"},
    {"unknown verb of a group", {"imap", "folder", "craete"}, "unknown verb 'folder craete'; did you mean folder create?"},
    {"option of another verb", {"imap", "get", "4", "--count"}, "option --count does not go with get"},
    {"WHAT missing", {"imap", "get"}, "get: an argument is missing: get WHAT"},
    {"WHAT missing in flag", {"imap", "flag", "+seen"}, "flag: an argument is missing: flag \xc2\xb1" "FLAG\xe2\x80\xa6 WHAT"},
    {"a dash after WHAT is an option", {"imap", "flag", "+seen", "1", "-xyz"}, "unknown option -x"},
    {"help on nothing", {"help", "sned"}, "no help on 'sned'; did you mean send?"},
    {"control characters are not printed", {"a\x1b[2J"}, "unknown command 'a\\x1b[2J'"},
};
// clang-format on

TEST(ParseLine, BadLines) {
  for (const auto& c : kBadLines) {
    const auto line = parse(c.words);
    ASSERT_FALSE(line.verdict) << c.why;
    EXPECT_EQ(line.verdict.error().kind, ErrorKind::usage) << c.why;
    EXPECT_EQ(line.verdict.error().one_line(), c.message) << c.why;
  }
}

TEST(ParseLine, CountsAddUpAcrossTheCommand) {
  EXPECT_EQ(parse({"-v", "send", "-v"}).options.count("verbose"), 2u);
  EXPECT_EQ(parse({"send", "-vv"}).options.count("verbose"), 2u);
}

TEST(ParseLine, HelpAndVersionWinOverOtherMistakes) {
  EXPECT_EQ(parse({"send", "--bogus", "--help"}).wish, Wish::help);
  EXPECT_TRUE(parse({"send", "--bogus", "-h"}).verdict);
  EXPECT_EQ(parse({"--version"}).wish, Wish::version);
  EXPECT_EQ(parse({"bogus", "--bogus", "--help"}).wish, Wish::run);
  const auto help = parse({"help", "imap"});
  EXPECT_EQ(help.wish, Wish::help);
  EXPECT_EQ(help.command, app::find_command("imap"));
  EXPECT_EQ(help.verb, nullptr);
  EXPECT_EQ(parse({"send", "--", "--help"}).wish, Wish::run);
}

TEST(ParseLine, HelpOnAVerb) {
  for (const Words& words : {Words{"imap", "folder", "create", "--help"},
                             Words{"imap", "imaps://x", "-h", "folder", "create"},
                             Words{"help", "imap", "folder", "create"}}) {
    const auto line = parse(words);
    ASSERT_EQ(line.wish, Wish::help);
    ASSERT_NE(line.verb, nullptr);
    EXPECT_EQ(line.verb->name, "folder create");
  }
  EXPECT_EQ(parse({"imap", "bogus", "--help"}).verb, nullptr);
}

TEST(ParseLine, GroupOfVerbsWantsASecondWord) {
  const auto line = parse({"imap", "folder"});
  ASSERT_FALSE(line.verdict);
  EXPECT_TRUE(line.verdict.error().what.starts_with(
      "'folder' wants a second word: folder create"));
}

TEST(ParseLine, SecretsHaveAHint) {
  const auto line = parse({"send", "--password", "geheim"});
  ASSERT_FALSE(line.verdict);
  EXPECT_EQ(line.verdict.error().hint, "use --password-from SOURCE");
}

TEST(ParseLine, EveryValueKnowsWhereItCameFrom) {
  EXPECT_EQ(parse({"send", "--tls", "off"}).options.origin("tls"),
            "command line");
}

}  // namespace
}  // namespace mailtool::cli
