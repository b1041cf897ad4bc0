#include "mailtool/mime/received.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

struct Case {
  const char* why;
  const char* value;
  const char* from;
  const char* helo;
  const char* reverse_dns;
  const char* ip;
  const char* by;
  const char* with;
  const char* id;
  const char* for_recipient;
  bool dated;
};

// The forms that servers write, one of each.
const Case kCases[] = {
    {"RFC 5321 appendix D.1",
     "from foo.com by bar.com ; Thu, 21 May 1998 05:33:29 -0700", "foo.com",
     "foo.com", "", "", "bar.com", "", "", "", true},
    {"name and address",
     "from mx.a.test (mail.a.test [192.0.2.7])\r\n\tby mx.b.test (Mailer)"
     " with ESMTPS id 4F0Q\r\n\tfor <bob@b.test>; Fri, 20 Nov 2026 21:15:04"
     " +0100 (CET)",
     "mx.a.test", "mx.a.test", "mail.a.test", "192.0.2.7", "mx.b.test",
     "ESMTPS", "4F0Q", "bob@b.test", true},
    {"unknown reverse name",
     "from x (unknown [IPv6:2001:db8::7]) by y with SMTP id 1; 20 Nov 2026 "
     "21:15:04 +0100",
     "x", "x", "", "2001:db8::7", "y", "SMTP", "1", "", true},
    {"the name may be forged",
     "from x (h.test [192.0.2.1] (may be forged)) by y; x", "x", "x", "h.test",
     "192.0.2.1", "y", "", "", "", false},
    {"ident", "from x (joe@h.test [192.0.2.1]) by y", "x", "x", "h.test",
     "192.0.2.1", "y", "", "", "", false},
    {"helo= behind the address",
     "from h.test ([192.0.2.1]:2525 helo=x.test) by y with esmtps (TLS1.3)"
     " (Mailer 4) (envelope-from <a@b.test>) id 1abc-02 for c@d.test; Fri, 20"
     " Nov 2026 21:15:04 +0000",
     "h.test", "x.test", "h.test", "192.0.2.1", "y", "esmtps", "1abc-02",
     "c@d.test", true},
    {"the address itself", "from [192.0.2.1] (helo=x.test) by y", "[192.0.2.1]",
     "x.test", "", "192.0.2.1", "y", "", "", "", false},
    {"HELO in a comment of its own",
     "from unknown (HELO x.test) (192.0.2.1) by 0 with SMTP; 20 Nov 2026 "
     "21:15:04 -0000",
     "unknown", "x.test", "", "192.0.2.1", "0", "SMTP", "", "", true},
    {"with of several words",
     "from A.test (2001:db8::1) by B.test (2001:db8::2) with Big SMTP Server"
     " (version=1) id 15.20; Fri, 20 Nov 2026 21:15:04 +0000",
     "A.test", "A.test", "", "2001:db8::1", "B.test", "Big SMTP Server",
     "15.20", "", true},
    {"what TLS was spoken is no name",
     "from x (using TLSv1.3 with cipher A.B (1/2 bits)) by y", "x", "x", "", "",
     "y", "", "", "", false},
    {"by alone", "by 2001:db8::1 with SMTP id q; Fri, 20 Nov 2026 21:15:04 Z",
     "", "", "", "", "2001:db8::1", "SMTP", "q", "", true},
    {"a host named as a clause is", "from by by with with id", "by", "by", "",
     "", "with", "id", "", "", false},
    {"only a comment", "(invoked by uid 500); 20 Nov 2026 21:15:04 -0000", "",
     "", "", "", "", "", "", "", true},
    {"nothing", "", "", "", "", "", "", "", "", "", false},
    {"angle and quotes", "for <\"a b\"@c.test>; x", "", "", "", "", "", "", "",
     "\"a b\"@c.test", false},
    {"an octet too large", "from x (h [192.0.2.256]) by y", "x", "x", "", "",
     "y", "", "", "", false},
};

TEST(Received, Forms) {
  Received read;  // reused: nothing stays of the case before
  for (const auto& c : kCases) {
    parse_received(c.value, read);
    EXPECT_EQ(read.from, c.from) << c.why;
    EXPECT_EQ(read.helo, c.helo) << c.why;
    EXPECT_EQ(read.reverse_dns, c.reverse_dns) << c.why;
    EXPECT_EQ(read.ip, c.ip) << c.why;
    EXPECT_EQ(read.by, c.by) << c.why;
    EXPECT_EQ(read.with, c.with) << c.why;
    EXPECT_EQ(read.id, c.id) << c.why;
    EXPECT_EQ(read.for_recipient, c.for_recipient) << c.why;
    EXPECT_EQ(read.date.has_value(), c.dated) << c.why;
  }
  EXPECT_EQ(parse_received("from a via UUCP by b").via, "UUCP");
}

TEST(Received, TextIsSafe) {
  using namespace std::string_view_literals;
  const auto read = parse_received(
      "from a\x1b[2J\0b (h\xfc [192.0.2.1]) by \xc2\x85"sv);
  for (const auto& text : {read.from, read.reverse_dns, read.by}) {
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_FALSE(has_line_break_or_nul(text));
    EXPECT_EQ(text.find('\x1b'), text.npos);
  }
}

TEST(Received, HostileValuesAreLinear) {
  for (const auto* piece : {"(", "from ", "with x ", ";", "<", "(a)", "[", "from x ("}) {
    std::string value;
    for (int i = 0; i < 200'000; ++i) value += piece;
    EXPECT_LE(parse_received(value).with.size(), 1000u) << piece;
  }
}

}  // namespace
}  // namespace mailtool::mime
