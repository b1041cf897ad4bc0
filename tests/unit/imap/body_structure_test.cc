#include "mailtool/imap/body_structure.h"

#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

using test::parse_as;

// "ID type/subtype octets[ disposition]" a part, separated by commas.
std::string shown(const BodyStructure& structure) {
  std::string out;
  for (const auto& part : structure.parts) {
    if (!out.empty()) out += ", ";
    out += (part.id.empty() ? "-" : part.id) + " " + part.type + "/" +
           part.subtype;
    if (part.octets) out += " " + std::to_string(*part.octets);
    if (!part.disposition.empty()) out += " " + part.disposition;
  }
  return out;
}

struct Case {
  const char* why;
  const char* text;
  const char* parts;
  bool legal = true;
};

// clang-format off
const Case kCases[] = {
  {"text alone",
   R"(("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 12 1))",
   "1 text/plain 12"},
  {"RFC 9051 section 7.5.2",
   R"((("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1152 23)("TEXT" "PLAIN" ("CHARSET" "US-ASCII" "NAME" "cc.diff") "<960723163407.20117h@cac.washington.edu>" "Compiler diff" "BASE64" 4554 73) "MIXED"))",
   "- multipart/mixed, 1 text/plain 1152, 2 text/plain 4554"},
  {"disposition",
   R"((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 2 1 NIL NIL NIL NIL)("IMAGE" "PNG" ("NAME" "a.png") NIL NIL "BASE64" 900 NIL ("ATTACHMENT" ("FILENAME" "a.png")) NIL NIL) "MIXED" ("BOUNDARY" "x") NIL NIL NIL))",
   "- multipart/mixed, 1 text/plain 2, 2 image/png 900 attachment"},
  {"message in a multipart",
   R"((("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 500 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1)("TEXT" "HTML" NIL NIL NIL "7BIT" 4 1) "ALTERNATIVE") 20) "MIXED"))",
   "- multipart/mixed, 1 message/rfc822 500, 1 multipart/alternative, 1.1 text/plain 3, 1.2 text/html 4"},
  {"message with one part",
   R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 500 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1) 20))",
   "1 message/rfc822 500, 1.1 text/plain 3"},
  {"childless multipart",  R"(("ALTERNATIVE"))", "- multipart/alternative", false},
  {"childless multipart with a disposition",
   R"(("RELATED" NIL ("ATTACHMENT" NIL) NIL))",
   "- multipart/related attachment", false},
  {"multipart as a single part",
   R"(("multipart" "related" (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1)) NIL NIL "7BIT" 400))",
   "- multipart/related, 1 text/plain 3", false},
  {"empty list as the body of a message",
   R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 324 () () 4))",
   "1 message/rfc822 324"},
  {"message without its envelope",
   R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 324))", "1 message/rfc822 324"},
  {"delivery status, short",
   R"(("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 324))",
   "1 message/delivery-status 324"},
  {"octets of -1",
   R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" -1 -1))", "1 text/plain", false},
  {"NIL encoding", R"(("TEXT" "PLAIN" NIL NIL NIL NIL 7 1))", "1 text/plain 7"},
  {"NIL type",     R"((NIL NIL NIL NIL NIL "7BIT" 7))", "1 application/octet-stream 7"},
  {"NIL value of a parameter",
   R"(("TEXT" "PLAIN" ("CHARSET" NIL) NIL NIL "7BIT" 7 1))", "1 text/plain 7"},
  {"empty list of parameters",
   R"(("TEXT" "PLAIN" () NIL NIL "7BIT" 7 1))", "1 text/plain 7"},
  {"string first", R"("" ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1))", "1 text/plain 7"},
  {"a sibling too many",
   R"((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) "MIXED")(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1) "MIXED"))",
   "- multipart/mixed, 1 text/plain 7"},
  {"NIL in the languages",
   R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1 NIL ("INLINE" NIL) (NIL) NIL))",
   "1 text/plain 7 inline"},
  {"not a list", R"("x")", "", false},
};
// clang-format on

