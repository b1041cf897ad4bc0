// Files that go along: types, charsets, encodings, messages.
#include "composed.h"
#include "mailtool/base/ascii.h"
#include "transcoded.h"

namespace mailtool::mime {
namespace {

using test::minimal;
using test::read;

struct Case {
  const char* why;
  std::string name;
  std::string content;
  const char* type;
  const char* charset;
  const char* encoding;
};

const std::string kNul("\0", 1);

const Case kCases[] = {
    {"nothing", "a.txt", "", "text/plain", "us-ascii", "7bit"},
    {"LF", "a.txt", "a\nb\n", "text/plain", "us-ascii", "base64"},
    {"CRLF", "a.txt", "a \r\n.b\r\n", "text/plain", "us-ascii", "7bit"},
    {"no last line end", "a.txt", "a\r\nb", "text/plain", "us-ascii", "7bit"},
    {"CR", "a.txt", "a\rb", "text/plain", "us-ascii", "base64"},
    {"both kinds", "a.txt", "a\r\nb\n", "text/plain", "us-ascii", "base64"},
    {"a From line", "a.txt", "From a to b, and on\r\n", "text/plain", "us-ascii",
     "quoted-printable"},
    {"UTF-8 and CRLF", "a.txt", "the word gr\xc3\xbcn means green\r\n  \r\n",
     "text/plain", "utf-8", "quoted-printable"},
    {"the same without last line end", "a.txt",
     "the word gr\xc3\xbcn means green\r\nend ", "text/plain", "utf-8",
     "quoted-printable"},
    {"UTF-8 and LF", "a.txt", "gr\xc3\xbcn\n", "text/plain", "utf-8", "base64"},
    {"mostly UTF-8", "a.txt", "\xd0\x96\xd0\x96\xd0\x96\r\n", "text/plain",
     "utf-8", "base64"},
    {"not UTF-8", "a.txt", "gr\xfcn is written in an older charset\r\n",
     "text/plain", "", "quoted-printable"},
    {"UTF-16", "a.txt", "\xff\xfe" "a" + kNul + "b" + kNul + "c" + kNul, "text/plain", "utf-16", "base64"},
    {"NUL at the end", "a.txt", "twelve octets and NUL" + kNul, "text/plain",
     "us-ascii", "quoted-printable"},
    {"a type of text", "a.csv", "1,2\r\n", "text/csv", "us-ascii", "7bit"},
    {"no text", "a.pdf", "%PDF\r\n", "application/pdf", "", "base64"},
    {"no extension, text", "README", "read\tme\n", "text/plain", "us-ascii",
     "base64"},
    {"no extension, UTF-8", "README", "\xc3\xbc\xc3\xbc\xc3\xbc", "text/plain", "utf-8",
     "base64"},
    {"no extension, controls", "data", "a" + kNul, "application/octet-stream",
     "", "base64"},
    {"no extension, not UTF-8", "data", "\xff\xfe\xfd",
     "application/octet-stream", "", "base64"},
    {"text over 1 MiB", "a.txt", std::string(1'200'000, 'a') + "\xc3\xbc\r\n",
     "text/plain", "utf-8", "base64"},
};

TEST(ComposeAttachment, DecodesToTheSameOctets) {
  for (const auto& c : kCases) {
    for (const bool binary : {false, true}) {
      auto message = minimal();
      StringSource content(c.content), text("text\n");
      message.text = &text;
      message.attachments = {{&content, c.name, "", ""}};
      message.binary_attachments = binary;
      const auto result = read(message);
      const auto& part = result.structure.parts.at(2);
      EXPECT_EQ(result.structure.type(part), c.type) << c.why;
      EXPECT_EQ(result.structure.charset(part), c.charset) << c.why;
      const std::string_view encoding(c.encoding);
      EXPECT_EQ(result.structure.encoding(part),
                binary && encoding == "base64" ? "binary" : encoding)
          << c.why;
      EXPECT_EQ(result.decoded(2), c.content) << c.why;
    }
  }
}

TEST(ComposeAttachment, BinaryBecomes7Bit) {
  const auto octets = test::noise(100'000);
  auto message = minimal();
  StringSource content(octets), note("a\nb\n"), text("text\n");
  message.text = &text;
  message.attachments = {{&content, "a.bin", "", ""}, {&note, "a.txt", "", ""}};
  message.binary_attachments = true;
  StringSink out(test::kPlenty);
  const auto composed = compose(message, out);
  ASSERT_TRUE(composed);
  EXPECT_EQ(composed->form, MessageForm::binary);
  EXPECT_EQ(composed->octets, out.text().size());
  EXPECT_FALSE(
      test::transcoded(out.text(), {.most = MessageForm::binary}).report.changed);
  for (const auto most : {MessageForm::seven_bit, MessageForm::eight_bit}) {
    const auto rewritten = test::transcoded(out.text(), {.most = most});
    EXPECT_EQ(rewritten.error, "");
    EXPECT_EQ(rewritten.report.form, MessageForm::seven_bit);
    EXPECT_TRUE(is_ascii(rewritten.text));
    EXPECT_EQ(test::leaves(rewritten.text), test::leaves(out.text()));
    EXPECT_EQ(test::leaves(rewritten.text).at(1).octets, octets);
  }
}

TEST(ComposeAttachment, TypeByContent) {
  struct {
    std::string name;
    std::string given;
    std::string said;
    const char* type;
  } const cases[] = {
      {"photo", "", "image/png", "image/png"},
      {"photo", "", "Image/PNG", "image/png"},
      {"photo.gif", "", "image/png", "image/gif"},
      {"photo", "a/b", "image/png", "a/b"},
      {"photo", "", "", "text/plain"},
      {"photo", "", "inode/x-empty", "text/plain"},
      {"photo", "", "multipart/mixed", "text/plain"},
      {"photo", "", "message/rfc822", "text/plain"},
      {"photo", "", "image/png\r\nX: y", "text/plain"},
      {"photo", "", "application/octet-stream", "text/plain"},
  };
  for (const auto& c : cases) {
    auto message = minimal();
    StringSource content("octets");
    message.attachments = {{&content, c.name, c.given, ""}};
    message.type_by_content = [&](std::string_view head) {
      EXPECT_EQ(head, "octets");
      return c.said;
    };
    const auto result = read(message);
    EXPECT_EQ(result.structure.type(result.structure.parts.at(1)), c.type)
        << c.said;
  }
}

std::string mail(std::string_view header, std::size_t lines = 1) {
  std::string text = "Subject: inner\n" + std::string(header) + "\n";
  for (std::size_t i = 0; i < lines; ++i) text += "gr\xc3\xbcn is green\n";
  return text;
}

TEST(ComposeAttachment, MessageIsRewritten) {
  auto message = minimal();
  const auto inner = mail("X-A: \xc3\xbc\nTo: \"\xc3\xbc\" <a@x.test>\n");
  StringSource content(inner);
  message.attachments = {{&content, "a.eml", "", ""}};
  const auto result = read(message);
  EXPECT_TRUE(is_ascii(result.raw));
  const auto& s = result.structure;
  ASSERT_EQ(s.parts.size(), 3u);
  EXPECT_EQ(s.type(s.parts[1]), "message/rfc822");
  EXPECT_EQ(s.encoding(s.parts[1]), "7bit");
  EXPECT_EQ(s.encoding(s.parts[2]), "quoted-printable");
  EXPECT_EQ(decode_value(*s.value_of(s.parts[2], "X-A")), "\xc3\xbc");
  EXPECT_EQ(result.decoded(2), "gr\xc3\xbcn is green\r\n");
}

TEST(ComposeAttachment, MessageThatCannotBeRewritten) {
  for (const auto* header : {"DKIM-Signature: v=1\n", "To: \xc3\xbc@x.test\n",
                             "Subject: \x81\n"}) {
    auto message = minimal();
    const auto inner = mail(header);
    StringSource content(inner);
    message.attachments = {{&content, "a.eml", "", ""}};
    const auto result = read(message);
    const auto& part = result.structure.parts.at(1);
    EXPECT_EQ(result.structure.type(part), "application/octet-stream");
    EXPECT_EQ(result.structure.file_name(part), "a.eml");
    EXPECT_EQ(result.decoded(1), inner);
  }
}

// What is signed and needs no change stays a message.
TEST(ComposeAttachment, SignedMessage) {
  auto message = minimal();
  StringSource content("DKIM-Signature: v=1\r\n\r\nabc\r\n");
  message.attachments = {{&content, "", "message/rfc822", ""}};
  const auto result = read(message);
  const auto& part = result.structure.parts.at(1);
  EXPECT_EQ(result.structure.type(part), "message/rfc822");
  EXPECT_EQ(result.raw.substr(part.body.offset, part.body.length),
            "DKIM-Signature: v=1\r\n\r\nabc\r\n");
}

TEST(ComposeAttachment, LargeMessage) {
  const auto inner = mail("", 100'000);
  const OpenMessage again = [&]() -> Result<std::unique_ptr<Source>> {
    return {std::make_unique<StringSource>(inner)};
  };
  for (const bool twice : {false, true}) {
    auto message = minimal();
    StringSource content(inner);
    message.attachments = {{&content, "a.eml", "", "", {}}};
    if (twice) message.attachments[0].again = again;
    const auto result = read(message);
    const auto& part = result.structure.parts.at(1);
    EXPECT_EQ(result.structure.type(part),
              twice ? "message/rfc822" : "application/octet-stream");
    if (twice) {
      EXPECT_EQ(result.structure.encoding(result.structure.parts.at(2)),
                "quoted-printable");
      EXPECT_EQ(result.decoded(2).size(),
                inner.size() + 100'000 - mail("", 0).size());
    } else {
      EXPECT_EQ(result.decoded(1), inner);
    }
  }
}

// The file is gone when it is opened the second time.
TEST(ComposeAttachment, LargeMessageThatIsGone) {
  auto message = minimal();
  const auto inner = mail("", 100'000);
  StringSource content(inner);
  message.attachments = {{&content, "a.eml", "", "", {}}};
  message.attachments[0].again = []() -> Result<std::unique_ptr<Source>> {
    return Error{ErrorKind::no_input, "is gone"};
  };
  StringSink out(test::kPlenty);
  const auto composed = compose(message, out);
  ASSERT_FALSE(composed);
  EXPECT_EQ(composed.error().kind, ErrorKind::no_input);
}

TEST(ComposeAttachment, ContentIds) {
  for (const auto* id : {"a b", "a>b", "\xc3\xbc", "a\"b", "a<b"}) {
    auto message = minimal();
    StringSource html("<p>"), content("x");
    message.html = &html;
    message.inline_parts = {{&content, "a", "", id}};
    StringSink out(test::kPlenty);
    const auto composed = compose(message, out);
    ASSERT_FALSE(composed) << id;
    EXPECT_EQ(composed.error().kind, ErrorKind::usage);
    EXPECT_NE(composed.error().hint, "");
  }
}

}  // namespace
}  // namespace mailtool::mime
