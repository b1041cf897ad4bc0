// Odd answers to FETCH: the field that is odd is lost, and warned of; never the
// message, never the one behind it.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

constexpr std::string_view kEnvelope =
    R"(("d" "s" NIL NIL NIL NIL NIL NIL NIL "<5@x>"))";
constexpr std::string_view kStructure =
    R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1))";

// "UID [flags] size subject message-id parts", and "!" if there are warnings.
std::string shown(const imap::FetchData& row) {
  std::string out = std::to_string(row.uid.value_or(0)) + " [";
  for (const auto& flag : row.flags.value_or(std::vector<std::string>{})) {
    if (!out.ends_with('[')) out += ' ';
    out += flag;
  }
  out += "] " + (row.size ? std::to_string(*row.size) : "-") + " ";
  const auto envelope = row.envelope.value_or(imap::Envelope{});
  out += envelope.subject.value_or("-") + " " +
         envelope.message_id.value_or("-") + " ";
  std::string parts;
  const auto structure = row.body_structure.value_or(imap::BodyStructure{});
  for (const auto& part : structure.parts) {
    parts += (parts.empty() ? "" : ",") + part.type + "/" + part.subtype;
  }
  out += parts.empty() ? "-" : parts;
  if (!row.warnings.empty()) out += " !";
  return out;
}

class ImapOddFetch : public ImapDialogueTest {
 protected:
  // What is made of `lines` ("\n" between them), the answer to a FETCH of
  // UIDs 5 and 7, of which 7 follows and is as it should be.
  std::string rows_of(const std::string& lines) {
    std::string text =
        "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
        "C: A1 UID FETCH 5,7 (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)\n"
        "S: ";
    for (const char c : lines) {
      text += c;
      if (c == '\n') text += "S: ";
    }
    text += "\nS: * 3 FETCH (UID 7 FLAGS () RFC822.SIZE 1 ENVELOPE " +
            std::string(kEnvelope) + " BODYSTRUCTURE " +
            std::string(kStructure) + ")\nS: A1 OK done\n";
    play_text(text);
    EXPECT_TRUE(client->open(false));
    FetchItems items;
    items.size = items.envelope = items.body_structure = true;
    std::string five = "none";
    std::string seven = "none";
    const auto seen = client->fetch(
        uids("5,7"), items, [&](imap::FetchData& row) -> Result<void> {
          (row.uid == 7U ? seven : five) = shown(row);
          return {};
        });
    EXPECT_TRUE(seen) << (seen ? "" : seen.error().one_line());
    EXPECT_EQ(server->unplayed(), "");
    EXPECT_EQ(seven, "7 [] 1 s <5@x> text/plain") << lines;
    return five;
  }