TEST(BodyStructure, Table) {
  for (const auto& c : kCases) {
    const auto fetch = parse_as<FetchData>("* 1 FETCH (BODYSTRUCTURE " +
                                           std::string(c.text) + " UID 5)\r\n");
    EXPECT_EQ(shown(fetch.body_structure.value_or(BodyStructure{})), c.parts)
        << c.why;
    EXPECT_EQ(fetch.warnings.empty(), c.legal) << c.why;
    EXPECT_EQ(fetch.uid, 5u) << c.why;
  }
}

TEST(BodyStructure, Attachments) {
  const auto fetch = parse_as<FetchData>("* 1 FETCH (BODYSTRUCTURE " +
                                         std::string(kCases[2].text) + ")\r\n");
  const auto& structure = *fetch.body_structure;
  EXPECT_TRUE(structure.has_attachment());
  EXPECT_EQ(structure.find("2")->file_name(), "a.png");
  EXPECT_EQ(structure.find("2")->encoding, "base64");
  EXPECT_FALSE(structure.find("1")->is_attachment());
  EXPECT_EQ(structure.find("3"), nullptr);
}

// What is saved: the ids.
std::string attachments_of(const std::string& text) {
  const auto fetch =
      parse_as<FetchData>("* 1 FETCH (BODYSTRUCTURE " + text + ")\r\n");
  std::string ids;
  const auto structure = fetch.body_structure.value_or(BodyStructure{});
  for (const auto* part : structure.attachments()) {
    ids += (ids.empty() ? "" : " ") + part->id;
  }
  return ids;
}

TEST(BodyStructure, WhatIsAnAttachment) {
  const std::string text = R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1))";
  const auto mixed = [&](const std::string& part) {
    return attachments_of("(" + text + part + R"( "MIXED"))");
  };
  EXPECT_EQ(attachments_of(text), "");
  EXPECT_EQ(attachments_of(R"(("APPLICATION" "PDF" NIL NIL NIL "BASE64" 9))"),
            "1");
  EXPECT_EQ(mixed(text), "");
  EXPECT_EQ(mixed(R"(("APPLICATION" "PDF" NIL NIL NIL "BASE64" 9))"), "2");
  EXPECT_EQ(mixed(R"(("TEXT" "PLAIN" ("NAME" "a") NIL NIL "7BIT" 9 1))"), "2");
  // RFC 2231: the name is in sections, and there is no disposition.
  EXPECT_EQ(mixed(R"(("TEXT" "PLAIN" ("NAME*0*" "utf-8''a" "NAME*1*" "b") NIL NIL "7BIT" 9 1))"), "2");
  EXPECT_EQ(mixed(R"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1 NIL ("ATTACHMENT" NIL)))"), "2");
  EXPECT_EQ(mixed(R"(("IMAGE" "PNG" NIL "<i@x>" NIL "BASE64" 9 NIL ("INLINE" NIL)))"), "2");
  // A message is one, and what is in it is not.
  EXPECT_EQ(mixed(R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 )"
                  R"((NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) )"
                  R"((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1)("IMAGE" "PNG" NIL NIL NIL "BASE64" 9) "MIXED") 9))"
                  R"(("IMAGE" "GIF" NIL NIL NIL "BASE64" 9))"),
            "2 3");
}

TEST(BodyStructure, DeepNestingEnds) {
  std::string text(60, '(');
  text += R"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 7 1)";
  for (int i = 0; i < 59; ++i) text += R"() "MIXED")";
  const auto fetch =
      parse_as<FetchData>("* 1 FETCH (BODYSTRUCTURE " + text + "))\r\n");
  EXPECT_EQ(fetch.body_structure->parts.size(), 60u);
}

}  // namespace
}  // namespace mailtool::imap
