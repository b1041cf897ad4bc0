#include "app/header_domain.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(HeaderDomain, IsPutBehindAddressesThatHaveNone) {
  struct Case {
    const char* value;
    const char* expected;
  };
  const Case kCases[] = {
      {" root\r\n", " root@h.example\r\n"},
      {" root (Cron Daemon)\n", " root@h.example (Cron Daemon)\n"},
      {" \"Cron (x), <y>\" <root>\n", " \"Cron (x), <y>\" <root@h.example>\n"},
      {" Cron Daemon <root>, bob,\n\tcarol@x.example, dave\n",
       " Cron Daemon <root@h.example>, bob@h.example,\n\tcarol@x.example, "
       "dave@h.example\n"},
      {" team: bob, carol;, dave\n",
       " team: bob@h.example, carol@h.example;, dave@h.example\n"},
      {" =?utf-8?q?J=C3=B6?= <joe>\n",
       " =?utf-8?q?J=C3=B6?= <joe@h.example>\n"},
      {" \"a b\"\n", " \"a b\"@h.example\n"},
      {" (only (a) \\) comment) root\n",
       " (only (a) \\) comment) root@h.example\n"},
      // All there is already
      {" root@x.example\n", " root@x.example\n"},
      {" Root <root@x.example> (x)\n", " Root <root@x.example> (x)\n"},
      {" undisclosed-recipients:;\n", " undisclosed-recipients:;\n"},
      {" <>\n", " <>\n"},
      {"\n", "\n"},
      // Nobody can say what is meant
      {" Doe, John <root>\n", " Doe, John <root>\n"},
      {" a b\n", " a b\n"},
      {" <a <b>>\n", " <a <b>>\n"},
      {" \"open\n", " \"open\n"},
      {" (open\n", " (open\n"},
      // A parenthesis that nothing opens was read for ever.
      {" a) root\n", " a) root\n"},
      {")", ")"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(with_domain(test.value, "h.example"), test.expected);
  }
}

std::string passed(std::string_view text, std::size_t piece) {
  StringSink out(1 << 24);
  HeaderDomain filter(out, "h.example");
  while (!text.empty()) {
    EXPECT_TRUE(filter.write(text.substr(0, piece)));
    text.remove_prefix(std::min(piece, text.size()));
  }
  EXPECT_TRUE(filter.finish());
  return std::string(out.text());
}

void expect_passed(const std::string& text, const std::string& expected) {
  for (const std::size_t piece :
       {text.size() + 1, std::size_t{1}, std::size_t{7}}) {
    EXPECT_EQ(passed(text, piece), expected);
  }
}

TEST(HeaderDomain, TouchesAddressFieldsOfTheHeaderAlone) {
  expect_passed(
      "From bob Fri Nov 20 21:15:04 2026\nFROM: root\nSubject: root\nTo: bob,\n"
      " carol\r\nX-To: dave\r\nCc : eve\n\nTo: root\n",
      "From bob Fri Nov 20 21:15:04 2026\nFROM: root@h.example\nSubject: root\n"
      "To: bob@h.example,\n carol@h.example\r\nX-To: dave\r\n"
      "Cc : eve@h.example\n\nTo: root\n");
}

TEST(HeaderDomain, EndsWithTheText) {
  expect_passed("To: root", "To: root@h.example");
  expect_passed("To: root\n", "To: root@h.example\n");
  expect_passed("no header\nTo: root\n", "no header\nTo: root\n");
  expect_passed("", "");
  expect_passed("\r\nTo: root\n", "\r\nTo: root\n");
}

TEST(HeaderDomain, AFieldThatIsTooLongPassesAsItIs) {
  std::string field = "To: root";
  while (field.size() < 300'000) field += ",\n root";
  field += "\n cc: root\n";
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{1000}}) {
    EXPECT_EQ(passed("Cc: bob\n" + field + "Bcc: carol\n\nx\n", piece),
              "Cc: bob@h.example\n" + field + "Bcc: carol@h.example\n\nx\n");
  }
  const auto line = "To: " + std::string(600'000, 'x');
  EXPECT_EQ(passed(line + "\nCc: bob\n\n", 1000),
            line + "\nCc: bob@h.example\n\n");
  EXPECT_EQ(passed(line, 1000), line);
}

TEST(HeaderDomain, ManyAddressesAreLinear) {
  std::string value = " root";
  for (int i = 0; i < 30'000; ++i) value += ", u" + std::to_string(i);
  EXPECT_EQ(with_domain(value, "h.example").size(),
            value.size() + 30'001 * std::string_view("@h.example").size());
}

}  // namespace
}  // namespace mailtool::app
