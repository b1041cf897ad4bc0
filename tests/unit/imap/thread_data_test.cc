// The answer to THREAD: RFC 5256 section 4.

#include <sstream>

#include "framed.h"

namespace mailtool::imap::test {
namespace {

// "uid:depth:root:parent", one after the other.
std::string places(std::string_view lists) {
  const auto data =
      parse_as<ThreadData>("* THREAD " + std::string(lists) + "\r\n");
  if (data.malformed) return "malformed";
  std::ostringstream out;
  for (const auto& place : data.places) {
    out << (out.tellp() > 0 ? " " : "") << place.uid << ':' << place.depth
        << ':' << place.root << ':' << place.parent;
  }
  return out.str();
}

TEST(ThreadData, Examples) {
  EXPECT_EQ(places("(2)(3 6 (4 23)(44 7 96))"),
            "2:0:2:0 3:0:3:0 6:1:3:3 4:2:3:6 23:3:3:4 44:2:3:6 7:3:3:44 "
            "96:4:3:7");
  EXPECT_EQ(places("((3)(5))"), "3:0:3:0 5:1:3:0");
  EXPECT_EQ(places("((3 4)(5 6))(7)"),
            "3:0:3:0 4:1:3:3 5:1:3:0 6:2:3:5 7:0:7:0");
  EXPECT_EQ(places(""), "");
}

TEST(ThreadData, OddOnes) {
  EXPECT_EQ(places("((3))"), "3:0:3:0");
  EXPECT_EQ(places(" ( 3  4 ) (5) "), "3:0:3:0 4:1:3:3 5:0:5:0");
  EXPECT_EQ(places("()(3)"), "3:0:3:0");
  EXPECT_EQ(places("(3))(4)"), "3:0:3:0 4:0:4:0");
  EXPECT_EQ(places("(3 4"), "3:0:3:0 4:1:3:3");
  EXPECT_EQ(places("3 4"), "3:0:3:0 4:0:4:0");
  EXPECT_EQ(places("(3 (4)"), "3:0:3:0 4:1:3:3");
}

TEST(ThreadData, NoNumbers) {
  for (const auto* lists :
       {"(0)", "(x)", "(3 \"4\")", "(4294967296)", "(4294967295)", "(-1)",
        "(3 {5})"}) {
    EXPECT_EQ(places(lists), "malformed") << lists;
  }
}

TEST(ThreadData, DeepOnes) {
  const auto wire = [](std::size_t depth) {
    return "* THREAD " + std::string(depth, '(') + "7" +
           std::string(depth, ')') + "\r\n";
  };
  EXPECT_EQ(parse_as<ThreadData>(wire(kMaxThreadNesting)).places.size(), 1u);
  EXPECT_TRUE(parse_as<ThreadData>(wire(kMaxThreadNesting + 1)).malformed);
  EXPECT_TRUE(parse_as<ThreadData>(wire(4'000'000)).malformed);

  std::string chain = "* THREAD (1";
  for (int uid = 2; uid <= 100'000; ++uid) chain += " " + std::to_string(uid);
  const auto data = parse_as<ThreadData>(chain + ")\r\n");
  ASSERT_EQ(data.places.size(), 100'000u);
  EXPECT_EQ(data.places.back(), (ThreadPlace{100'000, 99'999, 1, 99'999}));
}

}  // namespace
}  // namespace mailtool::imap::test
