#include "app/parse_tree.h"

#include <gtest/gtest.h>

#include "dumped.h"

namespace mailtool::app {
namespace {

TEST(ParseTree, Sizes) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(1024), "1.0 KB");
  EXPECT_EQ(size_text(1536), "1.5 KB");
  EXPECT_EQ(size_text(1048576), "1.0 MB");
  EXPECT_EQ(size_text(5ull << 30), "5.0 GB");
  EXPECT_EQ(size_text(UINT64_MAX), "16777216.0 TB");
}

DumpOptions ascii_tree() {
  DumpOptions options;
  options.style.ascii = true;
  return options;
}

std::string tree(std::string_view text) { return dumped(text, ascii_tree()); }

constexpr std::string_view kHead =
    "From: a@example.org\nDate: Fri, 20 Nov 2026 12:00:00 +0100\n";

TEST(ParseTree, Branches) {
  const auto text = tree(
      std::string(kHead) + "Content-Type: multipart/mixed; boundary=a\n\n"
      "--a\nContent-Type: multipart/mixed; boundary=b\n\n"
      "--b\n\nx\n--b\n\ny\n--b--\n--a\n\nz\n--a--\n");
  EXPECT_NE(text.find("\n0 multipart/mixed     80 B\n"
                      "|- 1 multipart/mixed  "),
            text.npos)
      << text;
  EXPECT_TRUE(text.ends_with("|  |- 1.1 text/plain   1 B\n"
                             "|  `- 1.2 text/plain   1 B\n"
                             "`- 2 text/plain        1 B\n"))
      << text;
}

TEST(ParseTree, DeepNestingIsDrawnInBoundedSpace) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    const auto boundary = "b" + std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" +
            boundary + "\n";
  }
  EXPECT_LT(tree(text).size(), 200'000u);
}

TEST(ParseTree, TheDecodedSizeStandsWhereItDiffers) {
  const auto text = tree(std::string(kHead) +
                         "Content-Type: image/png; name=a.png\n"
                         "Content-Transfer-Encoding: base64\n\nQUJD\n");
  EXPECT_NE(text.find("1 image/png, base64  5 B -> 3 B  \"a.png\"\n"),
            text.npos)
      << text;
}

TEST(ParseTree, NoNameHidesAnAddress) {
  const auto text = tree("From: \"boss@bank.example" + std::string(500, ' ') +
                         std::string(500, 'x') + "\" <evil@example.org>\n\n");
  EXPECT_TRUE(text.starts_with("From: \"boss@bank.example xxx")) << text;
  const auto line = text.substr(0, text.find('\n'));
  EXPECT_TRUE(line.ends_with("\" <evil@example.org>")) << line;
  EXPECT_LT(line.size(), 140u);
}

TEST(ParseTree, GroupsAndManyAddresses) {
  EXPECT_TRUE(tree("To: a@x, Friends: b@x, c@x;, nobody:;\n\n")
                  .starts_with("To: a@x, Friends: b@x, c@x;, nobody:;\n"));
  std::string many = "To: a0@x";
  for (int i = 1; i < 500; ++i) many += ", a" + std::to_string(i) + "@x";
  const auto text = tree(many + "\n\n");
  EXPECT_NE(text.find("a19@x, and 480 more\n"), text.npos) << text;
}

TEST(ParseTree, EveryFromIsShown) {
  const auto text = tree("From: a@x\nFrom: b@x\n\n");
  EXPECT_TRUE(text.starts_with("From: a@x\nFrom: b@x\n\n")) << text;
}

TEST(ParseTree, DefectsStandRuleByRuleWithWhatWasCutOff) {
  std::string text(kHead);
  text += "Content-Type: multipart/mixed; boundary=a\n\n";
  for (int i = 0; i < 30; ++i) {
    text += "--a\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
            "A\n";
  }
  text += "--a--\n";
  const auto drawn = tree(text);
  EXPECT_NE(drawn.find("  ! base64-truncated\n"), drawn.npos) << drawn;
  EXPECT_NE(drawn.find("\nAmbiguous:\n  warning  base64-truncated [content]: "),
            drawn.npos)
      << drawn;
  EXPECT_NE(drawn.find("           and 10 more\n"), drawn.npos) << drawn;
}

TEST(ParseTree, NamesAreCutToTheTerminalAlone) {
  auto options = ascii_tree();
  const auto message = std::string(kHead) + "Content-Type: image/png; name=\"" +
                       std::string(100, 'x') + "\"\n\nx\n";
  EXPECT_NE(dumped(message, options).find(std::string(100, 'x')),
            std::string::npos);
  options.style.columns = 60;
  const auto drawn = dumped(message, options);
  const auto row = drawn.substr(drawn.find("\n\n") + 2);
  EXPECT_TRUE(row.substr(0, row.find('\n')).ends_with("xxx...\"")) << row;
  EXPECT_LE(row.find('\n'), 60u);
}

}  // namespace
}  // namespace mailtool::app
