#include "app/imap_part.h"

#include <gtest/gtest.h>

#include "app/body_choice.h"
#include "app/imap_list_fields.h"
#include "app/imap_preview.h"
#include "app/imap_uid_chunks.h"

namespace mailtool::app {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

imap::BodyPart part(std::string type, std::string subtype,
                    std::string encoding = "7bit") {
  imap::BodyPart one;
  one.id = "1";
  one.type = std::move(type);
  one.subtype = std::move(subtype);
  one.encoding = std::move(encoding);
  return one;
}

TEST(ImapPart, Names) {
  const struct {
    const char* why;
    Parameters disposition;
    Parameters type;
    const char* name;
  } cases[] = {
      {"none", {}, {}, ""},
      {"plain", {{"filename", "a b.pdf"}}, {}, "a b.pdf"},
      {"of the type", {}, {{"name", "b.pdf"}}, "b.pdf"},
      {"of both", {{"filename", "a.pdf"}}, {{"name", "b.pdf"}}, "a.pdf"},
      {"quotes", {{"filename", "a\"\\b"}}, {}, "a\"\\b"},
      {"RFC 2231", {{"filename*", "utf-8''%EC%95%88.pdf"}}, {}, "안.pdf"},
      {"sections",
       {{"filename*0*", "utf-8''%EC"},
        {"filename*1*", "%95%88"},
        {"filename*2", ".pdf"}},
       {},
       "안.pdf"},
      {"encoded words", {}, {{"name", "=?UTF-8?B?7JWI?=.pdf"}}, "안.pdf"},
      {"raw", {{"filename", "\xEC\x95\x88"}}, {}, "안"},
      {"a path", {{"filename", "../../etc/passwd"}}, {}, "../../etc/passwd"},
      {"others", {{"size", "7"}, {"filenames", "x"}}, {{"charset", "y"}}, ""},
  };
  for (const auto& c : cases) {
    auto one = part("application", "pdf");
    one.disposition_parameters = c.disposition;
    one.parameters = c.type;
    EXPECT_EQ(part_name(one), c.name) << c.why;
  }
}

std::string made(const imap::BodyPart& one, PartForm form,
                 std::string_view octets, bool binary = false) {
  std::string whole;
  for (const std::size_t step : {octets.size(), std::size_t{1}}) {
    StringSink sink(10'000);
    PartDecoder decoder(one, form, binary, sink);
    for (std::size_t i = 0; i < octets.size(); i += step) {
      EXPECT_TRUE(decoder.write(octets.substr(i, step)));
    }
    EXPECT_TRUE(decoder.finish());
    if (step != octets.size()) {
      EXPECT_EQ(sink.text(), whole);
    }
    whole = sink.text();
  }
  return whole;
}

TEST(ImapPart, Decodes) {
  const auto base64 = part("application", "pdf", "base64");
  EXPECT_EQ(made(base64, PartForm::decoded, "YQ0KYg==\r\n"), "a\r\nb");
  EXPECT_EQ(made(base64, PartForm::decoded, "a\r\nb", true), "a\r\nb");
  EXPECT_EQ(made(base64, PartForm::encoded, "YQ0KYg==\r\n"), "YQ0KYg==\n");
  const auto quoted = part("text", "plain", "quoted-printable");
  EXPECT_EQ(made(base64, PartForm::slice, "YQ0KYg==\r\n"), "YQ0KYg==\r\n");
  EXPECT_EQ(made(quoted, PartForm::slice, "=3D\r"), "=3D\r");
  EXPECT_EQ(made(quoted, PartForm::decoded, "a=3D\r\nb=\r\nc\r\n"), "a=\nbc\n");
  EXPECT_EQ(made(part("text", "plain"), PartForm::decoded, "a\r\nb"), "a\nb");
  EXPECT_EQ(made(part("image", "x", "binary"), PartForm::decoded, "a\r\nb"),
            "a\r\nb");
}

TEST(ImapPart, ReadableText) {
  auto latin = part("text", "plain", "quoted-printable");
  latin.parameters = {{"charset", "iso-8859-1"}};
  EXPECT_EQ(made(latin, PartForm::readable, "Gr=FC=DFe\r\nx"), "Grüße\nx\n");
  auto flowed = part("text", "plain");
  flowed.parameters = {{"format", "flowed"}};
  EXPECT_EQ(made(flowed, PartForm::readable, "one \r\ntwo\r\n"), "one two\n");
  EXPECT_EQ(made(part("text", "html"), PartForm::readable, "<p>a&amp;b</p>"),
            "a&b\n");
}

imap::BodyStructure alternative_and_file() {
  imap::BodyStructure structure;
  const auto add = [&](std::string id, std::size_t depth, std::string type,
                       std::string subtype) {
    auto one = part(std::move(type), std::move(subtype));
    one.id = std::move(id);
    one.depth = depth;
    structure.parts.push_back(std::move(one));
  };
  add("", 0, "multipart", "mixed");
  add("1", 1, "multipart", "alternative");
  add("1.1", 2, "text", "plain");
  add("1.2", 2, "text", "html");
  add("2", 1, "message", "rfc822");
  add("2.1", 2, "text", "plain");
  add("3", 1, "application", "pdf");
  return structure;
}

TEST(ImapPart, RowsDecideAsForAMessageThatIsHere) {
  const auto rows = rows_of(alternative_and_file());
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_EQ(rows[2].parent, 1u);
  EXPECT_EQ(rows[6].parent, 0u);
  EXPECT_EQ(choose_body(rows).text, (std::vector<std::size_t>{2}));
  EXPECT_EQ(attachment_rows(rows), (std::vector<std::size_t>{4, 6}));
  std::vector<std::string> ids;
  for (const auto* one : alternative_and_file().attachments()) {
    ids.push_back(one->id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"2", "3"}));
}

TEST(ImapPreview, OneLineOfSoManyCharacters) {
  EXPECT_EQ(preview_of(""), "");
  EXPECT_EQ(preview_of("  \r\n a\r\n\t b  "), "a b");
  std::string many;
  for (int i = 0; i < 300; ++i) many += "ü";
  EXPECT_EQ(preview_of(many), many.substr(0, 2 * kPreviewCharacters));
  EXPECT_EQ(preview_of("a\xff"), "a\xEF\xBF\xBD");
}

TEST(ImapList, Fields) {
  const auto fields = parse_list_fields("uid,message-id,uid");
  ASSERT_TRUE(fields);
  EXPECT_EQ(*fields,
            (std::vector<ListField>{ListField::uid, ListField::message_id}));
  const auto wrong = parse_list_fields("uid,sbject");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().one_line().find("subject"), std::string::npos);
  EXPECT_FALSE(parse_list_fields(""));
}

TEST(UidChunks, AllOfThemOnce) {
  UidChunks chunks(*imap::parse_sequence_set("1:5,9,20:22"));
  std::string text;
  while (!chunks.empty()) text += to_wire(chunks.next(4)) + " ";
  EXPECT_EQ(text, "1:4 5,9,20:21 22 ");
  EXPECT_TRUE(UidChunks(imap::SequenceSet()).empty());
}

}  // namespace
}  // namespace mailtool::app
