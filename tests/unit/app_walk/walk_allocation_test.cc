// A run over many messages asks for no memory once it has seen the largest.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/part_walk.h"
#include "mailtool/mime/header_check.h"
#include "mailtool/mime/parser.h"
#include "unit/mime/allocation_count.h"

namespace mailtool::app {
namespace {

// What an mbox holds.
std::vector<std::string> messages() {
  const std::string header =
      "Received: from b.test (b.test [192.0.2.1]) by a.test with ESMTPS;\n"
      "\tFri, 20 Nov 2026 12:00:00 +0100\n"
      "From: =?utf-8?q?Andr=C3=A9?= Pirard <pirard@example.org>\n"
      "To: Bob <bob@hamburger.edu>, \"Doe, Jane\" <jane.doe@example.org>\n"
      "Subject: =?iso-8859-1?Q?Gr=FC=DFe?= und mehr\n"
      "Date: Fri, 20 Nov 2026 12:00:00 +0100\n"
      "Message-ID: <20261120120000.a-long-identifier@mail.example.org>\n";
  return {
      header + "\njust text, and some more of it\n",
      header + "Content-Type: text/plain; charset=\"iso-8859-1\"\n"
               "Content-Transfer-Encoding: quoted-printable\n\ngr=FCn =\nx\n",
      header +
          "Content-Type: multipart/mixed; boundary=\"=_0123456789abcdef\"\n\n"
          "--=_0123456789abcdef\n"
          "Content-Type: multipart/alternative; boundary=inner-boundary-1\n\n"
          "--inner-boundary-1\n\ntext\n--inner-boundary-1\n"
          "Content-Type: text/html; charset=utf-8\n\n<p>gr\xc3\xbcn\n"
          "--inner-boundary-1--\n--=_0123456789abcdef\n"
          "Content-Type: application/pdf; name=\"a document with a name.pdf\"\n"
          "Content-Disposition: attachment;\n"
          " filename*0=\"a document with \"; filename*1=\"a name.pdf\"\n"
          "Content-Transfer-Encoding: base64\n\n" +
          std::string(76, 'A') + "\n" + std::string(76, 'b') +
          "\n--=_0123456789abcdef--\n",
      header + "Content-Type: text/plain; charset=koi8-r\n\n\xc1\xc2\n",
  };
}

TEST(PartWalk, NoMemoryFromMessageToMessage) {
  PartWalk walk({.digests = true, .limits = {}, .policy = {}, .parser = {}});
  mime::Parser parser({}, &walk);
  mime::HeaderCheck check;
  const auto all = messages();
  std::size_t parts = 0;
  const auto run = [&] {
    for (const auto& message : all) {
      walk.begin_message(false);
      parser.begin();
      parser.feed(message);
      auto& structure = parser.finish();
      walk.end_message(structure);
      check.check(structure);
      parts += structure.parts.size();
    }
  };
  for (int warm = 0; warm < 3; ++warm) run();
  const auto before = test::allocations();
  for (int again = 0; again < 50; ++again) run();
  EXPECT_EQ(test::allocations() - before, 0U);
  EXPECT_EQ(parts, 53U * 8);
}

}  // namespace
}  // namespace mailtool::app
