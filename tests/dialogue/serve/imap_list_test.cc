// LIST and LSUB, in all their forms.

#include "imap_fixture.h"
#include "serve/imap_hierarchy.h"

namespace mailtool::serve {
namespace {

class ImapListTest : public ImapServerTest {
 protected:
  void SetUp() override {
    ImapServerTest::SetUp();
    auto& boxes = *store.mailboxes;
    EXPECT_TRUE(boxes.create("Fruit/Apple", ""));
    EXPECT_TRUE(boxes.create("Fruit", ""));
    EXPECT_TRUE(boxes.create("Fruit.x", ""));
    EXPECT_TRUE(boxes.create("Old/2025/Sent", "\\Sent"));
    EXPECT_TRUE(boxes.subscribe("Fruit/Peach/Flat", true));
    EXPECT_TRUE(boxes.subscribe("INBOX", true));
  }
};

TEST_P(ImapListTest, Levels) {
  play(kLogin + R"(
C: b LIST "" %
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasChildren) "/" "Fruit"
S: * LIST (\HasNoChildren) "/" "Fruit.x"
S: * LIST (\Noselect \HasChildren) "/" "Old"
S: b OK done
C: c LIST "Old/" %
S: * LIST (\Noselect \HasChildren) "/" "Old/2025"
S: c OK done
C: d LIST "" *%/Sent
S: * LIST (\HasNoChildren \Sent) "/" "Old/2025/Sent"
S: d OK done
C: e LIST "" inbox
S: * LIST (\HasNoChildren) "/" "INBOX"
S: e OK done
C: f LSUB "" *
S: * LSUB () "/" "INBOX"
S: * LSUB () "/" "Fruit/Peach/Flat"
S: f OK done
C: g LSUB "" %
S: * LSUB () "/" "INBOX"
S: * LSUB (\Noselect) "/" "Fruit"
S: g OK done
C: h LSUB "" Fruit/%
S: * LSUB (\Noselect) "/" "Fruit/Peach"
S: h OK done
C: i LSUB "" ""
S: * LSUB (\Noselect) "/" ""
S: i OK done
C: j UNSUBSCRIBE Fruit/Nothing
S: j OK done
)");
}

TEST_P(ImapListTest, Selection) {
  play(kLogin + R"(
C: b LIST (SUBSCRIBED) "" *
S: * LIST (\Subscribed \HasNoChildren) "/" "INBOX"
S: * LIST (\Subscribed \NonExistent) "/" "Fruit/Peach/Flat"
S: b OK done
C: c LIST (SUBSCRIBED REMOTE RECURSIVEMATCH) "" %
S: * LIST (\Subscribed \HasNoChildren) "/" "INBOX"
S: * LIST (\HasChildren) "/" "Fruit" ("CHILDINFO" ("SUBSCRIBED"))
S: c OK done
C: d LIST (SPECIAL-USE) "" *
S: * LIST (\HasNoChildren \Sent) "/" "Old/2025/Sent"
S: d OK done
C: e LIST (recursivematch special-use) "" %
S: * LIST (\NonExistent \HasChildren) "/" "Old" ("CHILDINFO" ("SPECIAL-USE"))
S: e OK done
C: f LIST (SUBSCRIBED SPECIAL-USE RECURSIVEMATCH) "" *
S: f OK done
C: g LIST (RECURSIVEMATCH) "" *
S: g BAD no such selection
C: h LIST (RECURSIVEMATCH REMOTE) "" *
S: h BAD no such selection
C: i LIST (WEATHER) "" *
S: i BAD no such selection
C: j LIST () "" ""
S: j OK done
C: k LIST "" ("INBOX" "Fruit/%" "Old/%/%")
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasNoChildren) "/" "Fruit/Apple"
S: * LIST (\HasNoChildren \Sent) "/" "Old/2025/Sent"
S: k OK done
C: l LIST "" ()
S: l BAD a pattern is missing
C: m LSUB (SUBSCRIBED) "" *
S: m BAD LSUB reference pattern
C: n LIST ""
S: n BAD LIST reference pattern
C: o LIST () ""
S: o BAD LIST reference pattern
)");
}

TEST_P(ImapListTest, Return) {
  store.inbox().put("a\r\n", kSeen);
  store.inbox().put("bcd\r\n", kDeleted);
  play(kLogin + R"(
C: b LIST "" (INBOX Old* Fruit/Peach) RETURN (STATUS (MESSAGES unseen DELETED SIZE) SUBSCRIBED CHILDREN SPECIAL-USE)
S: * LIST (\Subscribed \HasNoChildren) "/" "INBOX"
S: * STATUS "INBOX" (MESSAGES 2 UNSEEN 1 DELETED 1 SIZE 8)
S: * LIST (\NonExistent \HasChildren) "/" "Old"
S: * LIST (\NonExistent \HasChildren) "/" "Old/2025"
S: * LIST (\HasNoChildren \Sent) "/" "Old/2025/Sent"
S: * STATUS "Old/2025/Sent" (MESSAGES 0 UNSEEN 0 DELETED 0 SIZE 0)
S: b OK done
C: c LIST (SUBSCRIBED) "" Fruit* RETURN (STATUS (MESSAGES))
S: * LIST (\Subscribed \NonExistent) "/" "Fruit/Peach/Flat"
S: c OK done
C: d LIST "" % RETURN (STATUS)
S: d BAD no such return option
C: e LIST "" % RETURN (STATUS ())
S: e BAD no such return option
C: f LIST "" inbox RETURN (STATUS (MESSAGES MESSAGES))
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * STATUS "INBOX" (MESSAGES 2)
S: f OK done
C: g LIST "" % RETURN (WEATHER)
S: g BAD no such return option
C: h LIST "" % RETURN
S: h BAD no such return option
C: i LIST "" % RETURN () ()
S: i BAD no such return option
C: j LIST "" INBOX RETURN ()
S: * LIST (\HasNoChildren) "/" "INBOX"
S: j OK done
)");
}

