#include "serve/known_headers.h"

#include <gtest/gtest.h>

#include <string>

#include "dialogue/serve/fake_store.h"
#include "mailtool/mime/collation.h"
#include "mailtool/mime/parser.h"

namespace mailtool::serve {
namespace {

KnownHeader header_of(std::string_view text) {
  mime::Parser parser;
  parser.feed(text);
  return KnownHeader(parser.finish());
}

TEST(KnownHeader, HasFieldsDecodedAndFolded) {
  const auto header = header_of(
      "Subject: =?utf-8?Q?=C3=BC?=ber\r\n\tlong\r\nTo: a@x.example\r\n"
      "to: b@x.example\r\nX-Odd: c\r\nDate: Fri, 20 Nov 2026 12:00:00 +0100\r\n"
      "Cc:\r\n\r\nFrom: body\r\n");
  struct Row {
    const char* field;
    const char* text;
    bool found;
  };
  for (const auto& row :
       {Row{"SUBJECT", "\xc3\x9c" "BER", true}, Row{"Subject", "long", true},
        Row{"TO", "A@X", true}, Row{"TO", "b@x", true}, Row{"TO", "", true},
        // Not over the end of a field.
        Row{"TO", "example\nTb", false}, Row{"CC", "", true},
        Row{"CC", "a", false}, Row{"BCC", "", false}, Row{"FROM", "", false}}) {
    EXPECT_EQ(header.contains(KnownHeader::tag_of(row.field),
                              mime::collation_key(row.text)),
              row.found)
        << row.field << " " << row.text;
  }
  EXPECT_EQ(KnownHeader::tag_of("X-Odd"), 0);
  ASSERT_TRUE(header.sent());
  // Noon of that day, whatever the zone.
  EXPECT_EQ(*header.sent(), 1'795'176'000);
  EXPECT_FALSE(header_of("Date: never\r\n\r\n").sent());
}

TEST(KnownHeaders, AreBoundedTogether) {
  FakeStore store;
  store.mailboxes->add("Old");
  auto& all = KnownHeadersOfAll::of(store);
  EXPECT_EQ(&KnownHeadersOfAll::of(store), &all);
  const auto old = all.of(*store.mailboxes->open("Old"));
  const auto inbox = all.of(*store.mailboxes->open("INBOX"));
  EXPECT_EQ(all.of(*store.mailboxes->open("Old")), old);
  EXPECT_EQ(all.of(*store.mailboxes->open("INBOX")), inbox);
  const auto header =
      header_of("Subject: " + std::string(3000, 'a') + "\r\n\r\n");
  old->keep(1, header);
  // What is large is not kept.
  old->keep(2, header_of("Subject: " + std::string(9000, 'a') + "\r\n\r\n"));
  EXPECT_NE(old->find(1), nullptr);
  EXPECT_EQ(old->find(2), nullptr);
  std::uint32_t uid = 0;
  while (old->find(1) != nullptr) {
    ASSERT_LT(uid, 30'000u);
    inbox->keep(++uid, header);
    ASSERT_LE(all.octets(), KnownHeadersOfAll::kOctets);
  }
  // The mailbox that is searched now keeps its own.
  EXPECT_NE(inbox->find(1), nullptr);
  EXPECT_NE(inbox->find(uid), nullptr);
  inbox->clear();
  EXPECT_EQ(all.octets(), 0u);
}

TEST(KnownHeaders, GoWithTheMailbox) {
  FakeStore store;
  store.mailboxes->add("Old");
  auto& all = KnownHeadersOfAll::of(store);
  all.of(*store.mailboxes->open("Old"))->keep(1, header_of("To: a\r\n\r\n"));
  EXPECT_GT(all.octets(), 0u);
  ASSERT_TRUE(store.mailboxes->remove("Old"));
  (void)all.of(*store.mailboxes->open("INBOX"));
  EXPECT_EQ(all.octets(), 0u);
}

}  // namespace
}  // namespace mailtool::serve
