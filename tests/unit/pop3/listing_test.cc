#include "mailtool/pop3/listing.h"

#include <gtest/gtest.h>

namespace mailtool::pop3 {
namespace {

TEST(Pop3Listing, Stat) {
  EXPECT_EQ(parse_stat("2 320")->count, 2u);
  EXPECT_EQ(parse_stat("2 320")->octets, 320u);
  EXPECT_EQ(parse_stat("0 0")->count, 0u);
  EXPECT_EQ(parse_stat("3 -1")->octets, std::nullopt);
  EXPECT_EQ(parse_stat("3")->count, 3u);
  for (const char* text :
       {"", " ", "x", "-1 0", "4294967295 1", "99999999999999999999 1", "1x 2",
        "+1 2", "10000001 2"}) {
    const auto stat = parse_stat(text);
    ASSERT_FALSE(stat) << text;
    EXPECT_EQ(stat.error().kind, ErrorKind::protocol) << text;
  }
}

TEST(Pop3Listing, SizesThatLie) {
  EXPECT_EQ(parse_list_line("1 120")->octets, 120u);
  EXPECT_EQ(parse_list_line("1 4294967295")->octets, 4294967295u);
  EXPECT_EQ(parse_list_line("1 18446744073709551615")->octets, std::nullopt);
  EXPECT_EQ(parse_list_line("1 -1")->octets, std::nullopt);
  EXPECT_EQ(parse_list_line("1")->octets, std::nullopt);
  EXPECT_EQ(parse_list_line("1 120 more words")->octets, 120u);
  for (const char* line : {"", "0 1", "-1 1", "x 1", "4294967297 1"}) {
    EXPECT_FALSE(parse_list_line(line)) << line;
  }
}

TEST(Pop3Listing, IdsThatAreNone) {
  EXPECT_EQ(parse_uidl_line("1 whqtswO00WBw418f9t5JxYwZ")->uid,
            "whqtswO00WBw418f9t5JxYwZ");
  EXPECT_EQ(parse_uidl_line("2 ../../x")->uid, "../../x");
  EXPECT_EQ(parse_uidl_line("1 " + std::string(70, 'u'))->uid.size(), 70u);
  for (const auto& line :
       {std::string("1"), std::string("1 "), "1 " + std::string(71, 'u'),
        "1 " + std::string(5000, 'u'), std::string("1 a b"),
        std::string("1 a\x1b"), std::string("1 a\x80"),
        std::string("1 a\0b", 5)}) {
    const auto uidl = parse_uidl_line(line);
    ASSERT_TRUE(uidl) << line;
    EXPECT_EQ(uidl->number, 1u);
    EXPECT_EQ(uidl->uid, "") << line;
  }
  EXPECT_FALSE(parse_uidl_line("0 x"));
  EXPECT_FALSE(parse_uidl_line("x"));
}

TEST(Pop3Maildrop, HoldsWhatWasListed) {
  Maildrop maildrop;
  ASSERT_TRUE(maildrop.add_size({2, 20}, 3));  // order is not promised
  ASSERT_TRUE(maildrop.add_size({1, 10}, 3));
  EXPECT_TRUE(maildrop.complete());
  ASSERT_TRUE(maildrop.add_size({3, std::nullopt}, 3));
  ASSERT_TRUE(maildrop.add_uid({1, "a"}));
  ASSERT_TRUE(maildrop.add_uid({3, "c"}));
  EXPECT_EQ(maildrop.size(), 3u);
  EXPECT_EQ(maildrop.octets(2), 20u);
  EXPECT_EQ(maildrop.octets(3), std::nullopt);
  EXPECT_EQ(maildrop.uid(1), "a");
  EXPECT_EQ(maildrop.uid(2), "");
  EXPECT_EQ(maildrop.uid(3), "c");
}

TEST(Pop3Maildrop, NumbersThatRepeat) {
  Maildrop maildrop;
  ASSERT_TRUE(maildrop.add_size({1, 10}, 2));
  ASSERT_TRUE(maildrop.add_size({1, 20}, 2));
  ASSERT_TRUE(maildrop.add_size({2, 30}, 2));
  EXPECT_EQ(maildrop.octets(1), 10u);
  EXPECT_EQ(maildrop.count(), 2u);
  EXPECT_TRUE(maildrop.add_uid({1, "a"}));
  EXPECT_FALSE(maildrop.add_uid({1, "a"}));
  EXPECT_EQ(maildrop.uid(1), "a");
  EXPECT_TRUE(maildrop.add_uid({2, "b"}));
  EXPECT_EQ(maildrop.without_uid(), 0u);
  // Two ids for one message: none, however often they come.
  for (const char* uid : {"c", "b", "c"}) {
    EXPECT_FALSE(maildrop.add_uid({2, uid}));
    EXPECT_EQ(maildrop.uid(2), "");
    EXPECT_EQ(maildrop.without_uid(), 1u);
  }
  EXPECT_EQ(maildrop.passed_over(), 5u);
}

TEST(Pop3Maildrop, NumbersThatUidlAloneKnows) {
  Maildrop maildrop;
  ASSERT_TRUE(maildrop.add_size({2, 10}, 3));
  EXPECT_FALSE(maildrop.add_uid({1, "a"}));
  EXPECT_TRUE(maildrop.add_uid({2, "b"}));
  EXPECT_FALSE(maildrop.add_uid({3, "c"}));
  EXPECT_EQ(maildrop.size(), 2u);
  EXPECT_EQ(maildrop.count(), 1u);
  EXPECT_FALSE(maildrop.listed(1));
  EXPECT_TRUE(maildrop.listed(2));
  EXPECT_EQ(maildrop.uid(1), "");
  EXPECT_FALSE(maildrop.complete());
}

TEST(Pop3Maildrop, NumbersThatStatDoesNotCount) {
  Maildrop maildrop;
  ASSERT_TRUE(maildrop.add_size({1, 10}, 1));
  ASSERT_TRUE(maildrop.add_size({7, 10}, 1));
  EXPECT_EQ(maildrop.count(), 2u);
  // Nor anything that no count could stand for.
  for (const std::uint32_t number : {0u, listing_bound(1) + 1, 4294967295u}) {
    ASSERT_TRUE(maildrop.add_size({number, 1}, 1));
    EXPECT_FALSE(maildrop.add_uid({number, "u"}));
  }
  EXPECT_EQ(maildrop.size(), 7u);
}

TEST(Pop3Maildrop, AHugeNumberBuysNoMemory) {
  Maildrop maildrop;
  const auto far = maildrop.add_size({kMaxMessages, 1}, kMaxMessages);
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().kind, ErrorKind::protocol);
  EXPECT_EQ(maildrop.size(), 0u);
  ASSERT_TRUE(maildrop.add_size({50'000, 1}, 50'000));  // the last one first
  EXPECT_EQ(maildrop.count(), 1u);
}

TEST(Pop3Maildrop, KeepsManyUids) {
  Maildrop maildrop;
  const std::uint32_t count = 20'000;
  for (std::uint32_t n = 1; n <= count; ++n) {
    ASSERT_TRUE(maildrop.add_size({n, n}, count));
    const auto uid = "uid-" + std::to_string(n) + std::string(n % 50, 'x');
    ASSERT_TRUE(maildrop.add_uid({n, uid}));
  }
  EXPECT_EQ(maildrop.uid(1), "uid-1x");
  EXPECT_EQ(maildrop.uid(19'999), "uid-19999" + std::string(49, 'x'));
}

}  // namespace
}  // namespace mailtool::pop3
