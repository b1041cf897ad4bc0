#include "mailtool/mime/composer.h"

#include <gtest/gtest.h>

#include "composed.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

using test::minimal;
using test::read;
using test::written;

TEST(Compose, Minimal) {
  auto message = minimal();
  StringSource text("Hi.\n");
  message.text = &text;
  EXPECT_EQ(written(message),
            "Date: Fri, 20 Nov 2026 21:15:04 +0100\r\n"
            "From: Alice <alice@x.test>\r\n"
            "To: bob@y.test\r\n"
            "Subject: Hello\r\n"
            "Message-ID: <1@x.test>\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "Hi.\r\n");
}

TEST(Compose, BccIsNeverWritten) {
  auto message = minimal();
  message.bcc.mailboxes = {{"Eve", "eve@secret.test"}};
  const auto raw = written(message);
  EXPECT_EQ(raw.find("secret"), std::string::npos);
  EXPECT_EQ(lower(raw).find("bcc"), std::string::npos);
}

TEST(Compose, ChoiceOfEncoding) {
  const std::string cyrillic =
      "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82";
  struct {
    const char* why;
    std::string text;
    const char* encoding;
    const char* charset;
  } const cases[] = {
      {"ASCII", "a\nb\n", "7bit", "utf-8"},
      {"nothing", "", "7bit", "utf-8"},
      {"mostly ASCII",
       "Gr\xc3\xbc\xc3\x9f"
       "e an alle im Norden und im Westen\n",
       "quoted-printable", "utf-8"},
      {"hardly ASCII", cyrillic + "\n", "base64", "utf-8"},
      {"long line", std::string(999, 'a') + "\n", "quoted-printable", "utf-8"},
      {"From line", "a\nFrom b\n", "quoted-printable", "utf-8"},
      {"not UTF-8", "gr\xfcn, written in some older charset\n",
       "quoted-printable", "windows-1252"},
      {"long text",
       std::string(30'000, 'a') + "\n" + std::string(1'100'000, 'b') + "\n",
       "quoted-printable", "utf-8"},
  };
  for (const auto& c : cases) {
    auto message = minimal();
    StringSource text(c.text);
    message.text = &text;
    const auto result = read(message);
    EXPECT_TRUE(is_ascii(result.raw)) << c.why;
    const auto& part = result.structure.parts[0];
    EXPECT_EQ(result.structure.encoding(part), c.encoding) << c.why;
    EXPECT_EQ(result.structure.charset(part), c.charset) << c.why;
    EXPECT_EQ(result.decoded(0), test::filtered<CrlfFilter>(c.text, 1000))
        << c.why;
  }
}

TEST(Compose, HeaderIsFoldedAndEncoded) {
  auto message = minimal();
  message.to.mailboxes.clear();
  for (int i = 0; i < 50; ++i) {
    message.to.mailboxes.push_back(
        {"G\xc3\xbcnther, the " + std::to_string(i) + "th",
         "user" + std::to_string(i) + "@x.test"});
  }
  message.subject = "\xe2\x82\xac ";
  for (int i = 0; i < 40; ++i) message.subject += "gr\xc3\xbcn and more, ";
  message.subject += "end";
  message.in_reply_to = "<a@x.test> <b@x.test>";
  message.extra = {{"X-Note", "caf\xc3\xa9"}};
  const auto result = read(message);
  const auto& s = result.structure;
  const auto& top = s.parts[0];
  EXPECT_LE(longest_line(result.raw.substr(0, top.header.length)),
            kGoodLineOctets);
  EXPECT_LE(
      longest_line(fold_field("Subject", encode_words(message.subject, 9))),
      76u);
  EXPECT_TRUE(is_ascii(result.raw));
  EXPECT_EQ(decode_value(*s.value_of(top, "Subject")), message.subject);
  EXPECT_EQ(parse_address_list(*s.value_of(top, "To")).mailboxes,
            message.to.mailboxes);
  EXPECT_EQ(decode_value(*s.value_of(top, "X-Note")), "caf\xc3\xa9");
  EXPECT_EQ(unfold(*s.value_of(top, "In-Reply-To")), "<a@x.test> <b@x.test>");
  EXPECT_EQ(unfold(*s.value_of(top, "References")), "<a@x.test> <b@x.test>");
}

TEST(Compose, ReferencesOfTheCaller) {
  auto message = minimal();
  message.in_reply_to = "<a@x.test>";
  message.extra = {{"references", "<0@x.test> <a@x.test>"}};
  const auto result = read(message);
  EXPECT_EQ(unfold(*result.structure.value_of(result.structure.parts[0],
                                              "References")),
            "<0@x.test> <a@x.test>");
}

TEST(Compose, Utf8AddressNeedsSmtpUtf8) {
  auto message = minimal();
  StringSink out(10'000);
  EXPECT_FALSE(compose(message, out)->utf8_headers);
  message.to.mailboxes = {{"", "\xc3\xbc@x.test"}};
  EXPECT_TRUE(compose(message, out)->utf8_headers);
}

// "\"a b\"@x.test", groups, and fields of the caller that hold addresses.
TEST(Compose, AddressesOfAllKinds) {
  auto message = minimal();
  message.to = parse_address_list(
      "\"a b\"@x.test, \"Doe, J\xc3\xb6\" <j@x.test>, Gr\xc3\xbc\xc3\x9f" "e: g@x.test;");
  message.cc = parse_address_list("Nobody:;");
  message.extra = {{"Resent-To", "J\xc3\xbcrgen <j@x.test>"},
                   {"Errors-To", "\"\xc3\xbc\" <e@x.test>, f@x.test"}};
  const auto result = read(message);
  EXPECT_TRUE(is_ascii(result.raw));
  const auto& s = result.structure;
  const auto& top = s.parts[0];
  const auto to = parse_address_list(*s.value_of(top, "To"));
  EXPECT_EQ(to.mailboxes, message.to.mailboxes);
  EXPECT_EQ(to.groups, message.to.groups);
  EXPECT_EQ(unfold(*s.value_of(top, "Cc")), "Nobody:;");
  EXPECT_EQ(parse_address_list(*s.value_of(top, "Resent-To")).mailboxes,
            (std::vector<Address>{{"J\xc3\xbcrgen", "j@x.test"}}));
  EXPECT_EQ(parse_address_list(*s.value_of(top, "Errors-To")).mailboxes,
            (std::vector<Address>{{"\xc3\xbc", "e@x.test"}, {"", "f@x.test"}}));
}

TEST(Compose, AddressesOfTheCallerThatNeedSmtpUtf8) {
  auto message = minimal();
  message.extra = {{"Resent-To", "\xc3\xbc@x.test"}};
  StringSink out(10'000);
  EXPECT_TRUE(compose(message, out)->utf8_headers);
}

// A word that no line can hold.
TEST(Compose, SubjectOfOneLongWord) {
  auto message = minimal();
  message.subject = std::string(3000, 'w');
  const auto result = read(message);
  EXPECT_LE(longest_line(result.raw), kGoodLineOctets);
  EXPECT_EQ(decode_value(*result.structure.value_of(result.structure.parts[0],
                                                    "Subject")),
            message.subject);
}

TEST(Compose, TextHtmlInlineAndAttachments) {
  auto message = minimal();
  const std::string image = test::noise(5000);
  const std::string inner = "From: a@x.test\nSubject: s\n\nbody\n";
  StringSource text("text\n"), html("<p>gr\xc3\xbcn</p>\n"), logo(image),
      mail(inner), note("n\n");
  message.text = &text;
  message.html = &html;
  message.inline_parts = {{&logo, "logo.png", "", "logo@x.test"}};
  message.attachments = {{&mail, "", "message/rfc822", ""},
                         {&note, "n\xc3\xb6te.txt", "", ""}};
  const auto result = read(message);
  EXPECT_EQ(result.types(),
            "0:multipart/mixed 1:multipart/alternative 1.1:text/plain "
            "1.2:multipart/related "
            "1.2.1:text/html 1.2.2:image/png 2:message/rfc822 2.1:text/plain "
            "3:text/plain");
  const auto& parts = result.structure.parts;
  // The last line end of each is its own, not the delimiter's.
  EXPECT_EQ(result.decoded(2), "text\r\n");
  EXPECT_EQ(result.decoded(4), "<p>gr\xc3\xbcn</p>\r\n");
  EXPECT_EQ(result.decoded(5), image);
  EXPECT_EQ(result.raw.substr(parts[6].body.offset, parts[6].body.length),
            "From: a@x.test\r\nSubject: s\r\n\r\nbody\r\n");
  EXPECT_EQ(result.decoded(8), "n\n");
  EXPECT_EQ(result.structure.content_id(parts[5]), "logo@x.test");
  EXPECT_EQ(result.structure.disposition(parts[5]), "inline");
  EXPECT_EQ(result.structure.file_name(parts[8]), "n\xc3\xb6te.txt");
  EXPECT_EQ(result.structure.disposition(parts[8]), "attachment");
  EXPECT_EQ(result.structure.charset(parts[8]), "us-ascii");
  EXPECT_NE(result.raw.find("filename*=utf-8''n%C3%B6te.txt"),
            std::string::npos);
}

TEST(Compose, MessageThatCannotGoAsItIs) {
  auto message = minimal();
  StringSource mail("Subject: \x81\n\n\n");
  message.attachments = {{&mail, "a.eml", "", ""}};
  const auto result = read(message);
  EXPECT_EQ(result.types(), "0:multipart/mixed 1:application/octet-stream");
  EXPECT_EQ(result.decoded(1), "Subject: \x81\n\n\n");
}

TEST(Compose, LongFileNames) {
  auto message = minimal();
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xc3\xbc \"" + std::to_string(i);
  StringSource content("x");
  message.attachments = {{&content, name, "", ""}};
  const auto result = read(message);
  EXPECT_EQ(result.structure.file_name(result.structure.parts[1]), name);
}

TEST(Compose, RefusesBeforeTheFirstOctet) {
  using Change = void (*)(Composition&);
  const std::pair<const char*, Change> cases[] = {
      {"no From", [](Composition& m) { m.from.mailboxes.clear(); }},
      {"LF in the subject", [](Composition& m) { m.subject = "a\nBcc: b@x"; }},
      {"CR in the subject", [](Composition& m) { m.subject = "a\rb"; }},
      {"NUL in the subject",
       [](Composition& m) { m.subject = std::string("a\0b", 3); }},
      {"LF in a name", [](Composition& m) { m.to.mailboxes[0].name = "a\nb"; }},
      {"LF in an address",
       [](Composition& m) {
         m.cc.mailboxes = {{"", "a\n@x"}};
       }},
      {"LF in a group",
       [](Composition& m) {
         m.to.groups = {{"a\nb", 0, 1}};
       }},
      {"empty address",
       [](Composition& m) {
         m.to.mailboxes = {{"", ""}};
       }},
      {"LF in the date", [](Composition& m) { m.date += '\n'; }},
      {"LF in In-Reply-To", [](Composition& m) { m.in_reply_to = "<a@x>\n"; }},
      {"LF in Message-ID", [](Composition& m) { m.message_id += '\n'; }},
      {"LF in an extra field",
       [](Composition& m) {
         m.extra = {{"X-A", "a\nb"}};
       }},
      {"no field name",
       [](Composition& m) {
         m.extra = {{"X A", "a"}};
       }},
      {"own field",
       [](Composition& m) {
         m.extra = {{"SUBJECT", "a"}};
       }},
      {"Bcc",
       [](Composition& m) {
         m.extra = {{"Bcc", "a@x"}};
       }},
      {"Resent-Bcc",
       [](Composition& m) {
         m.extra = {{"Resent-Bcc", "a@x"}};
       }},
      {"Content-Type",
       [](Composition& m) {
         m.extra = {{"Content-Type", "a/b"}};
       }},
      {"too long a piece",
       [](Composition& m) {
         m.extra = {{"X-A", std::string(2000, 'a')}};
       }},
  };
  for (const auto& [why, change] : cases) {
    auto message = minimal();
    change(message);
    StringSink out(test::kPlenty);
    const auto composed = compose(message, out);
    ASSERT_FALSE(composed) << why;
    EXPECT_EQ(composed.error().kind, ErrorKind::usage) << why;
    EXPECT_EQ(out.text(), "") << why;
    EXPECT_FALSE(has_line_break_or_nul(composed.error().one_line())) << why;
  }
}

TEST(Compose, RefusesBadAttachments) {
  StringSource content("x");
  const Attachment cases[] = {
      {&content, "a\nb", "", ""},
      {&content, "a", "text", ""},
      {&content, "a", "text/plain\r\nX: y", ""},
      {&content, "a", "multipart/mixed", ""},
      {&content, "a", "", "id\r\nX: y"},
  };
  for (const auto& attachment : cases) {
    auto message = minimal();
    message.attachments = {attachment};
    StringSink out(test::kPlenty);
    EXPECT_FALSE(compose(message, out));
    EXPECT_EQ(out.text(), "");
  }
}

TEST(Compose, SinkThatIsFull) {
  auto message = minimal();
  const auto size = written(message).size();
  for (std::size_t room = 0; room < size; room += 17) {
    StringSink out(room);
    EXPECT_FALSE(compose(message, out));
  }
}

TEST(MediaTypeOf, ByExtension) {
  EXPECT_EQ(media_type_of("a.pdf"), "application/pdf");
  EXPECT_EQ(media_type_of("a.tar.GZ"), "application/gzip");
  EXPECT_EQ(media_type_of("a.eml"), "message/rfc822");
  for (const auto* unknown : {"", "a", "a.", ".pdf", "a.none", "pdf"}) {
    EXPECT_EQ(media_type_of(unknown), "application/octet-stream") << unknown;
  }
}

}  // namespace
}  // namespace mailtool::mime
