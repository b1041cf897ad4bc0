#include "mailtool/imap/envelope.h"

#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

using test::parse_as;

Envelope envelope(const std::string& text) {
  const auto fetch =
      parse_as<FetchData>("* 1 FETCH (UID 5 ENVELOPE " + text + ")\r\n");
  EXPECT_EQ(fetch.uid, 5u) << text;
  EXPECT_TRUE(fetch.envelope.has_value()) << text;
  return fetch.envelope.value_or(Envelope{});
}

std::string boxes(const std::vector<Address>& list) {
  std::string out;
  for (const auto& one : list) {
    out += one.mailbox.value_or("NIL") + "@" + one.host.value_or("NIL") + ";";
  }
  return out;
}

TEST(Envelope, AsTheRfcHasIt) {
  const auto e = envelope(
      "(\"Wed, 17 Jul 1996 02:23:25 -0700\" \"Crepes\" "
      "((\"Alice\" NIL \"alice\" \"crepes.fr\")) "
      "((\"Alice\" NIL \"alice\" \"crepes.fr\")) "
      "((\"Alice\" NIL \"alice\" \"crepes.fr\")) "
      "((NIL NIL \"bob\" \"hamburger.edu\")) NIL NIL NIL "
      "\"<1@crepes.fr>\")");
  EXPECT_EQ(e.subject, "Crepes");
  EXPECT_EQ(e.from.front().name, "Alice");
  EXPECT_EQ(boxes(e.to), "bob@hamburger.edu;");
  EXPECT_EQ(e.in_reply_to, std::nullopt);
  EXPECT_EQ(e.message_id, "<1@crepes.fr>");
}

struct Case {
  const char* why;
  const char* to;
  const char* boxes;
};

// clang-format off
const Case kAddresses[] = {
  {"blanks between",  "((NIL NIL \"a\" \"x\") (NIL NIL \"b\" \"y\"))", "a@x;b@y;"},
  {"no blanks",       "((NIL NIL \"a\" \"x\")(NIL NIL \"b\" \"y\"))", "a@x;b@y;"},
  {"NIL among them",  "(NIL (NIL NIL \"b\" \"y\"))",                  "b@y;"},
  {"a group",         "((NIL NIL \"g\" NIL)(NIL NIL \"b\" \"y\")(NIL NIL NIL NIL))",
                      "g@NIL;b@y;NIL@NIL;"},
  {"one parenthesis too few", "(\"B\" NIL \"b\" \"y\")",              "b@y;"},
  {"empty list",      "()",                                          ""},
  {"literal name",    "(({5}\r\n\"a(b) NIL \"b\" \"y\"))",            "b@y;"},
};
// clang-format on

TEST(Envelope, OddAddresses) {
  for (const auto& c : kAddresses) {
    const auto e = envelope("(NIL \"s\" NIL NIL NIL " + std::string(c.to) +
                            " NIL NIL NIL \"<id@x>\")");
    EXPECT_EQ(boxes(e.to), c.boxes) << c.why;
    EXPECT_EQ(e.message_id, "<id@x>") << c.why;
  }
}

TEST(Envelope, UnescapedQuotesInTheMessageId) {
  const auto e =
      envelope("(NIL NIL NIL NIL NIL NIL NIL NIL NIL \"<\"odd\"@x.example>\")");
  EXPECT_EQ(e.message_id, "<\"odd\"@x.example>");
}

TEST(Envelope, EightBitOctetsArePassedOn) {
  EXPECT_EQ(envelope("(NIL \"Gr\xfc\xdf"
                     "e\" NIL NIL NIL NIL NIL NIL NIL NIL)")
                .subject,
            "Gr\xfc\xdf"
            "e");
}

TEST(Envelope, MissingFieldsAreWarnedOf) {
  const auto fetch = parse_as<FetchData>(
      "* 1 FETCH (UID 5 ENVELOPE (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL) "
      "RFC822.SIZE 44)\r\n");
  EXPECT_EQ(fetch.envelope->subject, "s");
  EXPECT_EQ(fetch.envelope->message_id, std::nullopt);
  EXPECT_EQ(fetch.size, 44u);
  EXPECT_FALSE(fetch.warnings.empty());
}

}  // namespace
}  // namespace mailtool::imap
