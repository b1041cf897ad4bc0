#include "mailtool/imap/base_subject.h"

#include <gtest/gtest.h>

namespace mailtool::imap {
namespace {

struct Case {
  const char* subject;
  const char* base;
};

const Case kCases[] = {
    {"", ""},
    {"lunch", "lunch"},
    {"Re: lunch", "lunch"},
    {"RE : Fw: fwd: lunch", "lunch"},
    {"re[2]: lunch", "lunch"},
    {"Re [list]: lunch (fwd) (FWD)  ", "lunch"},
    {"[list] Re: [other] lunch", "lunch"},
    {"[a][b] lunch", "lunch"},
    {"[list]", "[list]"},
    {"[list] [other]", "[other]"},
    {"[open lunch", "[open lunch"},
    {"[Fwd: Re: lunch]", "lunch"},
    {"[fwd: [fwd: lunch (fwd)]] (fwd)", "lunch"},
    {"a \t b\r\n c", "a b c"},
    {"  Re:", ""},
    {"regards: x", "regards: x"},
    {"Re: Gr\xc3\xbc\xc3\x9f"
     "e",
     "Gr\xc3\xbc\xc3\x9f"
     "e"},
};

TEST(BaseSubject, Table) {
  for (const auto& c : kCases) {
    EXPECT_EQ(base_subject(c.subject), c.base) << c.subject;
  }
}

TEST(BaseSubject, RepliesAndForwards) {
  for (const auto* subject :
       {"Re: lunch", "lunch (fwd)", "[Fwd: lunch]", "[list] re: lunch",
        "  Re:", "[fwd: [list]]"}) {
    bool reply = false;
    (void)base_subject(subject, &reply);
    EXPECT_TRUE(reply) << subject;
  }
  for (const auto* subject :
       {"", "lunch", "[list] lunch", "regards: x", "(fwd) lunch", " lunch "}) {
    bool reply = true;
    (void)base_subject(subject, &reply);
    EXPECT_FALSE(reply) << subject;
  }
}

TEST(BaseSubject, LongOnesEnd) {
  std::string blobs;
  for (int i = 0; i < 100'000; ++i) blobs += "[x]";
  EXPECT_LE(base_subject(blobs).size(), kMaxSubject);
  EXPECT_LE(base_subject(std::string(1'000'000, '[')).size(), kMaxSubject);
  std::string replies;
  for (int i = 0; i < 300; ++i) replies += "re:";
  EXPECT_EQ(base_subject(replies + "x"), "x");
}

}  // namespace
}  // namespace mailtool::imap
