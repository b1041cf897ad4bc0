#include "app/imap_utf8_header.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::app {
namespace {

struct Case {
  const char* why;
  std::string message;
  bool found;
};

const Case kCases[] = {
    {"ASCII", "Subject: a\r\n\r\nb\r\n", false},
    {"in the body alone", "Subject: a\r\n\r\n안녕\r\n", false},
    {"in the body, LF", "Subject: a\n\n안녕\n", false},
    {"in the header", "Subject: 안녕\r\n\r\nb\r\n", true},
    {"in the header, LF", "From: a\nSubject: 안녕\n\nb\n", true},
    {"no body", "Subject: 안녕", true},
    {"four octets", "Subject: 📧\r\n", true},
    {"latin-1", "Subject: Gr\xfc\xdf\x65\r\n\r\n", false},
    {"both", "Subject: 안녕\r\nFrom: Gr\xfc\xdf\x65\r\n\r\n", false},
    {"cut at the end of the line", "Subject: \xec\x95\r\nX: y\r\n\r\n", false},
    {"cut at the end", "Subject: \xec\x95", false},
    {"a body that is none", "Subject: 안녕\r\n\r\n\xff\xff\r\n", true},
    {"nothing", "", false},
};

TEST(ImapUtf8Header, InPiecesOfAnySize) {
  for (const auto& one : kCases) {
    for (const std::size_t piece : {1u, 2u, 3u, 5u, 100u}) {
      Utf8Header header;
      for (std::string_view rest = one.message; !rest.empty();
           rest.remove_prefix(std::min(piece, rest.size()))) {
        header.write(rest.substr(0, piece));
      }
      EXPECT_EQ(header.found(), one.found) << one.why << ", " << piece;
    }
  }
}

}  // namespace
}  // namespace mailtool::app