  // The same row with its UID at the start and at the end.
  void both_ways(const char* why, const std::string& items,
                 const std::string& expected) {
    EXPECT_EQ(rows_of("* 2 FETCH (UID 5 " + items + ")"), expected) << why;
    EXPECT_EQ(rows_of("* 2 FETCH (" + items + " UID 5)"), expected)
        << why << ", UID last";
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapOddFetch, testing::Values(4096, 1));

struct Case {
  const char* why;
  const char* text;
  const char* shown;
};

// Subject, message-id, and "!".
// clang-format off
const Case kEnvelopes[] = {
  {"blanks between addresses",  R"(("d" "s" ((NIL NIL "a" "x") (NIL NIL "b" "y")) NIL NIL NIL NIL NIL NIL "<i@x>"))", "s <i@x>"},
  {"NIL among addresses",       R"(("d" "s" (NIL (NIL NIL "b" "y")) NIL NIL NIL NIL NIL NIL "<i@x>"))", "s <i@x>"},
  {"group syntax",              R"(("d" "s" ((NIL NIL "g" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL "<i@x>"))", "s <i@x>"},
  {"message-id missing",        R"(("d" "s" NIL NIL NIL NIL NIL NIL NIL))", "s - !"},
  {"in-reply-to and message-id missing", R"(("d" "s" NIL NIL NIL NIL NIL NIL))", "s - !"},
  {"an element too many",       R"(("d" "s" NIL NIL NIL NIL NIL NIL NIL "<i@x>" "z"))", "s <i@x> !"},
  {"quotes in the message-id",  R"(("d" "s" NIL NIL NIL NIL NIL NIL NIL "<"q"@x>"))", "s <\"q\"@x> !"},
  {"four quotes",               R"(("d" """" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))", "\"\" <i@x> !"},
  {"quotes not escaped",        R"(("d" "a "b" c" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))", "a \"b\" c <i@x> !"},
  {"a quote and a blank",       R"(("d" "5" disk" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))", "5\" disk <i@x> !"},
  {"a quote and a list",        R"E(("d" "5" (new)" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))E", "5\" (new) <i@x> !"},
  {"a quote and digits",        R"(("d" "5" 7" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))", "- <i@x> !"},
  {"8-bit octets in a string",  R"(("d" "Gr\xfc\xdfe" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))", "Gr\xfc\xdf""e <i@x>"},
  {"8-bit octets in an atom",   R"(("d" Gr\xc3\xbc NIL NIL NIL NIL NIL NIL NIL "<i@x>"))", "Gr\xc3\xbc <i@x>"},
  {"zero-length literal",       "(\"d\" {0}\n NIL NIL NIL NIL NIL NIL NIL {5}\n<i@x>)", " <i@x>"},
  {"line end in the subject",   "(\"d\" \"a\nb\" NIL NIL NIL NIL NIL NIL NIL \"<i@x>\")", "a\r\nb <i@x>"},
  {"a string",                  R"("")", "- - !"},
  {"NIL",                       "NIL", "- - !"},
};

// Parts, and "!".
const Case kStructures[] = {
  {"childless multipart",       R"(("ALTERNATIVE"))", "multipart/alternative !"},
  {"childless multipart with parameters and disposition",
   R"(("RELATED" NIL ("ATTACHMENT" NIL) NIL))", "multipart/related !"},
  {"childless multipart within a multipart",
   R"((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1)("ALTERNATIVE") "MIXED"))",
   "multipart/mixed,text/plain,multipart/alternative !"},
  {"multipart as a basic part", R"(("multipart" "related" ("boundary" "b") NIL NIL "7BIT" 400))", "multipart/related !"},
  {"multipart as a basic part, with its parts",
   R"(("multipart" "related" (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1)) NIL NIL "7BIT" 400))",
   "multipart/related,text/plain !"},
  {"disposition missing",       R"((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1 NIL NIL NIL) "MIXED" ("BOUNDARY" "b") NIL))",
   "multipart/mixed,text/plain"},
  {"() as the body of a message", R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 324 () () 4))", "message/rfc822"},
  {"message without envelope",  R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 324))", "message/rfc822"},
  {"text without lines",        R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 324))", "text/plain"},
  {"delivery status, short",    R"(("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 324))", "message/delivery-status"},
  {"octets and lines of -1",    R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" -1 -1))", "text/plain !"},
  {"NIL encoding",              R"(("TEXT" "PLAIN" NIL NIL NIL NIL 7 1))", "text/plain"},
  {"NIL type",                  R"((NIL NIL NIL NIL NIL "7BIT" 7))", "application/octet-stream"},
  {"NIL parameter value",       R"(("TEXT" "PLAIN" ("CHARSET" NIL) NIL NIL "7BIT" 7 1))", "text/plain"},
  {"() for parameters",         R"(("TEXT" "PLAIN" () NIL NIL "7BIT" 7 1))", "text/plain"},
  {"NIL in the languages",      R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1 NIL NIL (NIL "en") NIL))", "text/plain"},
  {"a sibling too many",        R"((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) "MIXED")(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) "MIXED"))",
   "multipart/mixed,text/plain"},
  {"a string first",            R"("" ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1))", "text/plain"},
  {"quote too many, then a literal", "(\"TEXT\" \"HTML\"\" {3}\nabc NIL NIL \"7BIT\" 7 1)", "text/html !"},
  {"an empty list",             "()", "- !"},
  {"a string",                  R"("x")", "- !"},
};
// clang-format on

TEST_P(ImapOddFetch, Envelopes) {
  for (const auto& c : kEnvelopes) {
    std::string rest = c.shown;
    const bool warned = rest.ends_with(" !");
    if (warned) rest.resize(rest.size() - 2);
    both_ways(c.why,
              "FLAGS (\\Seen) RFC822.SIZE 44 ENVELOPE " + std::string(c.text) +
                  " BODYSTRUCTURE " + std::string(kStructure),
              "5 [\\Seen] 44 " + rest + " text/plain" + (warned ? " !" : ""));
  }
}

TEST_P(ImapOddFetch, BodyStructures) {
  for (const auto& c : kStructures) {
    both_ways(c.why,
              "FLAGS (\\Seen) RFC822.SIZE 44 BODYSTRUCTURE " +
                  std::string(c.text) + " ENVELOPE " + std::string(kEnvelope),
              "5 [\\Seen] 44 s <5@x> " + std::string(c.shown));
  }
}

#define E R"(ENVELOPE ("d" "s" NIL NIL NIL NIL NIL NIL NIL "<i@x>"))"
#define B R"(BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1))"
// clang-format off
const Case kRows[] = {
  {"items in parentheses of their own", "* 2 FETCH (UID 5 (" E ") FLAGS (\\Seen) RFC822.SIZE 44 " B ")", "5 [\\Seen] 44 s <i@x> text/plain"},
  {"parentheses around all but the UID", "* 2 FETCH (UID 5 (FLAGS () RFC822.SIZE 44 " E " " B "))", "5 [] 44 s <i@x> text/plain"},
  {"line end within",           "* 2 FETCH (UID 5 FLAGS (\\Seen)\n RFC822.SIZE 44\n" E "\n " B ")", "5 [\\Seen] 44 s <i@x> text/plain"},
  {"line end within a string, UID behind it", "* 2 FETCH (FLAGS () ENVELOPE (\"d\" \"a\nb\" NIL NIL NIL NIL NIL NIL NIL \"<i@x>\") RFC822.SIZE 44 " B " UID 5)",
   "5 [] 44 a\r\nb <i@x> text/plain"},
  {"closed after the literal, the rest on its own line",
   "* 2 FETCH (ENVELOPE (\"d\" {1}\ns NIL NIL NIL NIL NIL NIL NIL \"<i@x>\"))\n FLAGS (\\Seen) RFC822.SIZE 44 " B " UID 5)", "5 [\\Seen] 44 s <i@x> text/plain !"},
  {"never closed",              "* 2 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 44 " E " " B, "5 [\\Seen] 44 s <i@x> text/plain !"},
  {"value missing at the end",  "* 2 FETCH (UID 5 FLAGS (\\Seen) " E " " B " RFC822.SIZE)", "5 [\\Seen] - s <i@x> text/plain !"},
  {"value missing between items", "* 2 FETCH (UID 5 RFC822.SIZE FLAGS (\\Seen) " E " " B ")", "5 [\\Seen] - s <i@x> text/plain !"},
  {"value missing, and no end", "* 2 FETCH (UID 5 FLAGS (\\Seen) " E " " B " RFC822.SIZE", "5 [\\Seen] - s <i@x> text/plain !"},
  {"an item silently left out", "* 2 FETCH (UID 5 FLAGS (\\Seen) " E " " B ")", "5 [\\Seen] - s <i@x> text/plain !"},
  {"size of -1",                "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE -1 " E " " B ")", "5 [] - s <i@x> text/plain !"},
  {"literal, then more items",  "* 2 FETCH (UID 5 X-ODD {3}\n)\"( FLAGS () RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"literal that looks like the answer", "* 2 FETCH (UID 5 X-ODD {7}\nA1 OK \n FLAGS () RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"brackets in a flag",        "* 2 FETCH (UID 5 FLAGS (OIB-[Mail]/All Nachrichten) RFC822.SIZE 44 " E " " B ")", "5 [OIB-[Mail]/All Nachrichten] 44 s <i@x> text/plain"},
  {"NIL for flags",             "* 2 FETCH (UID 5 FLAGS NIL RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"flags quoted",              "* 2 FETCH (UID 5 FLAGS (\"\\Seen\" $Work) RFC822.SIZE 44 " E " " B ")", "5 [\\Seen $Work] 44 s <i@x> text/plain"},
  {"star among the flags",      "* 2 FETCH (UID 5 FLAGS (\\*) RFC822.SIZE 44 " E " " B ")", "5 [\\*] 44 s <i@x> text/plain"},
  {"sequence number 0",         "* 0 FETCH (UID 5 FLAGS () RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"MODSEQ 0",                  "* 2 FETCH (UID 5 MODSEQ (0) FLAGS () RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"lower case",                "* 2 fetch (uid 5 flags () rfc822.size 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"blanks at the end",         "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 44 " E " " B " )  ", "5 [] 44 s <i@x> text/plain"},
  {"lines that are no responses", "* NOOP\n* 99 NOOP\nXAOL.SPAM.REASON x\n* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 44 " E " " B ")\n* XAOL.SPAM.REASON {3}\nabc", "5 [] 44 s <i@x> text/plain"},
  {"NUL",                       "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 44 X-ODD \"\\x00\" " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"two UIDs",                  "* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 44 UID 7 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"flags alone, before the rest", "* 2 FETCH (UID 5 FLAGS ())\n* 2 FETCH (RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"flags of another message between", "* 9 EXISTS\n* 8 FETCH (FLAGS (\\Draft))\n* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 44 " E " " B ")", "5 [] 44 s <i@x> text/plain"},
  {"numbers shift between two parts", "* 2 FETCH (UID 5 FLAGS () " E " " B ")\n* 1 EXPUNGE\n* 2 FETCH (RFC822.SIZE 99)\n* 1 FETCH (UID 5 RFC822.SIZE 44)", "5 [] 44 s <i@x> text/plain"},
  {"the message is expunged between two parts", "* 2 FETCH (UID 5 FLAGS () " E " " B ")\n* 2 EXPUNGE\n* 2 FETCH (RFC822.SIZE 99)", "5 [] - s <i@x> text/plain !"},
};
#undef E
#undef B
// clang-format on

TEST_P(ImapOddFetch, Rows) {
  for (const auto& c : kRows) {
    EXPECT_EQ(rows_of(c.text), c.shown) << c.why;
  }
}

// A message made to be nested does not hide.
TEST_P(ImapOddFetch, AbsurdNestingCostsItself) {
  const std::string deep = std::string(20'000, '(') + std::string(20'000, ')');
  const auto items = "FLAGS () RFC822.SIZE 44 ENVELOPE " +
                     std::string(kEnvelope) + " BODYSTRUCTURE " + deep;
  for (const auto& line :
       {"* 2 FETCH (UID 5 " + items + ")", "* 2 FETCH (" + items + " UID 5)"}) {
    const auto row = rows_of(line);
    EXPECT_TRUE(row.starts_with("5 [] 44 s <5@x> ")) << row;
    EXPECT_TRUE(row.ends_with(" !")) << row;
  }
}

TEST(ImapOddFetchOnce, TooManyValuesCostTheirItemAlone) {
  std::string wire = "* 2 FETCH (ENVELOPE (\"d\" \"s\" (";
  for (int i = 0; i < 70'000; ++i) wire += R"E(("n" NIL "a)" "x"))E";
  wire += ") NIL NIL) FLAGS (\\Seen) UID 5)";
  const auto response = imap::parse_response({wire, {}});
  const auto& row = std::get<imap::FetchData>(response);
  EXPECT_EQ(row.uid, 5u);
  EXPECT_EQ(row.flags, (std::vector<std::string>{"\\Seen"}));
  EXPECT_EQ(row.envelope->subject, "s");
  EXPECT_FALSE(row.warnings.empty());
}

// A date that is none is passed on as it stands; nobody makes one up.
TEST_P(ImapOddFetch, DatesOfArrival) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
      "C: A1 UID FETCH 1:4 (UID FLAGS INTERNALDATE)\n"
      "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE \"27-JAG-2018 1:2:3 +0000\")\n"
      "S: * 2 FETCH (UID 2 FLAGS () INTERNALDATE \" 5-Apr-2017 00:00:00 "
      "+0000\")\n"
      "S: * 3 FETCH (UID 3 FLAGS () INTERNALDATE \"01-Jan-1909 00:00:00 "
      "+0000\")\n"
      "S: * 4 FETCH (UID 4 FLAGS () INTERNALDATE NIL)\n"
      "S: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  FetchItems items;
  items.internal_date = true;
  std::vector<std::string> raw;
  std::vector<std::optional<std::int64_t>> read;
  const auto seen = client->fetch(
      uids("1:4"), items, [&](imap::FetchData& row) -> Result<void> {
        raw.push_back(row.internal_date.value_or("none"));
        read.push_back(imap::parse_internal_date(raw.back()));
        return {};
      });
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_EQ(raw, (std::vector<std::string>{"27-JAG-2018 1:2:3 +0000",
                                           " 5-Apr-2017 00:00:00 +0000",
                                           "01-Jan-1909 00:00:00 +0000", ""}));
  EXPECT_EQ(read, (std::vector<std::optional<std::int64_t>>{
                      std::nullopt, 1491350400, -1924992000, std::nullopt}));
}

TEST_P(ImapOddFetch, UidNeverSent) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
      "C: A1 UID FETCH 5 (UID FLAGS)\n"
      "S: * 2 FETCH (FLAGS (\\Seen))\n"
      "S: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  std::string row;
  const auto seen =
      client->fetch(uids("5"), {}, [&](imap::FetchData& one) -> Result<void> {
        row = shown(one);
        return {};
      });
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_EQ(to_wire(*seen), "5");
  EXPECT_EQ(row, "5 [\\Seen] - - - -");
}

}  // namespace
}  // namespace mailtool::client
