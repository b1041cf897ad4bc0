#include "mailtool/mime/transcode.h"

#include "transcoded.h"

namespace mailtool::mime {
namespace {

using test::leaves;
using test::transcoded;
using test::Transcoded;

constexpr auto kSeven = MessageForm::seven_bit;
constexpr auto kEight = MessageForm::eight_bit;
constexpr auto kBinary = MessageForm::binary;

const std::string kLong(1200, 'l');
const std::string kUmlauts = "gr\xc3\xbc\xc3\x9f" "e an alle im Hause\r\n";

struct Case {
  const char* why;
  MessageForm most;
  std::string message;
  std::string output;
};

const Case kCases[] = {
    {"7 bit stays", kSeven, "A: b\r\n\r\nabc\r\n", "A: b\r\n\r\nabc\r\n"},
    {"empty", kSeven, "", ""},
    {"header alone", kSeven, "A: b\r\n\r\n", "A: b\r\n\r\n"},
    {"no MIME header", kSeven, "A: b\r\n\r\n" + kUmlauts,
     "A: b\r\n"
     "MIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n"
     "\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"no header at all", kSeven, "\r\n" + kUmlauts,
     "MIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n"
     "\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"no empty line", kSeven, "A: b\r\nnot a field " + kUmlauts,
     "A: b\r\n"
     "MIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n"
     "\r\n"
     "not a field gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"not UTF-8", kSeven, "A: b\r\n\r\ngr\xfcn in an older charset\r\n",
     "A: b\r\n"
     "MIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=unknown-8bit\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n"
     "\r\n"
     "gr=FCn in an older charset\r\n"},
    {"the label is replaced where it stands", kSeven,
     "MIME-Version: 1.0\r\nContent-transfer-ENCODING:\r\n 8BIT (why)\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n\r\n" + kUmlauts,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"a label that stands twice", kSeven,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
     "Content-Transfer-Encoding: 7bit\r\nA: b\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "content-transfer-encoding: base64\r\n\r\n" + kUmlauts,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n"
     "A: b\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"a label that claims too much", kSeven,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\nabc\r\n",
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\n\r\nabc\r\n"},
    {"a label that is unknown", kSeven,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8-bit\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n\r\n" + kUmlauts,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"8 bit stays where it may", kEight, "A: b\r\n\r\n" + kUmlauts,
     "A: b\r\n\r\n" + kUmlauts},
    {"binary in name alone", kEight,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n" + kUmlauts,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + kUmlauts},
    {"binary for 8 bit", kEight,
     "MIME-Version: 1.0\r\nContent-Type: a/b\r\n"
     "Content-Transfer-Encoding: binary\r\n\r\na\nb\rc\r\n",
     "MIME-Version: 1.0\r\nContent-Type: a/b\r\n"
     "Content-Transfer-Encoding: base64\r\n\r\nYQpiDWMNCg==\r\n"},
    {"binary stays where it may", kBinary,
     "MIME-Version: 1.0\r\nContent-Type: a/b\r\n"
     "Content-Transfer-Encoding: binary\r\n\r\na\nb\rc\r\n",
     "MIME-Version: 1.0\r\nContent-Type: a/b\r\n"
     "Content-Transfer-Encoding: binary\r\n\r\na\nb\rc\r\n"},
    {"bare CR", kBinary, "A: b\r\n\r\na\rb\r\n",
     "A: b\r\nMIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\na=0Db\r\n"},
    {"NUL", kEight, std::string("A: b\r\n\r\na\0b\r\n", 13),
     "A: b\r\nMIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\na=00b\r\n"},
    {"NUL and CR in a header", kBinary,
     std::string("A: b\0c\r\nD: e\rBcc: f\r\n \r \r\nG: h\r\n\r\nx\r\n", 37),
     "A: b c\r\nD: e Bcc: f\r\nG: h\r\n\r\nx\r\n"},
    {"byte order mark", kSeven, "\xef\xbb\xbf" "A: b\r\n\r\nx\r\n",
     "A: b\r\n\r\nx\r\n"},
    {"lines outside of parts", kSeven,
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
     "kept\r\n" + kUmlauts + "kept\r\n--x\r\n\r\none\r\n" + kUmlauts +
         "--x--\r\n" + kUmlauts + "kept\r\n",
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
     "kept\r\nkept\r\n--x\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
     "one\r\ngr=C3=BC=C3=9Fe an alle im Hause\r\n--x--\r\nkept\r\n"},
    {"mbox lines", kSeven,
     "From \xff\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
     "From \xff\r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--\r\n",
     "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
     "Content-Type: text/plain\r\n\r\nabc\r\n--x--\r\n"},
    {"no part at all", kSeven,
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
         kUmlauts,
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n"},
    {"multiparts and messages", kSeven,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
     "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
     "--x\r\nContent-Type: message/rfc822\r\n"
     "Content-Transfer-Encoding: binary\r\n\r\n"
     "Subject: inner\r\n\r\n" + kUmlauts + "\r\n--x--\r\n",
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\n"
     "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
     "--x\r\nContent-Type: message/rfc822\r\n"
     "Content-Transfer-Encoding: 7bit\r\n\r\n"
     "Subject: inner\r\nMIME-Version: 1.0\r\n"
     "Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
     "gr=C3=BC=C3=9Fe an alle im Hause\r\n\r\n--x--\r\n"},
    {"no line end of its own", kSeven,
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
     "--x\r\nContent-Type: text/plain\r\n\r\n\xc3\xbc is a letter\r\n--x--\r\n",
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
     "--x\r\nContent-Type: text/plain\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
     "=C3=BC is a letter\r\n--x--\r\n"},
    {"quoted-printable that is none", kSeven,
     "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
     "=C3=BC and \xc3\xbc are one letter=\r\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
     "=C3=BC and =C3=BC are one letter=\r\n"},
    {"base64 in one line", kBinary,
     "MIME-Version: 1.0\r\nContent-Type: a/b\r\n"
     "Content-Transfer-Encoding: base64\r\n\r\n" +
         std::string(1000, 'A') + "\r\n",
     "MIME-Version: 1.0\r\nContent-Type: a/b\r\n"
     "Content-Transfer-Encoding: base64\r\n\r\n" + [] {
       std::string lines;
       for (int i = 0; i < 13; ++i) lines += std::string(76, 'A') + "\r\n";
       return lines + std::string(12, 'A') + "\r\n";
     }()},
};

TEST(Transcode, Cases) {
  for (const auto& c : kCases) {
    const auto result = transcoded(c.message, {.most = c.most});
    EXPECT_EQ(result.error, "") << c.why;
    EXPECT_EQ(result.text, c.output) << c.why;
    EXPECT_EQ(result.report.changed, c.message != c.output) << c.why;
    const auto again = transcoded(result.text, {.most = c.most});
    EXPECT_FALSE(again.report.changed) << c.why;
  }
}

TEST(Transcode, EverySplit) {
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= 40; ++chunk) {
      ASSERT_EQ(transcoded(c.message, {.most = c.most}, chunk).text, c.output)
          << c.why << ' ' << chunk;
    }
  }
}

// Encoded in the usual way, these lines would become delimiters: a soft line
// break cuts the first, "=" turns the second into "--b=3D".
TEST(Transcode, NoLineBecomesADelimiter) {
  const std::string text = "\xc3\xbc\r\n" + std::string(75, 'x') +
                           "--b\r\n--b=\r\n--b \r\n- item\r\n";
  for (const auto& boundary : {"b", "b=3D", "b=20"}) {
    const auto delimiter = std::string("--") + boundary;
    const auto message =
        "Content-Type: multipart/mixed; boundary=\"" + std::string(boundary) +
        "\"\r\n\r\n" + delimiter + "\r\n\r\n" +
        (delimiter == "--b" ? text.substr(0, 82) + "\r\n" : text) + delimiter +
        "--\r\n";
    const auto result = transcoded(message);
    EXPECT_EQ(leaves(result.text), leaves(message)) << boundary;
    EXPECT_TRUE(is_ascii(result.text)) << boundary;
  }
}

TEST(Transcode, Report) {
  const std::string message =
      "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + kUmlauts +
      "--x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + kUmlauts +
      "\r\n--x\r\nContent-Type: a/b\r\n"
      "Content-Transfer-Encoding: binary\r\n\r\nabc\r\n--x--\r\n";
  using What = PartChange::What;
  const auto seven = transcoded(message, {.most = kSeven}).report;
  const auto mixed = std::string("multipart/mixed");
  EXPECT_EQ(seven.parts,
            (std::vector<PartChange>{
                {What::trimmed, "0", mixed, "8bit", ""},
                {What::encoded, "1", "text/plain", "8bit", "quoted-printable"},
                {What::labelled, "2", "a/b", "binary", "7bit"},
                {What::labelled, "0", mixed, "8bit", "7bit"}}));
  EXPECT_EQ(seven.form, kSeven);
  EXPECT_EQ(to_display(seven.parts[0]),
            "part 0 (multipart/mixed) loses lines that are in none of its parts");
  EXPECT_EQ(to_display(seven.parts[1]),
            "part 1 (text/plain) is written in quoted-printable");
  EXPECT_EQ(to_display(seven.parts[2]), "part 2 (a/b) is said to be 7bit");
  const auto eight = transcoded(message, {.most = kEight}).report;
  EXPECT_EQ(eight.parts, (std::vector<PartChange>{
                             {What::labelled, "2", "a/b", "binary", "7bit"}}));
  EXPECT_EQ(eight.form, kEight);
  const auto binary = transcoded(message, {.most = kBinary}).report;
  EXPECT_FALSE(binary.changed);
  EXPECT_EQ(binary.form, kBinary);
}

// Bodies are never held; many parts cost what their headers take.
TEST(Transcode, ManyPartsAndDeepOnes) {
  std::string many = "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
  for (int i = 0; i < 9'990; ++i) many += "--x\r\n\r\n\xc3\xbc\r\n";
  many += "--x--\r\n";
  const auto wide = transcoded(many);
  EXPECT_EQ(wide.report.parts.size(), 9'990u);
  EXPECT_TRUE(is_ascii(wide.text));
  std::string deep;
  for (int i = 0; i < 99; ++i) {
    const auto boundary = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + boundary +
            "\r\n\r\n--" + boundary + "\r\n";
  }
  deep += "\r\n" + kUmlauts;
  const auto nested = transcoded(deep);
  EXPECT_EQ(leaves(nested.text), leaves(deep));
  EXPECT_TRUE(is_ascii(nested.text));
}

// A Source that gives less the second time, and a Sink that is full.
TEST(Transcode, FailuresAreToldOn) {
  const std::string message = "A: b\r\n\r\n" + kUmlauts + kUmlauts;
  const auto plan = Transcoder::plan(test::opener(message), {});
  ASSERT_TRUE(plan);
  StringSink out(test::kPlenty);
  const auto shorter = plan->write(test::opener(message.substr(0, 20)), out);
  ASSERT_FALSE(shorter);
  EXPECT_EQ(shorter.error().kind, ErrorKind::local_io);
  for (std::size_t room = 0; room < message.size(); ++room) {
    StringSink full(room);
    EXPECT_FALSE(plan->write(test::opener(message), full));
  }
}

}  // namespace
}  // namespace mailtool::mime
