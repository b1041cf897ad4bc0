// Headers that are mended or encoded.
#include "transcoded.h"

namespace mailtool::mime {
namespace {

using test::transcoded;

const TranscodeOptions kEncode{.encode_header = true};

std::string words(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += " word" + std::to_string(i);
  return text;
}

std::string header_of(const std::string& message) {
  return message.substr(0, message.find("\r\n\r\n"));
}

TEST(TranscodeHeader, LongLinesAreFolded) {
  const auto value = words(300);
  const auto result = transcoded("A: b\r\nX-Long:" + value + "\r\nC: d\r\n\r\nx\r\n",
                                 {.most = MessageForm::binary});
  EXPECT_EQ(result.error, "");
  EXPECT_LE(longest_line(result.text), kGoodLineOctets);
  const auto parsed = test::parse(result.text, 1000);
  const auto& top = parsed.structure.parts[0];
  EXPECT_EQ(unfold(*parsed.structure.value_of(top, "X-Long")),
            value.substr(1));
  EXPECT_EQ(result.text.substr(0, 6), "A: b\r\n");
  EXPECT_TRUE(result.text.ends_with("word299\r\nC: d\r\n\r\nx\r\n"));
  EXPECT_EQ(result.report.fields,
            (std::vector<FieldChange>{{"1", "X-Long", "folded"}}));
}

TEST(TranscodeHeader, OnlyTheLongLineIsFolded) {
  const std::string kept = "X: " + std::string(900, 'a') + "\r\n  b\r\n";
  const auto result =
      transcoded(kept + "\tc" + words(300) + "\r\n d\r\n\r\nx\r\n");
  EXPECT_EQ(result.text.substr(0, kept.size()), kept);
  EXPECT_LE(longest_line(result.text), 903u);
  EXPECT_NE(result.text.find("word299\r\n d\r\n\r\nx\r\n"), std::string::npos);
}

TEST(TranscodeHeader, WhereFoldsMayStand) {
  // Before the first word: nothing but the name is left on the line.
  const std::string word(997, 'w');
  EXPECT_EQ(transcoded("X: " + word + "\r\n\r\nx\r\n").text,
            "X:\r\n " + word + "\r\n\r\nx\r\n");
  // Behind the last: the blanks say nothing.
  EXPECT_EQ(transcoded("X: a" + std::string(2000, ' ') + "\r\n\r\nx\r\n").text,
            "X: a\r\n\r\nx\r\n");
  for (const auto& value :
       {std::string(999, 'w'), "a" + std::string(1, ' ') + std::string(998, 'w'),
        "a" + std::string(3000, ' ') + "b"}) {
    EXPECT_EQ(transcoded("Subject: " + value + "\r\n\r\nx\r\n").error,
              "the header field Subject of part 1 (text/plain) has a line over "
              "998 octets and no blank to fold it at");
  }
}

TEST(TranscodeHeader, NulAndCrBecomeBlanks) {
  const auto result = transcoded(
      std::string("S: a\0b\rc\r\n \0\r\n\t\r \r\nT: \0\r\n\r\nx\r\n", 30),
      {.most = MessageForm::binary});
  EXPECT_EQ(header_of(result.text), "S: a b c\r\nT:  ");
  EXPECT_EQ(result.report.fields,
            (std::vector<FieldChange>{{"1", "S", "cleaned"},
                                      {"1", "T", "cleaned"}}));
}

struct EncodeCase {
  const char* why;
  std::string field;
  std::string encoded;  // empty: it stays raw
};

const EncodeCase kFields[] = {
    {"text", "Subject: gr\xc3\xbcn and more", "Subject: =?utf-8?Q?gr=C3=BCn_and_more?="},
    {"X field", "X-Note:\xc3\xbc", "X-Note: =?utf-8?B?w7w=?="},
    {"encoded words beside raw text", "Subject: =?utf-8?Q?=C3=A4?= \xc3\xbc",
     "Subject: =?utf-8?B?w6Qgw7w=?="},
    {"name", "From: \"J\xc3\xbcrgen Meyer\" <j@x.test>, b@x.test",
     "From: =?utf-8?Q?J=C3=BCrgen_Meyer?= <j@x.test>, b@x.test"},
    {"group", "To: Gr\xc3\xbc\xc3\x9f" "e: a@x.test;",
     "To: =?utf-8?B?R3LDvMOfZQ==?=: a@x.test;"},
    {"file name", "Content-Disposition: attachment; filename=\"\xc3\xbc.txt\"",
     "Content-Disposition: attachment; filename*=utf-8''%C3%BC.txt"},
    {"address", "To: \xc3\xbc@x.test", ""},
    {"domain", "To: a@\xc3\xbc.test", ""},
    {"comment in an address list", "To: a@x.test (\xc3\xbc)", ""},
    {"comment in a file name", "Content-Disposition: inline; filename=\xc3\xbc (x)",
     ""},
    {"windows-1252", "Subject: caf\xe9 \x80", "Subject: =?utf-8?B?Y2Fmw6kg4oKs?="},
    {"a name in windows-1252", "From: J\xf6rg <j@x.test>",
     "From: =?utf-8?B?SsO2cmc=?= <j@x.test>"},
    {"no character of windows-1252", "Subject: \x81", ""},
    {"an address in windows-1252", "To: a@\xfc.test", ""},
    {"a file name in windows-1252",
     "Content-Disposition: attachment; filename=\"\xfc.txt\"", ""},
    {"a field that has no text", "Received: from \xc3\xbc", ""},
    {"a word that cannot be read", "Subject: =?utf-8?B?!?= \xc3\xbc", ""},
};

TEST(TranscodeHeader, RawTextIsEncoded) {
  for (const auto& c : kFields) {
    const auto message = "A: b\r\n" + c.field + "\r\nC: d\r\n\r\nx\r\n";
    const auto kept = transcoded(message);
    EXPECT_EQ(kept.text, message) << c.why;
    ASSERT_TRUE(kept.report.raw_field) << c.why;
    const auto result = transcoded(message, kEncode);
    const auto expected = c.encoded.empty() ? c.field : c.encoded;
    EXPECT_EQ(result.text, "A: b\r\n" + expected + "\r\nC: d\r\n\r\nx\r\n")
        << c.why;
    EXPECT_EQ(result.report.raw_field.has_value(), c.encoded.empty()) << c.why;
    EXPECT_EQ(result.report.changed, !c.encoded.empty()) << c.why;
  }
}

TEST(TranscodeHeader, WhatStaysRawIsTold) {
  const auto latin = transcoded("A: b\r\nSubject: \x81\r\n\r\nx\r\n").report;
  EXPECT_EQ(*latin.raw_field, (FieldChange{"1", "Subject", "not UTF-8"}));
  const auto address = transcoded("To: \xc3\xbc@x.test\r\n\r\nx\r\n").report;
  EXPECT_EQ(*address.raw_field, (FieldChange{"1", "To", "raw"}));
}

// An attached message whose header stays raw is not 7 bit, whatever its parts
// are.
TEST(TranscodeHeader, RawTextKeepsTheLabelsAboveIt) {
  const std::string message =
      "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
      "Content-Type: message/rfc822\r\n\r\n"
      "Subject: \xc3\xbc\r\n\r\nx\r\n";
  EXPECT_EQ(transcoded(message).text, message);
  EXPECT_EQ(transcoded(message, kEncode).text,
            "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\n"
            "Content-Type: message/rfc822\r\n\r\n"
            "Subject: =?utf-8?B?w7w=?=\r\n\r\nx\r\n");
}

}  // namespace
}  // namespace mailtool::mime
