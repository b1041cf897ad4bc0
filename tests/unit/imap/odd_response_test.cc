// Nothing a server says in one response may stop the next one from being read.

#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

// clang-format off
const char* const kOdd[] = {
  "* STATUS \"INBOX\" ()\r\n",
  "* STATUS INBOX (MESSAGES 0) \r\n",
  "* ESEARCH\r\n",
  "* SEARCH (MODSEQ\r\n",
  "* FLAGS\r\n",
  "* FLAGS NIL\r\n",
  "* LIST (\\Noselect \"/\" x\r\n",
  "* LIST () \"/\" {3}\r\n\r\n\r\r\n",
  "* 1 FETCH\r\n",
  "* 1 FETCH ()\r\n",
  "* 1 FETCH (((((\r\n",
  "* 1 FETCH )))\r\n",
  "* 1 FETCH (BODY[\r\n",
  "* 1 FETCH (BODY[] \r\n",
  "* 1 FETCH (BODY[] {2}\r\n\"( {1}\r\n\" X {0}\r\n)\r\n",
  "* 1 FETCH (ENVELOPE \"\"\"\" BODYSTRUCTURE (\"\"\r\n",
  "* 1 FETCH (BODYSTRUCTURE ((((()))) NIL))\r\n",
  "* 1 FETCH (BODYSTRUCTURE (\"a\" (\"b\" (\"c\" (\"d\"))))))\r\n",
  "* OK [COPYUID 5] odd\r\n",
  "* OK [\r\n",
  "* OK []\r\n",
  "* [\r\n",
  "* \r\n",
  "* NAMESPACE garbage (((\r\n",
  "* ENABLED\r\n",
  "* ID NIL\r\n",
  "* QUOTA \"\" (STORAGE\r\n",
  "* VANISHED (EARLIER)\r\n",
  "* VANISHED 0\r\n",
  "* \x01\x02\xff\xfe\r\n",
  "+\r\n",
  "+ {12}\r\n",
  " FLAGS (\\Seen))\r\n",
};
// clang-format on

TEST(OddResponse, TheNextOneIsRead) {
  for (const auto* odd : kOdd) {
    const auto all = test::frame_all(std::string(odd) + "A1 OK\r\n");
    ASSERT_EQ(all.size(), 2u) << odd;
    (void)parse_response(all[0]);
    const auto next = parse_response(all[1]);
    const auto* status = std::get_if<StatusResponse>(&next);
    ASSERT_NE(status, nullptr) << odd;
    EXPECT_EQ(status->tag, "A1") << odd;
  }
}

TEST(OddResponse, NulIsAnOctetLikeAnother) {
  const std::string wire("* 1 FETCH (UID 5 FLAGS (a\0b))\r\n", 31);
  const auto fetch = test::parse_as<FetchData>(wire);
  EXPECT_EQ(fetch.uid, 5u);
}

}  // namespace
}  // namespace mailtool::imap
