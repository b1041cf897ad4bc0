#include "mailtool/mime/parameter.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"

namespace mailtool::mime {
namespace {

// The parameter `name`, or "(none)".
std::string get(std::string_view value, std::string_view name) {
  const auto read = parse_parameters(value);
  const auto* found = read.find(name);
  return found == nullptr ? "(none)" : *found;
}

struct Case {
  const char* why;
  std::string value;
  const char* name;
  std::string text;
  bool defective;
};

const Case kCases[] = {
    {"token", "text/plain; charset=us-ascii", "charset", "us-ascii", false},
    {"quoted", "text/plain; charset=\"us-ascii\"", "charset", "us-ascii",
     false},
    {"comment", "text/plain (x;y) ; charset=a (Plain text)", "charset", "a",
     false},
    {"quoted pair", "a/b; name=\"a\\\"b\\\\c\"", "name", "a\"b\\c", false},
    {"semicolon inside", "a/b; name=\"a;b=c\"; x=y", "name", "a;b=c", false},
    {"blanks around =", "a/b; name = x", "name", "x", false},
    {"folded", "a/b;\r\n\tname=x", "name", "x", false},
    {"upper case", "A/B; NAME=X", "name", "X", false},
    {"many semicolons", "a/b;;; ; name=x;", "name", "x", false},
    {"empty", "a/b; name=\"\"", "name", "", false},
    {"no semicolon", "a/b; a=b name=x", "name", "x", true},
    {"unquoted blanks", "a/b; name=my file.txt", "name", "my file.txt", true},
    {"no value", "a/b; name", "name", "(none)", true},
    {"no closing quote", "a/b; name=\"x", "name", "x", true},
    {"twice: the first", "a/b; name=x; name=y", "name", "x", false},
    {"raw UTF-8", "a/b; name=\"\xc3\xbc\"", "name", "\xc3\xbc", false},
    {"raw Latin-1", "a/b; name=\"\xfc\"", "name", "\xc3\xbc", false},
    {"encoded word", "a/b; name=\"=?utf-8?Q?=C3=BC?=\"", "name", "\xc3\xbc",
     false},
    {"encoded word over sections",
     "a/b; name*0=\"=?utf-8?Q?=C3\"; name*1=\"=BC?=\"", "name", "\xc3\xbc",
     false},
    // RFC 2231.
    {"section 3",
     "message/external-body; access-type=URL;\r\n"
     " URL*0=\"ftp://\";\r\n URL*1=\"cs.utk.edu/pub/moore/\"",
     "url", "ftp://cs.utk.edu/pub/moore/", false},
    {"section 4",
     "application/x-stuff;\r\n"
     " title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
     "title", "This is ***fun***", false},
    {"section 4.1",
     "application/x-stuff\r\n "
     ";title*0*=us-ascii'en'This%20is%20even%20more%20\r\n"
     " ;title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n ;title*2=\"isn't it!\"",
     "title", "This is even more ***fun*** isn't it!", false},
    {"order does not count", "a/b; n*1=b; n*0=a; n*2=c", "n", "abc", false},
    {"gap ends it", "a/b; n*0=a; n*2=c", "n", "a", true},
    {"no section 0", "a/b; n*1=b; n*2=c", "n", "bc", true},
    {"no section 0: plain", "a/b; n*1=b; n=x", "n", "x", true},
    {"extended before plain", "a/b; n=x; n*=utf-8''y", "n", "y", false},
    {"charset", "a/b; n*=iso-8859-15''%A4", "n", "\xe2\x82\xac", false},
    {"unknown charset", "a/b; n*=x-none''%C3%BC", "n", "\xc3\xbc", false},
    {"no charset", "a/b; n*=''%C3%BC", "n", "\xc3\xbc", false},
    {"no apostrophes", "a/b; n*=%C3%BC", "n", "\xc3\xbc", true},
    {"character over sections", "a/b; n*0*=utf-8''%C3; n*1*=%BC", "n",
     "\xc3\xbc", false},
    {"broken percent", "a/b; n*=utf-8''%4%zz%", "n", "%4%zz%", true},
    {"hidden CRLF and NUL", "a/b; n*=utf-8''a%0D%0A%00b", "n",
     "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
     "b",
     false},
    {"index too large", "a/b; n*99999999999=x; n*0=a", "n", "a", true},
    {"index no number", "a/b; n*x=x; n*0=a", "n", "a", true},
};

TEST(Parameters, Table) {
  for (const auto& c : kCases) {
    EXPECT_EQ(get(c.value, c.name), c.text) << c.why;
    EXPECT_EQ(parse_parameters(c.value).defective, c.defective) << c.why;
  }
}

TEST(Parameters, ValueAndOrder) {
  const auto read = parse_parameters("Text / Plain (c); b=1; a=2; b=3");
  EXPECT_EQ(read.value, "text/plain");
  EXPECT_EQ(std::vector<Parameter>(read.parameters().begin(),
                                   read.parameters().end()),
            (std::vector<Parameter>{{"b", "1"}, {"a", "2"}}));
  EXPECT_TRUE(read.duplicate);
  EXPECT_FALSE(parse_parameters("a/b; x=1; y=2").duplicate);
}

TEST(ToParameter, Table) {
  EXPECT_EQ(to_parameter("n", "token"), "; n=token");
  EXPECT_EQ(to_parameter("n", ""), "; n=\"\"");
  EXPECT_EQ(to_parameter("n", "a \"b\" \\"), "; n=\"a \\\"b\\\" \\\\\"");
  EXPECT_EQ(to_parameter("n", "gr\xc3\xbcn"), "; n*=utf-8''gr%C3%BCn");
  EXPECT_EQ(to_parameter("n", "a\r\nb"), "; n*=utf-8''a%0D%0Ab");
}

TEST(ToParameter, RoundTrip) {
  const std::string pieces[] = {"a",  " ",  "\xc3\xbc", "\xe2\x82\xac",
                                "\"", "\\", "'",        "%",
                                "*",  "=?", ";",        "/",
                                "(",  "\t"};
  std::string text;
  std::size_t next = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    next = (next * 5 + 1 + i) % std::size(pieces);
    text += pieces[next];
    const auto value = "attachment" + to_parameter("filename", text);
    ASSERT_TRUE(is_ascii(value));
    ASSERT_EQ(get(value, "filename"), text);
    const auto field = fold_field("Content-Disposition", value);
    ASSERT_EQ(get(field.substr(field.find(':') + 1), "filename"), text);
  }
}

TEST(Parameters, HostileValuesAreLinear) {
  EXPECT_EQ(parse_parameters("a/b" + std::string(200'000, ';')).value, "a/b");
  std::string sections = "a/b", many = "a/b", words = "a/b; x=";
  for (int i = 0; i < 50'000; ++i) {
    sections += "; n*" + std::to_string(i) + "=x";
    many += "; n" + std::to_string(i) + "=x";
    words += "y z=";
  }
  EXPECT_EQ(get(sections, "n"), std::string(kMaxSections, 'x'));
  EXPECT_TRUE(parse_parameters(sections).defective);
  EXPECT_EQ(parse_parameters(many).parameters().size(), kMaxParameters);
  EXPECT_TRUE(parse_parameters(words).defective);
  for (const char c : std::string("(\"=/* \\'")) {
    const auto read = parse_parameters("a/b; n=" + std::string(2'000'000, c));
    EXPECT_LE(read.parameters().size(), 1u) << c;
  }
}

TEST(MediaType, Table) {
  struct {
    const char* value;
    const char* full;
    const char* charset;
    const char* boundary;
    bool defective;
  } const cases[] = {
      {"text/html; charset=UTF-8", "text/html", "utf-8", "", false},
      {"TEXT/Plain", "text/plain", "", "", false},
      {"multipart/mixed; boundary=\"a b \"", "multipart/mixed", "", "a b",
       false},
      {"multipart/mixed; boundary*0=a; boundary*1=b", "multipart/mixed", "",
       "ab", false},
      {"multipart/mixed; boundary=\"gc0pJq0M:08jU534c0p\"", "multipart/mixed",
       "", "gc0pJq0M:08jU534c0p", false},
      {"text (a) / (b) plain (c)", "text/plain", "", "", false},
      {"text", "text/plain", "", "", true},
      {"", "text/plain", "", "", true},
      {"text/", "text/plain", "", "", true},
      {"a/b/c", "text/plain", "", "", true},
      {"=?x?q?y?=", "text/plain", "", "", true},
  };
  for (const auto& c : cases) {
    const auto media = parse_media_type(c.value);
    EXPECT_EQ(media.full(), c.full) << c.value;
    EXPECT_EQ(media.charset, c.charset) << c.value;
    EXPECT_EQ(media.boundary, c.boundary) << c.value;
    EXPECT_EQ(media.defective, c.defective) << c.value;
  }
  EXPECT_TRUE(parse_media_type("a/b; n=1; n=2").duplicate_parameter);
}

TEST(MediaType, Names) {
  for (const auto* good : {"a/b", "application/vnd.x+y", "x-1/y_2"}) {
    EXPECT_TRUE(is_media_type(good)) << good;
  }
  for (const auto* bad :
       {"", "a", "a/", "/b", "a/b/c", "a/b ", "-a/b", "a/\xc3\xbc"}) {
    EXPECT_FALSE(is_media_type(bad)) << bad;
  }
  EXPECT_TRUE(is_media_type("a/" + std::string(127, 'b')));
  EXPECT_FALSE(is_media_type("a/" + std::string(128, 'b')));
}

}  // namespace
}  // namespace mailtool::mime
