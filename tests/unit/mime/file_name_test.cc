// File names as mailers write them: RFC 2231 and RFC 2047, legal, odd but
// legal, and broken. Each is found.
#include <gtest/gtest.h>

#include <algorithm>

#include "defect_names.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {
namespace {

struct Case {
  const char* why;
  std::string parameters;  // behind "attachment"
  std::string name;
  const char* defects = "";
};

constexpr const char* kWord = "encoded-word-in-parameter";
constexpr const char* kBad = "malformed-parameter";
constexpr const char* kGap = "parameter-gap";
constexpr const char* kComment = "comment-in-parameters";
constexpr const char* kTwice = "duplicate-parameter";
constexpr const char* kForms = "parameter-forms-differ";

const Case kLegal[] = {
    {"token", "; filename=a.zip", "a.zip"},
    {"quoted", "; filename=\"a.zip\"", "a.zip"},
    {"upper case", "; FILENAME=a.zip", "a.zip"},
    {"no blank", ";filename=a.zip", "a.zip"},
    {"blank before the semicolon", " ; filename=a.zip", "a.zip"},
    {"blanks around =", "; filename = a.zip", "a.zip"},
    {"folds around =", ";\r\n filename\r\n =\r\n\ta.zip", "a.zip"},
    {"quoted blanks", "; filename=\"my file.zip\"", "my file.zip"},
    {"quoted pair", "; filename=\"a\\\"b\\\\c.zip\"", "a\"b\\c.zip"},
    {"pair that needs none", "; filename=\"\\a.z\\ip\"", "a.zip"},
    {"semicolon in quotes", "; filename=\"a;b=c.zip\"", "a;b=c.zip"},
    {"parentheses in quotes", "; filename=\"a(1).zip\"", "a(1).zip"},
    {"fold in quotes", "; filename=\"my\r\n file.zip\"", "my file.zip"},
    {"percent signs are plain", "; filename=\"100%25.zip\"", "100%25.zip"},
    {"apostrophes are plain", "; filename=\"a'b'c.zip\"", "a'b'c.zip"},
    {"semicolon behind", "; filename=a.zip;", "a.zip"},
    {"another before", "; size=3; filename=a.zip", "a.zip"},
    {"another behind", "; filename=a.zip; size=3", "a.zip"},
    {"comment before =", "; filename (c) =a.zip", "a.zip", kComment},
    {"comment behind =", "; filename= (c) a.zip", "a.zip", kComment},
    {"comment behind the value", "; filename=a.zip (c)", "a.zip", kComment},
    {"comment glued", "; filename=a.zip(c)", "a.zip", kComment},
    {"comment glued to quotes", "; filename=\"a.zip\"(c)", "a.zip", kComment},
    {"comment with a parameter", "(; filename=x); filename=a.zip", "a.zip",
     kComment},
    {"nested comment", "; (a (b) \\) c) filename=a.zip", "a.zip", kComment},
    {"extended", "; filename*=utf-8''%C3%BC.zip", "\xc3\xbc.zip"},
    {"extended, language", "; filename*=utf-8'de'%C3%BC.zip", "\xc3\xbc.zip"},
    {"extended, nothing encoded", "; filename*=us-ascii''a.zip", "a.zip"},
    {"extended, lower-case hex", "; filename*=utf-8''%c3%bc.zip",
     "\xc3\xbc.zip"},
    {"extended, Latin-1", "; filename*=iso-8859-1''%FC.zip", "\xc3\xbc.zip"},
    {"extended, no charset", "; filename*=''%C3%BC.zip", "\xc3\xbc.zip"},
    {"extended, only a language", "; filename*='en'a.zip", "a.zip"},
    {"extended, upper-case charset", "; filename*=UTF-8''a.zip", "a.zip"},
    {"extended, third apostrophe", "; filename*=utf-8''a'b.zip", "a'b.zip"},
    {"extended, encoded percent", "; filename*=utf-8''%2541.zip", "%41.zip"},
    {"extended, blanks around =", "; filename* = utf-8''a.zip", "a.zip"},
    {"sections", "; filename*0=a; filename*1=b.zip", "ab.zip"},
    {"one section", "; filename*0=a.zip", "a.zip"},
    {"quoted sections", "; filename*0=\"a \"; filename*1=\"b.zip\"", "a b.zip"},
    {"sections out of order", "; filename*1=b.zip; filename*0=a", "ab.zip"},
    {"sections apart", "; filename*0=a; size=3; filename*1=b.zip", "ab.zip"},
    {"sections in any case", "; FILENAME*0=a; FileName*1=b.zip", "ab.zip"},
    {"eleven sections",
     "; filename*10=p; filename*0=a; filename*1=b; filename*2=c; filename*3=d;"
     " filename*4=e; filename*5=f; filename*6=g; filename*7=.; filename*8=z;"
     " filename*9=i", "abcdefg.zip"},
    {"extended sections", "; filename*0*=utf-8''%C3; filename*1*=%BC.zip",
     "\xc3\xbc.zip"},
    {"extended, then plain", "; filename*0*=utf-8''%C3%BC; filename*1=\".zip\"",
     "\xc3\xbc.zip"},
    {"plain section keeps percent signs",
     "; filename*0*=utf-8''a; filename*1=\"%41.zip\"", "a%41.zip"},
    {"plain, then extended", "; filename*0=a; filename*1*=%2Ezip", "a.zip"},
    {"extended sections out of order",
     "; filename*1*=%BC.zip; filename*0*=utf-8'en'%C3", "\xc3\xbc.zip"},
    {"empty section", "; filename*0=a; filename*1=\"\"; filename*2=.zip",
     "a.zip"},
    {"empty first section", "; filename*0*=utf-8''; filename*1*=a.zip",
     "a.zip"},
    {"comment between sections", "; filename*0=a (c); filename*1=b.zip",
     "ab.zip", kComment},
    {"both forms alike", "; filename=a.zip; filename*=utf-8''a.zip", "a.zip"},
    {"both forms", "; filename=u.zip; filename*=utf-8''%C3%BC.zip",
     "\xc3\xbc.zip", kForms},
    {"both forms, extended first",
     "; filename*=utf-8''%C3%BC.zip; filename=u.zip", "\xc3\xbc.zip", kForms},
    {"plain form and sections", "; filename=x.zip; filename*0=a; filename*1=.zip",
     "a.zip", kForms},
    {"empty parameters", ";; ; filename=a.zip;;", "a.zip"},
    {"token of odd characters", "; filename=!#$&+-^_`{|}~.zip",
     "!#$&+-^_`{|}~.zip"},
};

const Case kBroken[] = {
    {"encoded word", "; filename=\"=?utf-8?Q?=C3=BC.zip?=\"", "\xc3\xbc.zip",
     kWord},
    {"encoded word without quotes", "; filename==?utf-8?B?w7wuemlw?=",
     "\xc3\xbc.zip", kWord},
    {"two encoded words",
     "; filename=\"=?utf-8?Q?=C3?=\r\n =?utf-8?Q?=BC.zip?=\"", "\xc3\xbc.zip",
     kWord},
    {"encoded word over sections",
     "; filename*0=\"=?utf-8?B?w7w\"; filename*1=\"uemlw?=\"", "\xc3\xbc.zip",
     kWord},
    {"raw UTF-8", "; filename=\"\xc3\xbc.zip\"", "\xc3\xbc.zip"},
    {"raw Latin-1", "; filename=\"\xfc.zip\"", "\xc3\xbc.zip"},
    {"extended, no apostrophes", "; filename*=%C3%BC.zip", "\xc3\xbc.zip", kBad},
    {"extended, one apostrophe", "; filename*=utf-8'%C3%BC.zip",
     "\xc3\xbc.zip", kBad},
    {"an apostrophe in the name", "; filename*=it's.zip", "it's.zip", kBad},
    {"extended in quotes", "; filename*=\"utf-8''%C3%BC.zip\"", "\xc3\xbc.zip",
     kBad},
    {"percent without digits", "; filename*=utf-8''1%.zip", "1%.zip", kBad},
    {"unknown charset", "; filename*=x-none''%C3%BC.zip", "\xc3\xbc.zip",
     "unknown-charset"},
    {"octets without a character", "; filename*=utf-8''%FF.zip",
     "\xef\xbf\xbd.zip", "malformed-charset"},
    {"leading zeros", "; filename*00=a; filename*01=.zip", "a.zip", kBad},
    {"a gap", "; filename*0=a.zip; filename*2=b", "a.zip", kGap},
    {"no section 0", "; filename*1=a; filename*2=.zip", "a.zip", kGap},
    {"section twice", "; filename*0=a; filename*0=b; filename*1=.zip", "a.zip",
     kTwice},
    {"section in both forms", "; filename*0=a; filename*0*=utf-8''b; "
     "filename*1=.zip", "a.zip", kTwice},
    {"twice", "; filename=a.zip; filename=b.zip", "a.zip", kTwice},
    {"no semicolon", " filename=a.zip", "a.zip", kBad},
    {"no semicolon between", "; size=3 filename=a.zip", "a.zip", kBad},
    {"no semicolon behind", "; filename=a.zip size=3", "a.zip", kBad},
    {"no semicolon behind quotes", "; filename=\"a.zip\" size=3", "a.zip", kBad},
    {"no semicolon behind a comment", "; filename=a.zip (c) size=3", "a.zip",
     "malformed-parameter comment-in-parameters"},
    {"no closing quote", "; filename=\"a.zip", "a.zip", kBad},
    {"blanks without quotes", "; filename=my file.zip; size=3", "my file.zip",
     kBad},
    {"blanks without quotes, no semicolon", "; filename=my file.zip size=3",
     "my file.zip", kBad},
    {"parentheses in a word", "; filename=a(1).zip", "a(1).zip",
     "malformed-parameter comment-in-parameters"},
    {"open parenthesis in a word", "; filename=a(1.zip", "a(1.zip",
     "malformed-parameter comment-in-parameters"},
    {"apostrophes for quotes", "; filename='a.zip'", "'a.zip'"},
    {"slash without quotes", "; filename=a/b.zip", "a/b.zip"},
    {"text behind quotes", "; filename=\"a.zip\"x", "a.zip", kBad},
    {"junk before", "; =; filename=a.zip", "a.zip", kBad},
    {"word without a value before", "; inline; filename=a.zip", "a.zip", kBad},
    {"hidden line end", "; filename*=utf-8''a%0D%0A.zip",
     "a\xef\xbf\xbd\xef\xbf\xbd.zip", "control-in-encoded-word"},
    {"turned around", "; filename*=utf-8''a%E2%80%AEpiz.exe",
     "a\xe2\x80\xaepiz.exe", "deceptive-characters"},
};

TEST(FileName, LegalForms) {
  EXPECT_GE(std::size(kLegal), 54u);
  ParameterizedValue read;
  for (const auto& c : kLegal) {
    parse_parameters("attachment" + c.parameters, read);
    EXPECT_EQ(read.value, "attachment") << c.why;
    ASSERT_NE(read.find("filename"), nullptr) << c.why;
    EXPECT_EQ(*read.find("filename"), c.name) << c.why;
    EXPECT_EQ(names(read.defects), c.defects) << c.why;
  }
}

TEST(FileName, BrokenForms) {
  ParameterizedValue read;
  for (const auto& c : kBroken) {
    parse_parameters("attachment" + c.parameters, read);
    EXPECT_EQ(read.value, "attachment") << c.why;
    ASSERT_NE(read.find("filename"), nullptr) << c.why;
    EXPECT_EQ(*read.find("filename"), c.name) << c.why;
    EXPECT_EQ(names(read.defects), c.defects) << c.why;
  }
}

TEST(FileName, WithoutADisposition) {
  const auto read = parse_parameters("filename=\"a.zip\"");
  EXPECT_EQ(read.value, "");
  ASSERT_NE(read.find("filename"), nullptr);
  EXPECT_EQ(*read.find("filename"), "a.zip");
  EXPECT_TRUE(read.defective);
}

std::string name(std::string_view parameters, ParameterPolicy policy) {
  const auto read = parse_parameters(parameters, policy);
  const auto* const found = read.find("n");
  return found == nullptr ? "(none)" : *found;
}

TEST(ParameterPolicy, WhatCounts) {
  const ParameterPolicy last{.last_duplicate = true};
  const ParameterPolicy plain{.plain_first = true};
  EXPECT_EQ(name("a; n=1; n=2", {}), "1");
  EXPECT_EQ(name("a; n=1; n=2", last), "2");
  EXPECT_EQ(name("a; n*0=1; n*0=2; n*1=3", {}), "13");
  EXPECT_EQ(name("a; n*0=1; n*0=2; n*1=3", last), "23");
  EXPECT_EQ(name("a; n*=''1; n*=''2", last), "2");
  EXPECT_EQ(name("a; n=1; n*=''2", {}), "2");
  EXPECT_EQ(name("a; n=1; n*=''2", plain), "1");
  EXPECT_EQ(name("a; n=1; n*0=2", plain), "1");
  EXPECT_EQ(name("a; n*0=2", plain), "2");
  EXPECT_EQ(name("a; n=1; n=2; n*=''3", last), "3");
}

// The ordinary shape has a way of its own; with a comment before it a value
// takes the other one, and must come to the same.
TEST(Parameters, BothWaysAgree) {
  const std::string value = "Text/Plain; a=\"b c=d\"; E=f.g;h=\"\"";
  const std::string odd_octets("\0\r\n\t \"\\;=?*'%/(),a\x7f\xfc", 20);
  ParameterizedValue one;
  ParameterizedValue other;
  const auto compare = [&](const std::string& text) {
    parse_parameters(text, one);
    parse_parameters("()" + text, other);
    EXPECT_EQ(one.value, other.value) << text;
    EXPECT_TRUE(std::equal(one.parameters().begin(), one.parameters().end(),
                           other.parameters().begin(),
                           other.parameters().end()))
        << text;
    one.defects.add(DefectRule::comment_in_parameters);
    EXPECT_EQ(names(one.defects), names(other.defects)) << text;
  };
  compare(value);
  for (std::size_t at = 0; at < value.size(); ++at) {
    for (const char odd : odd_octets) {
      auto changed = value;
      changed[at] = odd;
      compare(changed);
      for (std::size_t next = at + 1; next < value.size(); ++next) {
        auto again = changed;
        again[next] = odd;
        compare(again);
      }
    }
    compare(value.substr(0, at));
  }
}

TEST(Parameters, BoundariesStayAsTheyAre) {
  const auto boundary = [](std::string_view value) {
    return *parse_parameters(value).find("boundary");
  };
  EXPECT_EQ(boundary("a/b; boundary=\"=?utf-8?Q?a?=\""), "=?utf-8?Q?a?=");
  EXPECT_EQ(boundary("a/b; boundary=\"\xfc\""), "\xfc");
  EXPECT_EQ(boundary("a/b; boundary*=us-ascii''a%2Bb"), "a+b");
  EXPECT_EQ(boundary("a/b; boundary*0=a; boundary*1=b"), "ab");
  EXPECT_EQ(boundary("a/b; boundary*=''a%00b"), "a\xef\xbf\xbd" "b");
  EXPECT_EQ(boundary("a/b; boundary='ab'"), "'ab'");
}

}  // namespace
}  // namespace mailtool::mime
