#include "mailtool/mime/partial.h"

#include <gtest/gtest.h>

namespace mailtool::mime {
namespace {

using Outcome = FragmentCollector::Outcome;

TEST(ParseFragment, Table) {
  EXPECT_EQ(parse_fragment("Message/Partial; number=2; total=3;\r\n"
                           " id=\"oc=jpbe0M2Yt4s@thumper.example\""),
            (Fragment{"oc=jpbe0M2Yt4s@thumper.example", 2, 3}));
  EXPECT_EQ(parse_fragment("message/partial; id=a; number=1"),
            (Fragment{"a", 1, 0}));
  for (const char* bad :
       {"", "text/plain; id=a; number=1", "message/partial",
        "message/partial; id=a", "message/partial; number=1",
        "message/partial; id=\"\"; number=1", "message/partial; id=a; number=0",
        "message/partial; id=a; number=-1",
        "message/partial; id=a; number=100001",
        "message/partial; id=a; number=3; total=2",
        "message/partial; id=a; number=1; total=x"}) {
    EXPECT_FALSE(parse_fragment(bad)) << bad;
  }
}

// The example of RFC 2046 section 5.2.2.2.
TEST(MergeFragmentHeaders, Example) {
  constexpr std::string_view outer =
      "X-Weird-Header-1: Foo\r\n"
      "From: Bill@host.example\r\n"
      "To: joe@otherhost.example\r\n"
      "Date: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\r\n"
      "Subject: Audio mail (part 1 of 2)\r\n"
      "Message-ID: <id1@host.example>\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-type: message/partial; id=\"ABC@host.example\";\r\n"
      "              number=1; total=2\r\n"
      "\r\n";
  constexpr std::string_view inner =
      "X-Weird-Header-1: Bar\n"
      "X-Weird-Header-2: Hello\n"
      "Message-ID: <anotherid@foo.example>\n"
      "Subject: Audio mail\n"
      "MIME-Version: 1.0\n"
      "Content-type: audio/basic;\n"
      " name=a\n"
      "Content-transfer-encoding: base64\n"
      "\n"
      "first half of encoded audio data\n";
  EXPECT_EQ(merge_fragment_headers(outer, inner),
            "X-Weird-Header-1: Foo\r\n"
            "From: Bill@host.example\r\n"
            "To: joe@otherhost.example\r\n"
            "Date: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\r\n"
            "Message-ID: <anotherid@foo.example>\r\n"
            "Subject: Audio mail\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-type: audio/basic;\r\n"
            " name=a\r\n"
            "Content-transfer-encoding: base64\r\n"
            "\r\n");
  EXPECT_EQ(inner.substr(inner_header_octets(inner)),
            "first half of encoded audio data\n");
}

TEST(MergeFragmentHeaders, OddHeaders) {
  EXPECT_EQ(merge_fragment_headers("", ""), "\r\n");
  EXPECT_EQ(merge_fragment_headers("no field\n folded\nA : 1\n b\nC: 2",
                                   "Content-X: 1\nContent-Y\n folded\nB: 2\n"),
            "A : 1\r\n b\r\nC: 2\r\nContent-X: 1\r\n\r\n");
  EXPECT_EQ(
      merge_fragment_headers(" folded\nA: 1\n\nB: 2\n", "\nSubject: no\n"),
      "A: 1\r\n\r\n");
}

TEST(InnerHeaderOctets, Ends) {
  EXPECT_EQ(inner_header_octets(""), 0u);
  EXPECT_EQ(inner_header_octets("A: 1"), 4u);
  EXPECT_EQ(inner_header_octets("A: 1\n"), 5u);
  EXPECT_EQ(inner_header_octets("A: 1\r\n\r\nbody\r\n\r\n"), 8u);
  EXPECT_EQ(inner_header_octets("\nbody"), 1u);
}

TEST(FragmentCollector, AnyOrder) {
  FragmentCollector collector;
  EXPECT_EQ(collector.add({"b", 2, 0}, 20), Outcome::taken);
  EXPECT_EQ(collector.add({"a", 3, 3}, 3), Outcome::taken);
  EXPECT_EQ(collector.add({"a", 1, 0}, 1), Outcome::taken);
  EXPECT_EQ(collector.add({"a", 1, 0}, 9), Outcome::duplicate);
  EXPECT_FALSE(collector.messages()[1].complete);
  EXPECT_EQ(collector.add({"a", 2, 3}, 2), Outcome::taken);
  EXPECT_EQ(collector.add({"b", 1, 0}, 10), Outcome::taken);
  const auto messages = collector.messages();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].id, "b");
  EXPECT_EQ(messages[0].present, 2u);
  EXPECT_FALSE(messages[0].complete);  // none told the total
  EXPECT_EQ(messages[1].id, "a");
  EXPECT_TRUE(messages[1].complete);
  EXPECT_EQ(collector.order("a"), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(collector.order("b"), (std::vector<std::uint64_t>{10, 20}));
  EXPECT_TRUE(collector.order("c").empty());
}

TEST(FragmentCollector, Contradictions) {
  FragmentCollector collector;
  EXPECT_EQ(collector.add({"a", 1, 2}, 1), Outcome::taken);
  EXPECT_EQ(collector.add({"a", 2, 3}, 7), Outcome::contradiction);
  EXPECT_EQ(collector.add({"a", 3, 0}, 8), Outcome::contradiction);
  EXPECT_EQ(collector.add({"a", 2, 2}, 2), Outcome::taken);
  EXPECT_EQ(collector.add({"b", 4, 0}, 4), Outcome::taken);
  EXPECT_EQ(collector.add({"b", 3, 3}, 3), Outcome::contradiction);
  EXPECT_EQ(collector.add({"c", 1, 0}, 1), Outcome::taken);
  EXPECT_EQ(collector.add({"c", 1, 1}, 2), Outcome::duplicate);
  const auto messages = collector.messages();
  EXPECT_TRUE(messages[0].complete && messages[0].contradictory);
  EXPECT_EQ(collector.order("a"), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(!messages[1].complete && messages[1].contradictory);
  EXPECT_TRUE(messages[2].complete && !messages[2].contradictory);
}

TEST(FragmentCollector, Limits) {
  FragmentCollector collector;
  for (std::uint32_t i = 1; i <= kMaxFragments; ++i) {
    ASSERT_EQ(collector.add({"a", i, 0}, i), Outcome::taken);
  }
  EXPECT_EQ(collector.add({"b", 1, 0}, 1), Outcome::refused);
  FragmentCollector long_ids;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < 9000; ++i) {
    auto id = std::to_string(i) + "@";
    id.resize(998, 'x');
    if (long_ids.add({id, 1, 1}, i) == Outcome::taken) ++taken;
  }
  EXPECT_EQ(taken, kMaxFragmentIdOctets / 998);
}

}  // namespace
}  // namespace mailtool::mime
