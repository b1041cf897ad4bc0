#include "parsed.h"

namespace mailtool::mime {
namespace {

using test::Bodies;
using test::defects;
using test::parse;
using test::Parsed;

// One line a part: "  2.1 text/plain <body>", indented by depth.
std::string outline(const Parsed& parsed) {
  std::string text;
  const auto& s = parsed.structure;
  for (std::uint32_t i = 0; i < s.parts.size(); ++i) {
    const auto& part = s.parts[i];
    text += std::string(2 * part.depth, ' ') + s.id(i) + ' ';
    text += s.type(part);
    if (part.is_leaf()) text += " <" + parsed.bodies[i] + ">";
    text += '\n';
  }
  return text;
}

std::string with_crlf(std::string_view text) {
  std::string crlf;
  for (const char c : text)
    crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return crlf;
}

// What must be true of every message.
void check_spans(const std::string& message, const Parsed& parsed) {
  const auto& s = parsed.structure;
  ASSERT_EQ(s.octets, message.size());
  for (std::size_t i = 0; i < s.parts.size(); ++i) {
    const auto& part = s.parts[i];
    ASSERT_LE(part.header.end(), part.body.offset);
    ASSERT_LE(part.body.end(), message.size());
    if (part.parent != kNoPart) {
      ASSERT_GE(part.header.offset, s.parts[part.parent].body.offset);
      ASSERT_LE(part.body.end(), s.parts[part.parent].body.end());
    }
    if (part.is_leaf()) {
      ASSERT_EQ(message.substr(part.body.offset, part.body.length),
                parsed.bodies[i]);
    }
    for (std::size_t f = 0; f < part.field_count; ++f) {
      const auto& field = s.fields[part.first_field + f];
      ASSERT_EQ(message.substr(field.offset, field.name_length), s.name(field));
    }
  }
}

void check_splits(const std::string& message) {
  const auto whole = parse(message, message.size() + 1);
  check_spans(message, whole);
  for (std::size_t chunk = 1; chunk <= 7; ++chunk) {
    const auto split = parse(message, chunk);
    ASSERT_EQ(split.structure, whole.structure) << message << chunk;
    ASSERT_EQ(split.bodies, whole.bodies) << message << chunk;
  }
  for (std::size_t at = 0; at <= message.size(); ++at) {
    Bodies events;
    Parser parser({}, &events);
    parser.feed(std::string_view(message).substr(0, at));
    parser.feed(std::string_view(message).substr(at));
    ASSERT_EQ(parser.finish(), whole.structure) << message << at;
    ASSERT_EQ(events.texts, whole.bodies);
  }
}

struct Case {
  const char* why;
  std::string message;
  std::string outline;
  std::string defects;
};

const std::string kMixed = "Content-Type: multipart/mixed; boundary=a\n\n";

const Case kCases[] = {
    {"empty", "", "1 text/plain <>\n", ""},
    {"one line", "hello\n", "1 text/plain <hello\n>\n", "header-end-missing"},
    {"header alone", "A: b\n", "1 text/plain <>\n", ""},
    {"header without line end", "A: b", "1 text/plain <>\n", ""},
    {"plain", "A: b\n\nbody\n", "1 text/plain <body\n>\n", ""},
    {"no header", "\nbody\n", "1 text/plain <body\n>\n", ""},
    {"mbox line", "From bob Fri Nov 20 21:15:04 2026\nA: b\n\nx",
     "1 text/plain <x>\n", ""},
    {"From with a blank", "From : bob\n\nx", "1 text/plain <x>\n",
     "space-before-colon"},
    {"space before colon", "A : b\n\nx", "1 text/plain <x>\n",
     "space-before-colon"},
    {"text after header", "A: b\nno field\n\nx",
     "1 text/plain <no field\n\nx>\n", "header-end-missing"},
    {"folded type", "Content-Type:\n text/html;\n\tcharset=x\n\nx",
     "1 text/html <x>\n", ""},
    {"two types", "Content-Type: text/html\nContent-Type: a/b\n\nx",
     "1 text/html <x>\n", "duplicate-field"},
    {"raw Latin-1", "A: \xfc\n\nx", "1 text/plain <x>\n", "raw-8bit-header"},
    {"mixed",
     kMixed +
         "pre\n--a\n\none\n--a\nContent-Type: text/html\n\ntwo\n--a--\nepi\n",
     "0 multipart/mixed\n  1 text/plain <one>\n  2 text/html <two>\n", ""},
    {"last line ends kept", kMixed + "--a\n\none\n\n--a\n\n\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <one\n>\n  2 text/plain <>\n", ""},
    {"alternative in mixed",
     kMixed + "--a\nContent-Type: multipart/alternative; "
              "boundary=b\n\n--b\n\nt\n--b\n"
              "Content-Type: text/html\n\nh\n--b--\n--a\n\nx\n--a--\n",
     "0 multipart/mixed\n  1 multipart/alternative\n    1.1 text/plain <t>\n"
     "    1.2 text/html <h>\n  2 text/plain <x>\n",
     ""},
    {"digest",
     "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: "
     "x\n\none\n--a\n"
     "Content-Type: text/plain\n\ntwo\n--a--\n",
     "0 multipart/digest\n  1 message/rfc822\n    1.1 text/plain <one>\n  2 "
     "text/plain <two>\n",
     ""},
    {"message in message",
     "Content-Type: message/rfc822\n\nSubject: x\n\ninner\n",
     "1 message/rfc822\n  1.1 text/plain <inner\n>\n", ""},
    {"multipart in message in multipart",
     kMixed + "--a\nContent-Type: message/rfc822\n\nContent-Type: "
              "multipart/mixed; boundary=b\n\n"
              "--b\n\none\n--b\n\ntwo\n--b--\n--a\n\nthree\n--a--\n",
     "0 multipart/mixed\n  1 message/rfc822\n    1.0 multipart/mixed\n"
     "      1.1 text/plain <one>\n      1.2 text/plain <two>\n  2 text/plain "
     "<three>\n",
     ""},
    {"encoded message is a leaf",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: "
     "base64\n\nQTogYgo=\n",
     "1 message/rfc822 <QTogYgo=\n>\n", "encoding-on-composite"},
    {"encoded multipart",
     "Content-Transfer-Encoding: base64\n" + kMixed + "--a\n\nx\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <x>\n", "encoding-on-composite"},
    {"unknown encoding", "Content-Transfer-Encoding: x-none\n\nx",
     "1 text/plain <x>\n", "unknown-encoding"},
    {"prefix: inner is longer",
     kMixed + "--a\nContent-Type: multipart/mixed; "
              "boundary=ab\n\n--ab\n\nx\n--ab--\n--a\n\ny\n--a--\n",
     "0 multipart/mixed\n  1 multipart/mixed\n    1.1 text/plain <x>\n  2 "
     "text/plain <y>\n",
     "boundary-prefix"},
    {"prefix: a line that is longer", kMixed + "--a\n\n--ab\nx\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <--ab\nx>\n", "delimiter-near-miss"},
    {"prefix: outer ends in --",
     "Content-Type: multipart/mixed; boundary=\"a--\"\n\n--a--\nContent-Type: "
     "multipart/mixed; "
     "boundary=a\n\n--a\n\nx\n--a--\n\ny\n--a----\n",
     "0 multipart/mixed\n  1 multipart/mixed\n    1.1 text/plain <x>\n", ""},
    {"in mid-line", kMixed + "--a\n\nx --a\n --a--\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <x --a\n --a-->\n", ""},
    {"padding", kMixed + "--a \t\n\nx\n--a-- \n",
     "0 multipart/mixed\n  1 text/plain <x>\n", ""},
    {"padding before the dashes is none", kMixed + "--a\n\nx\n--a --\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <x\n--a -->\n", "delimiter-near-miss"},
    {"no close", kMixed + "--a\n\nx\n",
     "0 multipart/mixed\n  1 text/plain <x\n>\n", "close-delimiter-missing"},
    {"close without line end", kMixed + "--a\n\nx\n--a--",
     "0 multipart/mixed\n  1 text/plain <x>\n", ""},
    {"inner not closed",
     kMixed + "--a\nContent-Type: multipart/mixed; "
              "boundary=b\n\n--b\n\nx\n--a\n\ny\n--a--\n",
     "0 multipart/mixed\n  1 multipart/mixed\n    1.1 text/plain <x>\n  2 "
     "text/plain <y>\n",
     "close-delimiter-missing"},
    {"same boundary nested",
     kMixed + "--a\nContent-Type: multipart/mixed; "
              "boundary=a\n\n--a\n\nx\n--a--\n--a\n\ny\n--a--\n",
     "0 multipart/mixed\n  1 multipart/mixed\n    1.1 text/plain <x>\n  2 "
     "text/plain <y>\n",
     "boundary-repeated"},
    {"after the close", kMixed + "--a\n\nx\n--a--\n--a\n\ny\n",
     "0 multipart/mixed\n  1 text/plain <x>\n", "delimiter-after-close"},
    {"no boundary", "Content-Type: multipart/mixed\n\n--a\n\nx\n--a--\n",
     "1 multipart/mixed <--a\n\nx\n--a--\n>\n", "boundary-missing"},
    {"no parts", kMixed + "x\n", "0 multipart/mixed\n",
     "close-delimiter-missing no-parts"},
    {"only a close", kMixed + "--a--\n", "0 multipart/mixed\n", "no-parts"},
    {"delimiter ends a header", kMixed + "--a\nA: b\n--a\n\nx\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <>\n  2 text/plain <x>\n",
     "header-end-missing"},
    {"byte order mark", "\xef\xbb\xbf" "Content-Type: a/b\n\nx", "1 a/b <x>\n",
     "byte-order-mark"},
    {"byte order mark before mbox",
     "\xef\xbb\xbf" "From bob Fri Nov 20\nContent-Type: a/b\n\nx",
     "1 a/b <x>\n", "byte-order-mark"},
    {"byte order mark, begun", "\xef\xbb" "A: b\n\nx",
     "1 text/plain <\xef\xbb" "A: b\n\nx>\n", "header-end-missing raw-8bit-body"},
    {"byte order mark in a message in a message",
     "Content-Type: message/rfc822\n\n\xef\xbb\xbf" "A: b\n\nx",
     "1 message/rfc822\n  1.1 text/plain <\xef\xbb\xbf" "A: b\n\nx>\n",
     "header-end-missing raw-8bit-body"},
    {"nothing but a byte order mark", "\xef\xbb\xbf", "1 text/plain <>\n",
     "byte-order-mark"},
    {"external body", "Content-Type: message/external-body\n\nA: b\n\n",
     "1 message/external-body <A: b\n\n>\n", "external-body"},
    {"message of another kind, encoded",
     "Content-Type: message/x-none\nContent-Transfer-Encoding: base64\n\nYQ==",
     "1 message/x-none <YQ==>\n", "encoding-on-composite"},
    {"report of a kind that may be encoded",
     "Content-Type: message/delivery-status\n"
     "Content-Transfer-Encoding: base64\n\nYQ==",
     "1 message/delivery-status <YQ==>\n", ""},
    {"two encodings",
     "Content-Transfer-Encoding: quoted-printable, base64\n\nx",
     "1 text/plain <x>\n", "unknown-encoding"},
    {"encoding in an encoded word",
     "Content-Transfer-Encoding: =?utf-8?q?base64?=\n\nx",
     "1 text/plain <x>\n", "unknown-encoding"},
    {"empty parts", kMixed + "--a\n--a\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <>\n  2 text/plain <>\n", ""},
    {"part without empty line", kMixed + "--a\ntext\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <text>\n", "header-end-missing"},
    {"bad type", "Content-Type: text\n\nx", "1 text/plain <x>\n",
     "malformed-content-type"},
    {"two boundaries",
     "Content-Type: multipart/mixed; boundary=a; "
     "boundary=b\n\n--a\n\nx\n--a--\n",
     "0 multipart/mixed\n  1 text/plain <x>\n", "duplicate-parameter"},
    {"dashes in a body", "A: b\n\n--\n--a\n-\n",
     "1 text/plain <--\n--a\n-\n>\n", ""},
};

TEST(Parser, Table) {
  for (const auto& c : kCases) {
    const auto parsed = parse(c.message, c.message.size() + 1);
    EXPECT_EQ(outline(parsed), c.outline) << c.why;
    EXPECT_EQ(defects(parsed.structure), c.defects) << c.why;
    const auto crlf = parse(with_crlf(c.message), c.message.size() * 2 + 1);
    EXPECT_EQ(outline(crlf), with_crlf(c.outline).empty() ? "" : [&] {
      std::string text;  // CRLF inside the bodies alone
      bool inside = false;
      for (const char ch : c.outline) {
        if (ch == '<') inside = true;
        if (ch == '>') inside = false;
        text += inside && ch == '\n' ? std::string("\r\n") : std::string(1, ch);
      }
      return text;
    }()) << c.why << ", CRLF";
    EXPECT_EQ(defects(crlf.structure), c.defects) << c.why << ", CRLF";
  }
}

TEST(Parser, EverySplitGivesTheSame) {
  for (const auto& c : kCases) {
    check_splits(c.message);
    check_splits(with_crlf(c.message));
  }
}

TEST(Parser, FieldsAndNames) {
  const std::string message =
      "Subject: a\r\n b\r\nContent-Type: text/html; charset=\"UTF-8\"; "
      "name=x.txt\r\n"
      "content-transfer-encoding: Base64\r\nContent-ID: <1@x.test>\r\n"
      "Content-Disposition: attachment; "
      "filename*=utf-8''%C3%BC.txt\r\n\r\nYQ==\r\n";
  const auto parsed = parse(message, 5);
  const auto& s = parsed.structure;
  const auto& part = s.parts.at(0);
  EXPECT_EQ(s.value_of(part, "SUBJECT"), " a\r\n b");
  EXPECT_EQ(s.value_of(part, "To"), std::nullopt);
  EXPECT_EQ(s.charset(part), "utf-8");
  EXPECT_EQ(s.encoding(part), "base64");
  EXPECT_EQ(part.transfer_encoding, TransferEncoding::base64);
  EXPECT_EQ(s.content_id(part), "1@x.test");
  EXPECT_EQ(s.disposition(part), "attachment");
  EXPECT_EQ(s.file_name(part), "\xc3\xbc.txt");
  EXPECT_EQ(part.field_count, 5u);
  EXPECT_EQ(message.substr(part.body.offset, part.body.length), "YQ==\r\n");
  EXPECT_EQ(s.find_part("1"), &part);
  EXPECT_EQ(s.find_part("0"), &part);
  EXPECT_EQ(s.find_part("2"), nullptr);
}

// In the manner of RFC 2049 appendix A: all the kinds at once.
TEST(Parser, ComplexMultipart) {
  const std::string message = with_crlf(
      "MIME-Version: 1.0\nFrom: Nathaniel <nsb@x.test>\nSubject: A multipart "
      "example\n"
      "Content-Type: multipart/mixed;\n     boundary=unique-boundary-1\n\n"
      "Preamble, not shown.\n\n--unique-boundary-1\n\n Some text appears "
      "here.\n\n"
      "--unique-boundary-1\nContent-type: text/plain; "
      "charset=US-ASCII\n\nTyped text.\n\n"
      "--unique-boundary-1\nContent-Type: multipart/parallel; "
      "boundary=unique-boundary-2\n\n"
      "--unique-boundary-2\nContent-Type: "
      "audio/basic\nContent-Transfer-Encoding: base64\n\n"
      "YXVkaW8=\n\n--unique-boundary-2\nContent-Type: image/jpeg\n"
      "Content-Transfer-Encoding: "
      "base64\n\naW1hZ2U=\n\n--unique-boundary-2--\n\n"
      "--unique-boundary-1\nContent-type: "
      "text/enriched\n\n<bold>rich</bold>\n\n"
      "--unique-boundary-1\nContent-Type: message/rfc822\n\nFrom: (mailbox in "
      "US-ASCII)\n"
      "Subject: (subject in US-ASCII)\nContent-Type: Text/plain; "
      "charset=ISO-8859-1\n"
      "Content-Transfer-Encoding: Quoted-printable\n\nAdditional =FC text\n\n"
      "--unique-boundary-1--\n");
  const auto parsed = parse(message, 11);
  EXPECT_EQ(outline(parsed),
            "0 multipart/mixed\n"
            "  1 text/plain < Some text appears here.\r\n>\n"
            "  2 text/plain <Typed text.\r\n>\n"
            "  3 multipart/parallel\n"
            "    3.1 audio/basic <YXVkaW8=\r\n>\n"
            "    3.2 image/jpeg <aW1hZ2U=\r\n>\n"
            "  4 text/enriched <<bold>rich</bold>\r\n>\n"
            "  5 message/rfc822\n"
            "    5.1 text/plain <Additional =FC text\r\n>\n");
  EXPECT_EQ(defects(parsed.structure), "");
  EXPECT_EQ(parsed.structure.parts.back().transfer_encoding,
            TransferEncoding::quoted_printable);
  check_splits(message);
}

// Every message of up to seven pieces that matter to a parser.
TEST(Parser, AllShortMessagesOfAnAlphabet) {
  const std::string pieces[] = {"\n", "--a", "--", "-", "\r", "x", "A: ", " "};
  for (std::size_t seed = 0; seed < 4096; ++seed) {
    std::string message = kMixed;
    auto digits = seed * 977 % 262144;
    for (int i = 0; i < 6; ++i, digits /= 8) message += pieces[digits % 8];
    const auto whole = parse(message, message.size());
    check_spans(message, whole);
    const auto split = parse(message, 1);
    ASSERT_EQ(split.structure, whole.structure) << message;
    ASSERT_EQ(split.bodies, whole.bodies) << message;
  }
}

// Lines about as long as the longest delimiter, in a header and in a body.
TEST(Parser, LongLines) {
  for (std::size_t length = 990; length < 1010; ++length) {
    const std::string pad(length, ' ');
    check_splits(kMixed + "--a\n\nx\n--a" + pad + "\n\ny\n--a--\n");
    check_splits(kMixed + "--a\nA: b\n--a" + pad + "x\n\ny\n--a--\n");
    check_splits(std::string(length, 'n') + ": x\n\ny");
  }
  const auto parsed =
      parse(kMixed + "--a\nA: b\n--a" + std::string(2000, ' ') + "x\n", 9);
  EXPECT_EQ(parsed.structure.parts.size(), 2u);
}

}  // namespace
}  // namespace mailtool::mime
