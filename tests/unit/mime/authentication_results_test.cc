#include "mailtool/mime/authentication_results.h"

#include <gtest/gtest.h>

namespace mailtool::mime {
namespace {

// One line: what is said, in the order of the field.
std::string say(const AuthenticationResults& r) {
  std::string text;
  if (r.instance) text += "i=" + std::to_string(*r.instance) + " ";
  text += r.authserv_id;
  if (r.version != 1) text += " v" + std::to_string(r.version);
  for (const auto& m : r.methods) {
    text += "; " + m.method;
    if (m.version != 1) text += "/" + std::to_string(m.version);
    text += "=" + m.result;
    if (!m.comment.empty()) text += " (" + m.comment + ")";
    if (!m.reason.empty()) text += " reason[" + m.reason + "]";
    for (const auto& p : m.properties) {
      text += " " + p.type + "." + p.name + "[" + p.value + "]";
    }
  }
  return text + (r.malformed ? " !" : "");
}

TEST(AuthenticationResults, Forms) {
  struct {
    const char* why;
    const char* value;
    const char* text;
  } const cases[] = {
      {"RFC 8601 appendix B.2", "example.org 1; none", "example.org"},
      {"appendix B.3", "example.com;\r\n spf=pass smtp.mailfrom=example.net",
       "example.com; spf=pass smtp.mailfrom[example.net]"},
      {"appendix B.4",
       "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;"
       "\r\n spf=pass smtp.mailfrom=example.net",
       "example.com; auth=pass (cram-md5) smtp.auth[sender@example.net]; "
       "spf=pass smtp.mailfrom[example.net]"},
      {"appendix B.7",
       "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 "
       "(One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like "
       "that) expired\r\n (this surprised me) = (as I wasn't expecting it) "
       "1362471462",
       "foo.example.net; dkim=fail policy.expired[1362471462]"},
      {"reason", "a; dkim=fail reason=\"bad; signature\" header.d=b.test",
       "a; dkim=fail reason[bad; signature] header.d[b.test]"},
      {"upper case", "a; DKIM=Pass Header.D=B.test",
       "a; dkim=pass header.d[B.test]"},
      {"versions", "a 2; dkim/3=pass", "a v2; dkim/3=pass"},
      {"quoted local part", "a; spf=pass smtp.mailfrom=\"b c\"@d.test",
       "a; spf=pass smtp.mailfrom[b c@d.test]"},
      {"no authserv-id",
       "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.test; dkim=none",
       "; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom[b.test]; dkim=none !"},
      {"no type", "a; dmarc=pass action=none header.from=b.test",
       "a; dmarc=pass .action[none] header.from[b.test] !"},
      {"ARC", "i=1; mx.test; spf=pass smtp.mailfrom=b.test; dkim=none",
       "i=1 mx.test; spf=pass smtp.mailfrom[b.test]; dkim=none"},
      {"ARC, instance out of range", "i=51; mx.test; spf=pass",
       "mx.test; spf=pass !"},
      {"nothing", "", " !"},
      {"result missing", "a; dkim=; spf", "a; dkim= !"},
      {"open comment", "a; dkim=pass (x", "a; dkim=pass (x) !"},
      {"hidden control", "a; dkim=\x1bpass", "a; dkim=\xef\xbf\xbdpass"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(say(parse_authentication_results(c.value)), c.text) << c.why;
  }
}

TEST(AuthenticationResults, Find) {
  const auto read =
      parse_authentication_results("a; dkim=pass header.d=b header.i=@b");
  ASSERT_EQ(read.methods.size(), 1u);
  ASSERT_NE(read.methods[0].find("header", "i"), nullptr);
  EXPECT_EQ(*read.methods[0].find("header", "i"), "@b");
  EXPECT_EQ(read.methods[0].find("smtp", "i"), nullptr);
}

TEST(AuthenticationResults, HostileValuesAreLinear) {
  for (const auto* piece : {";", "(", "=", "a=b;", "a=b ", "c.d=e ", "\"", "/",
                            ".", "a ", "(a)", "a=b c.d=e;"}) {
    std::string value = "x; y=z ";
    for (int i = 0; i < 200'000; ++i) value += piece;
    const auto read = parse_authentication_results(value);
    EXPECT_LE(read.methods.size(), kMaxAuthenticationMethods) << piece;
    EXPECT_LE(read.methods[0].properties.size(), kMaxAuthenticationProperties);
  }
}

}  // namespace
}  // namespace mailtool::mime
