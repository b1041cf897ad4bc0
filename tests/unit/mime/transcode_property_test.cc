// Messages made at random: what comes out fits, decodes to the same octets part
// by part, and stays as it is the second time.
#include <random>

#include "transcoded.h"

namespace mailtool::mime {
namespace {

using test::leaves;
using test::transcoded;

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::string message() {
    std::string text = "From: a@x.test\r\n";
    if (one_in(2)) text += "MIME-Version: 1.0\r\n";
    if (one_in(4)) text += "X-Long:" + words(400) + "\r\n";
    return text + entity(0);
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  const char* one_of(const char* const (&choices)[N]) {
    return choices[below(N)];
  }

  std::string words(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += " word";
    return text;
  }

  std::string encoding(bool composite) {
    if (one_in(3)) return {};
    const char* const names[] = {"7bit", "8bit", "BINARY", "8-bit (what)",
                                 " binary\r\n (folded)"};
    const char* const encodings[] = {"base64", "Quoted-Printable"};
    std::string field = "Content-Transfer-Encoding: ";
    field += !composite && one_in(4) ? one_of(encodings) : one_of(names);
    field += "\r\n";
    if (one_in(8)) field += "content-transfer-encoding: 7bit\r\n";
    return field;
  }

  // Lines with what may be hard: delimiters almost, dashes where a soft line
  // break falls, blanks at ends.
  std::string line() {
    const char* const pieces[] = {
        "--b",     "--b=",   "-",          "--",    "From ", ".",
        "\xc3\xbc", "\xff",  "a",          " ",     "\t",    "=3D",
        "=",       "word ",  "--b0--",     "--b1=3D", "\xd0\xb6\xd0\xb6\xd0\xb6"};
    std::string text;
    const auto count = one_in(10) ? 400 : below(12);
    for (std::size_t i = 0; i < count; ++i) text += one_of(pieces);
    if (one_in(8)) {
      const char* const ends[] = {"--b0", "--b1", "--b0--", "--b1=3D"};
      text = std::string(73 + below(4), 'x') + one_of(ends);
    }
    if (one_in(8)) text = one_in(2) ? "--b0=" : "--b1=";
    if (one_in(20)) text += '\0';
    if (one_in(20)) text += "\rx";
    return text;
  }

  std::string leaf() {
    const char* const types[] = {
        "text/plain; charset=utf-8", "text/html", "application/x",
        "image/png; name=a.png", "message/delivery-status"};
    std::string text;
    if (!one_in(4)) text += std::string("Content-Type: ") + one_of(types) + "\r\n";
    text += encoding(false) + "\r\n";
    for (std::size_t i = below(8); i > 0; --i) text += line() + "\r\n";
    if (one_in(3)) text += "the end";
    return text;
  }

  std::string entity(int depth) {
    if (depth < 4 && one_in(3)) return multipart(depth);
    if (depth > 0 && depth < 5 && one_in(6)) {
      return "Content-Type: message/rfc822\r\n" + encoding(true) + "\r\n" +
             message_within(depth);
    }
    return leaf();
  }

  std::string message_within(int depth) {
    return "Subject: inner\r\n" + entity(depth + 1);
  }

  std::string multipart(int depth) {
    // Some boundaries begin others, some look like quoted-printable.
    const auto boundary = "b" + std::to_string(depth) + (one_in(3) ? "=3D" : "");
    std::string text = "Content-Type: multipart/mixed; boundary=\"" + boundary +
                       "\"\r\n" + encoding(true) + "\r\n";
    if (one_in(3)) text += line() + "\r\npreamble\r\n";
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      text += "--" + boundary + (one_in(6) ? "  " : "") + "\r\n" +
              entity(depth + 1) + "\r\n";
    }
    if (!one_in(4)) text += "--" + boundary + "--\r\n";
    if (one_in(3)) text += "epilogue\r\n" + line() + "\r\n";
    return text;
  }

  std::mt19937 random_;
};

void expect_fit(const std::string& text, MessageForm most) {
  EXPECT_LE(longest_line(text), kMaxLineOctets);
  EXPECT_EQ(text.find('\0'), text.npos);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      ASSERT_TRUE(i + 1 < text.size() && text[i + 1] == '\n');
    }
  }
  if (most == MessageForm::seven_bit) {
    EXPECT_TRUE(is_ascii(text));
  }
}

TEST(TranscodeProperty, DecodesToTheSame) {
  int rewritten = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    const auto message = Maker(seed).message();
    const auto parsed = test::parse(message, 4096).structure;
    const auto counts = [&](DefectRule rule) {
      return parsed.defect_counts[static_cast<std::size_t>(rule)];
    };
    for (const auto most : {MessageForm::seven_bit, MessageForm::eight_bit}) {
      const auto result = transcoded(message, {.most = most});
      if (!result.error.empty()) {
        // The one case there is for refusing.
        EXPECT_GT(counts(DefectRule::delimiter_after_close), 0u)
            << result.error;
        continue;
      }
      rewritten += result.report.changed;
      expect_fit(result.text, most);
      EXPECT_LE(result.report.form, most);
      if (counts(DefectRule::no_parts) == 0) {
        EXPECT_EQ(leaves(result.text), leaves(message));
      }
      const auto again = transcoded(result.text, {.most = most});
      EXPECT_FALSE(again.report.changed);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(rewritten, 3000);
}

TEST(TranscodeProperty, EverySplit) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const auto message = Maker(seed).message();
    const auto whole = transcoded(message);
    for (const std::size_t chunk : {1u, 2u, 3u, 7u, 61u}) {
      const auto split = transcoded(message, {}, chunk);
      ASSERT_EQ(split.text, whole.text) << seed << ' ' << chunk;
      ASSERT_EQ(split.report.parts, whole.report.parts);
    }
  }
}

}  // namespace
}  // namespace mailtool::mime