// The examples of RFC 5258 section 5 and RFC 5819 section 3, but for the names.
TEST_P(ImapListTest, LevelsAboveWhatIsMeant) {
  auto& boxes = *store.mailboxes;
  EXPECT_TRUE(boxes.subscribe("Fruit/Apple", true));
  EXPECT_TRUE(boxes.create("Fruit/Apple/Red", ""));
  EXPECT_TRUE(boxes.subscribe("Fruit/Apple/Red", true));
  // What is told itself needs no level above it: Fruit stood there, too.
  play(kLogin + R"(
C: b LIST (SUBSCRIBED RECURSIVEMATCH) "" *
S: * LIST (\Subscribed \HasNoChildren) "/" "INBOX"
S: * LIST (\Subscribed \HasChildren) "/" "Fruit/Apple" ("CHILDINFO" ("SUBSCRIBED"))
S: * LIST (\Subscribed \HasNoChildren) "/" "Fruit/Apple/Red"
S: * LIST (\Subscribed \NonExistent) "/" "Fruit/Peach/Flat"
S: b OK done
C: c LIST (SUBSCRIBED RECURSIVEMATCH) "" (Fruit Fruit/Peach/Flat)
S: * LIST (\HasChildren) "/" "Fruit" ("CHILDINFO" ("SUBSCRIBED"))
S: * LIST (\Subscribed \NonExistent) "/" "Fruit/Peach/Flat"
S: c OK done
)");
  // STATUS is of what is meant itself: it came for Fruit, too.
  play(kLogin + R"(
C: b LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (STATUS (MESSAGES))
S: * LIST (\Subscribed \HasNoChildren) "/" "INBOX"
S: * STATUS "INBOX" (MESSAGES 0)
S: * LIST (\HasChildren) "/" "Fruit" ("CHILDINFO" ("SUBSCRIBED"))
S: b OK done
)");
}

TEST_P(ImapListTest, TooManyPatterns) {
  std::string many;
  for (int i = 0; i < 101; ++i) many += " a";
  play(kLogin + "C: b LIST \"\" (" + many.substr(1) +
       ")\nS: b BAD too many patterns\n" + "C: c LIST \"\" " +
       std::string(1100, '*') + "\nS: c BAD too many patterns\n");
}

INSTANTIATE_TEST_SUITE_P(Chunk, ImapListTest, testing::Values(4096, 7, 1));

TEST(ListPattern, Fits) {
  const auto fits = [](const char* pattern, const char* name) {
    return ListPattern(pattern).fits(name);
  };
  EXPECT_TRUE(fits("*", "a/b"));
  EXPECT_FALSE(fits("%", "a/b"));
  EXPECT_TRUE(fits("%/%", "a/b"));
  EXPECT_FALSE(fits("%/%", "a/b/c"));
  EXPECT_TRUE(fits("*/%x", "a/b/x"));
  EXPECT_TRUE(fits("*a%b", "a/xaxb"));
  EXPECT_FALSE(fits("*a%b", "a/x/b"));
  EXPECT_TRUE(fits("%*%", "a/b"));
  EXPECT_TRUE(fits("%%", "ab"));
  EXPECT_FALSE(fits("%%", "a/b"));
  EXPECT_FALSE(fits("a", "b"));
  EXPECT_FALSE(fits("ab", "a"));
  EXPECT_FALSE(fits("", "a"));
  EXPECT_TRUE(fits("InBox", "INBOX"));
  EXPECT_TRUE(fits("inb*/x", "INBOX/x"));
  EXPECT_FALSE(fits("inbox/X", "INBOX/x"));
  EXPECT_FALSE(fits("inbox*", "INBOXES"));
  EXPECT_TRUE(fits("inbox*", "inboxes"));
}

TEST(Hierarchy, LevelsThatNobodyMade) {
  const auto names = hierarchy({{"b/c/d", "", false, true},
                                {"INBOX/x", "", false, true},
                                {"b-", "", false, true},
                                {"INBOX", "", false, true},
                                {"e/f", "", true, false}});
  std::string all;
  for (const auto& one : names) {
    all += one.row.name + (one.row.exists ? "" : "?") +
           (one.has_children ? "+ " : " ");
  }
  EXPECT_EQ(all, "INBOX+ INBOX/x b?+ b/c?+ b/c/d b- e? e/f? ");
}

}  // namespace
}  // namespace mailtool::serve
