#include "mailtool/mime/ready_message.h"

#include "filtered.h"

namespace mailtool::mime {
namespace {

struct Ready {
  std::string text;
  MessageScan scan;
};

const ReadyMessageOptions kAdd{.add_from = "me@x.test",
                               .add_date = "Fri, 20 Nov 2026 21:15:04 +0100",
                               .message_id_token = "1",
                               .message_id_domain = "y.test"};
const std::string kDate = "Date: Fri, 20 Nov 2026 21:15:04 +0100\r\n";

Ready ready(std::string_view message, std::size_t chunk,
            const ReadyMessageOptions& options = {}) {
  StringSink out(test::kPlenty);
  ReadyMessage filter(out, options);
  test::pour(filter, message, chunk);
  EXPECT_EQ(filter.scan().octets, out.text().size());
  return {out.take(), filter.scan()};
}

struct Case {
  const char* why;
  std::string message;
  std::string output;
};

const Case kCases[] = {
    {"empty", "", ""},
    {"LF", "A: b\n\nx\ny\n", "A: b\r\n\r\nx\r\ny\r\n"},
    {"CRLF", "A: b\r\n\r\nx\r\n", "A: b\r\n\r\nx\r\n"},
    {"mixed", "A: b\n\r\nx\r\ny\n", "A: b\r\n\r\nx\r\ny\r\n"},
    {"no last line end", "A: b\n\nx", "A: b\r\n\r\nx\r\n"},
    {"only header", "A: b\n", "A: b\r\n\r\n"},
    {"only header, no line end", "A: b", "A: b\r\n\r\n"},
    {"without header", "hello\nworld\n", "\r\nhello\r\nworld\r\n"},
    {"without header, empty line first", "\nhello\n", "\r\nhello\r\n"},
    {"text after header", "A: b\nhello world\n", "A: b\r\n\r\nhello world\r\n"},
    {"Bcc", "To: a@x\nBcc: b@x\nCc: c@x\n\nx\n",
     "To: a@x\r\nCc: c@x\r\n\r\nx\r\n"},
    {"Bcc folded", "Bcc: b@x,\n c@x,\n\td@x\nA: b\n\nx\n", "A: b\r\n\r\nx\r\n"},
    {"Bcc repeated", "bcc: b@x\nA: b\nBCC: c@x\n\nx\n", "A: b\r\n\r\nx\r\n"},
    {"Bcc with a blank", "Bcc : b@x\nA: b\n\nx\n", "A: b\r\n\r\nx\r\n"},
    {"Bcc of a blank line more", "Bcc: b@x\n \nA: b\n\nx\n",
     "A: b\r\n\r\nx\r\n"},
    {"Resent-Bcc", "Resent-Bcc: b@x\nA: b\n\nx\n", "A: b\r\n\r\nx\r\n"},
    {"Bcc last", "A: b\nBcc: b@x", "A: b\r\n\r\n"},
    {"Bcc alone", "Bcc: b@x\n", "\r\n"},
    {"Bcc in the body", "A: b\n\nBcc: b@x\n", "A: b\r\n\r\nBcc: b@x\r\n"},
    {"Bcc in another name", "X-Bcc: b@x\n\n", "X-Bcc: b@x\r\n\r\n"},
    {"mbox line", "From b@x Fri Nov 20 21:15:04 2026\nA: b\n\nx\n",
     "A: b\r\n\r\nx\r\n"},
    {"From with a blank is a field", "From : b@x\n\nx\n",
     "From : b@x\r\n\r\nx\r\n"},
    {"From in the body", "A: b\n\nFrom x\n", "A: b\r\n\r\nFrom x\r\n"},
    {"bare CR passes", "A: b\n\nx\ry\r", "A: b\r\n\r\nx\ry\r\r\n"},
    {"CR CR LF", "A: b\n\nx\r\r\ny\n", "A: b\r\n\r\nx\r\r\ny\r\n"},
    {"NUL passes", std::string("A: b\n\nx\0y\n", 10),
     std::string("A: b\r\n\r\nx\0y\r\n", 13)},
    {"byte order mark", "\xef\xbb\xbf" "A: b\n\nx\n", "A: b\r\n\r\nx\r\n"},
    {"byte order mark before an mbox line",
     "\xef\xbb\xbf" "From b@x Fri Nov 20 21:15:04 2026\nA: b\n\nx\n",
     "A: b\r\n\r\nx\r\n"},
    {"byte order mark before a text", "\xef\xbb\xbf" "hello\n",
     "\r\nhello\r\n"},
    {"byte order mark alone", "\xef\xbb\xbf", "\r\n"},
    {"half a byte order mark", "\xef\xbb", "\r\n\xef\xbb\r\n"},
    {"byte order mark later", "A: b\n\xef\xbb\xbf" "C: d\n\nx\n",
     "A: b\r\n\r\n\xef\xbb\xbf" "C: d\r\n\r\nx\r\n"},
    {"Resent-Bcc folded and repeated",
     "Resent-Bcc: b@x,\n c@x\nRESENT-BCC : d@x\n\te@x\nA: b\n\nx\n",
     "A: b\r\n\r\nx\r\n"},
    {"Bcc of an attached message stays", "A: b\n\n--x\n\nBcc: c@x\n\ny\n",
     "A: b\r\n\r\n--x\r\n\r\nBcc: c@x\r\n\r\ny\r\n"},
    {"every kind of line end", "A: b\r\nC: d\n\r\nx\ny\r\n\n\r\nz",
     "A: b\r\nC: d\r\n\r\nx\r\ny\r\n\r\n\r\nz\r\n"},
    {"dots stay", "A: b\n\n.\n..\n", "A: b\r\n\r\n.\r\n..\r\n"},
    {"folds stay", "A: b\n  c\n\td\n\n", "A: b\r\n  c\r\n\td\r\n\r\n"},
};

void check_splits(const std::string& message,
                  const ReadyMessageOptions& options) {
  const auto whole = ready(message, message.size() + 1, options);
  for (std::size_t chunk = 1;
       chunk <= std::min<std::size_t>(message.size(), 40); ++chunk) {
    const auto split = ready(message, chunk, options);
    ASSERT_EQ(split.text, whole.text) << chunk;
    ASSERT_EQ(split.scan.lines, whole.scan.lines);
    ASSERT_EQ(split.scan.longest_line, whole.scan.longest_line);
    ASSERT_EQ(split.scan.longest_line_number, whole.scan.longest_line_number);
    ASSERT_EQ(split.scan.bare_cr.has_value(), whole.scan.bare_cr.has_value());
    if (whole.scan.bare_cr) {
      ASSERT_EQ(split.scan.bare_cr->line, whole.scan.bare_cr->line);
      ASSERT_EQ(split.scan.bare_cr->offset, whole.scan.bare_cr->offset);
    }
    ASSERT_EQ(split.scan.recipients.mailboxes, whole.scan.recipients.mailboxes);
    ASSERT_EQ(split.scan.message_id, whole.scan.message_id);
    ASSERT_EQ(split.scan.has_header, whole.scan.has_header);
    ASSERT_EQ(split.scan.has_8bit_body, whole.scan.has_8bit_body);
  }
}

TEST(ReadyMessage, Table) {
  for (const auto& c : kCases) {
    EXPECT_EQ(ready(c.message, c.message.size() + 1).text, c.output) << c.why;
    check_splits(c.message, {});
    check_splits(c.message, kAdd);
  }
}

TEST(ReadyMessage, ItsOutputStaysAsItIs) {
  for (const auto& c : kCases) {
    // A text without header has got one line more; that line is kept.
    EXPECT_EQ(ready(c.output, 1000).text, c.output) << c.why;
  }
}

TEST(ReadyMessage, BccStaysOnRequest) {
  const auto kept = ready("Bcc: b@x\n\n", 3, {.remove_bcc = false});
  EXPECT_EQ(kept.text, "Bcc: b@x\r\n\r\n");
  EXPECT_EQ(kept.scan.recipients.mailboxes.size(), 1u);
}

TEST(ReadyMessage, AddsWhatIsMissing) {
  EXPECT_EQ(ready("A: b\n\nx\n", 2, kAdd).text,
            "A: b\r\nFrom: me@x.test\r\n" + kDate +
                "Message-ID: <1@x.test>\r\n\r\nx\r\n");
  EXPECT_EQ(
      ready("x\n", 2, kAdd).text,
      "From: me@x.test\r\n" + kDate + "Message-ID: <1@x.test>\r\n\r\nx\r\n");
  EXPECT_EQ(
      ready("A: b\nBcc: c@x", 2, kAdd).text,
      "A: b\r\nFrom: me@x.test\r\n" + kDate + "Message-ID: <1@x.test>\r\n\r\n");
  const std::string whole =
      "from: a@x\r\nDATE: x\r\nMessage-Id: <2@x>\r\n\r\nx\r\n";
  EXPECT_EQ(ready(whole, 2, kAdd).text, whole);
  EXPECT_EQ(ready("From: a@x\n\nx\n", 2, kAdd).text,
            "From: a@x\r\n" + kDate + "Message-ID: <1@x>\r\n\r\nx\r\n");
  EXPECT_EQ(ready("A: b\n\n", 2, kAdd).scan.message_id, "<1@x.test>");
  EXPECT_EQ(ready("A: b\n\n", 2, kAdd).scan.from.mailboxes[0].address,
            "me@x.test");
}

TEST(ReadyMessage, RefusesALineBreakInWhatItAdds) {
  StringSink out(1000);
  ReadyMessage filter(out, {.add_from = "a@x\r\nBcc: b@x"});
  const auto done = filter.write("A: b\n\nx\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
}

TEST(ReadyMessage, CollectsAddresses) {
  const std::string header =
      "From: A <a@x>\nSender: s@x\nTo: b@x, C <c@x>\nCc: d@x\nBcc: e@x\n"
      "Subject: =?utf-8?Q?=C3=BC?=\nMessage-ID:\n <1@x>\n";
  const auto scan = ready(header + "\n", 7).scan;
  EXPECT_EQ(scan.from.mailboxes, (std::vector<Address>{{"A", "a@x"}}));
  EXPECT_EQ(scan.sender.mailboxes, (std::vector<Address>{{"", "s@x"}}));
  EXPECT_EQ(scan.recipients.mailboxes,
            (std::vector<Address>{
                {"", "b@x"}, {"C", "c@x"}, {"", "d@x"}, {"", "e@x"}}));
  EXPECT_EQ(scan.subject, "\xc3\xbc");
  EXPECT_EQ(scan.message_id, "<1@x>");
  const auto resent =
      ready(header + "Resent-To: r@x\nResent-Bcc: q@x\n\n", 7).scan;
  EXPECT_EQ(resent.recipients.mailboxes,
            (std::vector<Address>{{"", "r@x"}, {"", "q@x"}}));
}

TEST(ReadyMessage, Measures) {
  const auto scan =
      ready("Bcc: b@x\nA: \xc3\xbc\n\nabc\nabcdef\ng\rh\n\xff\n", 3).scan;
  EXPECT_TRUE(scan.has_header);
  EXPECT_FALSE(scan.empty);
  EXPECT_TRUE(scan.has_8bit_header);
  EXPECT_TRUE(scan.has_8bit_body);
  EXPECT_EQ(scan.lines, 6u);
  EXPECT_EQ(scan.longest_line, 6u);
  EXPECT_EQ(scan.longest_line_number, 5u);  // of the input, with its Bcc
  ASSERT_TRUE(scan.bare_cr);
  EXPECT_EQ(scan.bare_cr->line, 6u);
  EXPECT_EQ(scan.bare_cr->offset, 7u + 2 + 5 + 8 + 1);
  EXPECT_FALSE(scan.nul);
  EXPECT_FALSE(ready("A: b\n\nx\n", 3).scan.has_8bit_body);
  EXPECT_FALSE(ready("hello\n", 3).scan.has_header);
  EXPECT_TRUE(ready("", 3).scan.empty);
}

TEST(ReadyMessage, WhereItBreaksRules) {
  const auto header =
      ready(std::string("A: \0\rx\nB: ", 11) + std::string(1000, 'b') + "\n\nx\n",
            5)
          .scan;
  ASSERT_TRUE(header.nul && header.bare_cr && header.long_line);
  EXPECT_TRUE(header.nul->in_header);
  EXPECT_TRUE(header.bare_cr->in_header);
  EXPECT_TRUE(header.long_line->in_header);
  EXPECT_EQ(header.long_line->line, 2u);
  EXPECT_EQ(header.long_line->offset, 8u);
  const auto body =
      ready("A: b\n\nx\n" + std::string(999, 'b') + "\r \n" + std::string("\0", 1),
            5)
          .scan;
  ASSERT_TRUE(body.nul && body.bare_cr && body.long_line);
  EXPECT_FALSE(body.nul->in_header);
  EXPECT_FALSE(body.bare_cr->in_header);
  EXPECT_FALSE(body.long_line->in_header);
  EXPECT_EQ(body.long_line->line, 4u);
  EXPECT_EQ(body.long_line->offset, 11u);
  EXPECT_FALSE(
      ready("A: b\n\n" + std::string(998, 'b') + "\n", 5).scan.long_line);
}

TEST(ReadyMessage, WhatIsSignedOrBinary) {
  struct {
    std::string message;
    const char* signed_by;
    bool binary;
  } const cases[] = {
      {"A: b\n\nx\n", "", false},
      {"A: b\nDKIM-Signature: v=1\n\nx\n", "DKIM-Signature", false},
      {"A: b\narc-seal: i=1\n\nx\n", "ARC-Seal", false},
      {"Content-Type: multipart/signed; boundary=x\n\n--x\n\na\n--x\n\nb\n--x--\n",
       "multipart/signed", false},
      {"Content-Type: multipart/encrypted; boundary=x\n\n--x\n\na\n--x--\n",
       "multipart/encrypted", false},
      {"Content-Transfer-Encoding: Binary (x)\n\nx\n", "", true},
      {"Content-Type: multipart/mixed; boundary=x\n\n--x\n"
       "content-transfer-encoding:\n BINARY\n\na\n--x--\n",
       "", true},
      {"A: b\n\nContent-Transfer-Encoding: binary\nDKIM-Signature: v=1\n", "",
       false},
      {"", "", false},
  };
  for (const auto& c : cases) {
    for (const std::size_t chunk : {1u, 7u, 4096u}) {
      const auto scan = ready(c.message, chunk).scan;
      EXPECT_EQ(scan.signed_by, c.signed_by) << c.message;
      EXPECT_EQ(scan.has_binary_part, c.binary) << c.message;
    }
  }
}

// A message has at most one Message-ID field, be it empty.
TEST(ReadyMessage, EmptyFieldsAreNotRepeated) {
  EXPECT_EQ(ready("From:\nDate:\nMessage-ID:\n\nx\n", 3, kAdd).text,
            "From:\r\nDate:\r\nMessage-ID:\r\n\r\nx\r\n");
}

TEST(ReadyMessage, LineNumbersAreThoseOfTheInput) {
  const auto nul =
      ready(
          std::string("From x y z\nBcc: a@x\n b@x\nA: b\n\n\na") + '\0' + "b\n",
          2, kAdd)
          .scan;
  ASSERT_TRUE(nul.nul);
  EXPECT_EQ(nul.nul->line, 7u);
  const auto cr = ready("A: b\rc\n\n", 2, kAdd).scan;
  ASSERT_TRUE(cr.bare_cr);
  EXPECT_EQ(cr.bare_cr->line, 1u);
  const auto text = ready("one\ntw\ro\n", 2, kAdd).scan;
  EXPECT_EQ(text.bare_cr->line, 2u);
  const auto longest =
      ready("Bcc: x@x\nA: b\n\nx\n" + std::string(1200, 'y') + "\nz\n", 50,
            kAdd)
          .scan;
  EXPECT_EQ(longest.longest_line, 1200u);
  EXPECT_EQ(longest.longest_line_number, 5u);
}

// A line about as long as the longest field name.
TEST(ReadyMessage, LongNames) {
  for (std::size_t length = 995; length < 1005; ++length) {
    check_splits("Subject" + std::string(length - 7, ' ') + ": x\n\ny\n", kAdd);
    check_splits(std::string(length, 'n') + ": x\n\ny\n", kAdd);
    check_splits("From " + std::string(length, 'n') + ": x\nA: b\n\ny\n", kAdd);
  }
}

TEST(ReadyMessage, AddressesAreBounded) {
  ReadyMessageOptions options = kAdd;
  options.max_address_octets = 100;
  const auto bounded =
      ready("To: " + std::string(500, 'a') + "@x\nMessage-ID: <2@" +
                std::string(200, 'x') + ">\n\nx\n",
            64, options);
  EXPECT_TRUE(bounded.scan.too_many_addresses);
  // It has one, though it was too long to be looked at.
  EXPECT_EQ(bounded.text.find("Message-ID: <1@"), std::string::npos);
}

TEST(ReadyMessage, HostileMessagesAreLinear) {
  std::string folds = "Bcc: a@x", fields, addresses = "To: a@x";
  for (int i = 0; i < 500'000; ++i) folds += ",\n b@x";
  for (int i = 0; i < 300'000; ++i) fields += "Bcc: a@x\n";
  for (int i = 0; i < 80'000; ++i) addresses += ",\n B C <b@x.test>";
  EXPECT_EQ(ready(folds + "\n\nx\n", 65536).text, "\r\nx\r\n");
  EXPECT_EQ(ready(fields + "\nx\n", 65536).scan.recipients.mailboxes.size(),
            300'000u);
  EXPECT_EQ(
      ready(addresses + "\n\nx\n", 65536).scan.recipients.mailboxes.size(),
      80'001u);
  const std::string line(20'000'000, 'x');
  EXPECT_EQ(ready("Subject: " + line + "\n\n", 65536).scan.longest_line,
            line.size() + 9);
  EXPECT_EQ(ready(line, 65536).scan.longest_line, line.size());
  EXPECT_EQ(ready(std::string(4'000'000, '\n'), 65536).scan.lines, 4'000'000u);
  EXPECT_EQ(
      ready("A: b\n\n" + std::string(4'000'000, '\r'), 65536).scan.longest_line,
      4'000'000u);
}

}  // namespace
}  // namespace mailtool::mime
