#include "app/parse_text.h"

#include <gtest/gtest.h>

#include "dumped.h"

namespace mailtool::app {
namespace {

std::string text_of(std::string_view message) {
  return dumped(message, DumpForm::text);
}

// Parts of a multipart: each a type and a body.
std::string multipart(
    const std::string& subtype, const std::string& boundary,
    const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string text = "Content-Type: multipart/" + subtype +
                     "; boundary=" + boundary + "\n\n";
  for (const auto& [header, body] : parts) {
    text += "--" + boundary + "\n";
    text += header.starts_with("Content-Type: multipart/")
                ? header
                : "Content-Type: " + header + "\n\n" + body + "\n";
  }
  return text + "--" + boundary + "--\n";
}

struct Case {
  const char* why;
  std::string message;
  const char* text;
  const char* html;
};

TEST(ParseText, TheChoiceOfTheBody) {
  const auto both = multipart("alternative", "a",
                              {{"text/plain", "plain"}, {"text/html", "<p>html"}});
  const auto only_html = multipart("alternative", "a", {{"text/html", "<p>html"}});
  const Case kCases[] = {
      {"one text", "\nplain\n", "plain\n", ""},
      {"one HTML", "Content-Type: text/html\n\n<p>html\n", "html\n", "<p>html\n"},
      {"alternative", both, "plain\n", "<p>html"},
      {"alternative of one", only_html, "html\n", "<p>html"},
      {"footer of a list", multipart("mixed", "m", {{both, ""}, {"text/plain", "footer"}}),
       "plain\n\nfooter\n", "<p>html"},
      {"related within alternative",
       multipart("alternative", "o",
                 {{"text/plain", "plain"},
                  {multipart("related", "r", {{"text/html", "<p>html"}, {"text/plain", "no"}}), ""}}),
       "plain\n", "<p>html"},
      {"an attachment is no text",
       multipart("mixed", "m", {{"text/plain", "plain"},
                                {"text/plain\nContent-Disposition: attachment", "no"},
                                {"text/plain; name=notes.txt", "no"},
                                {"text/calendar", "no"}}),
       "plain\n", ""},
      {"the first part counts whatever its name",
       multipart("mixed", "m", {{"text/plain; name=body.txt", "plain"}}), "plain\n", ""},
      {"an attached message is no text",
       multipart("mixed", "m", {{"text/plain", "plain"}, {"message/rfc822", "\nno"}}),
       "plain\n", ""},
      {"another text", multipart("mixed", "m", {{"text/enriched", "rich"}}), "rich\n", ""},
      {"another text as an alternative",
       multipart("alternative", "m", {{"text/plain", "plain"}, {"text/enriched", "no"}}),
       "plain\n", ""},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(text_of(c.message), c.text) << c.why;
    EXPECT_EQ(dumped(c.message, DumpForm::html), c.html) << c.why;
  }
}

TEST(ParseText, FlowedTextIsReadAsParagraphs) {
  EXPECT_EQ(text_of("Content-Type: text/plain; format=flowed\n\none \ntwo\n"),
            "one two\n");
  EXPECT_EQ(text_of("Content-Type: text/plain; Format=Flowed; DelSp=Yes\n\n"
                    "one \ntwo\n"),
            "onetwo\n");
  EXPECT_EQ(text_of("Content-Type: text/plain; format=fixed\n\none \ntwo\n"),
            "one \ntwo\n");
}

TEST(ParseText, ThousandsOfNestedAlternativesAreLinear) {
  std::string text;
  for (int i = 0; i < 90; ++i) {
    text += "Content-Type: multipart/alternative; boundary=b" +
            std::to_string(i) + "\n\n--b" + std::to_string(i) +
            "\nContent-Type: text/html\n\n<p>x\n--b" + std::to_string(i) + "\n";
  }
  text += "Content-Type: text/html\n\n<p>y\n";
  EXPECT_LT(text_of(text).size(), 10'000u);
}

}  // namespace
}  // namespace mailtool::app
