// Threads made here: RFC 5256 section 3. Beside the cases, messages made at
// random, compared with the steps of the RFC taken one by one.

#include "mailtool/imap/threader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace mailtool::imap {
namespace {

// As THREAD would write it, but for the order of what stands side by side,
// which is that of the places.
std::string shown(const std::vector<ThreadPlace>& places) {
  std::string text;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& place = places[i];
    if (i > 0) text += place.depth == 0 ? " | " : " ";
    text += std::string(place.depth, '>') + std::to_string(place.uid);
    if (place.depth > 0 && place.parent == 0) text += "?";
  }
  return text;
}

struct Letter {
  std::string id;
  std::string references;
  std::string in_reply_to;
  std::string subject;
  bool is_reply = false;
  std::int64_t date = 0;
};

std::vector<ThreadPlace> places_of(const std::vector<Letter>& letters,
                                   ThreadBy by) {
  Threader threader(by);
  std::uint32_t uid = 0;
  for (const auto& letter : letters) {
    ++uid;
    threader.add({uid, letter.date != 0 ? letter.date : uid, letter.id,
                  letter.references, letter.in_reply_to, letter.subject,
                  letter.is_reply});
  }
  return threader.take();
}

std::string by_references(const std::vector<Letter>& letters) {
  return shown(places_of(letters, ThreadBy::references));
}

std::string by_subject(const std::vector<Letter>& letters) {
  return shown(places_of(letters, ThreadBy::references_and_subject));
}

TEST(Threader, Replies) {
  EXPECT_EQ(by_references({}), "");
  EXPECT_EQ(by_references({{"<a@x>"}, {"<b@x>"}}), "1 | 2");
  EXPECT_EQ(by_references({{"<a@x>"}, {"<b@x>"}, {"<c@x>", "<a@x>"}}),
            "2 | 1 >3");
  EXPECT_EQ(by_references({{"<a@x>"},
                           {"<b@x>", "<a@x>"},
                           {"<c@x>", "<a@x> <b@x>"},
                           {"<d@x>", "", "<a@x>"}}),
            "1 >2 >>3 >4");
  // Of In-Reply-To the first counts, and where there are References, none.
  EXPECT_EQ(by_references({{"<a@x>"}, {"<b@x>"}, {"<c@x>", "", "<a@x> <b@x>"}}),
            "2 | 1 >3");
  EXPECT_EQ(by_references({{"<a@x>"}, {"<b@x>"}, {"<c@x>", "<b@x>", "<a@x>"}}),
            "1 | 2 >3");
}

TEST(Threader, LongIds) {
  const std::string long_id = "<" + std::string(20'000, 'a') + "@x>";
  const std::string other = "<" + std::string(20'000, 'a') + "@y>";
  EXPECT_EQ(by_references({{long_id}, {other}, {"<c@x>", long_id}}),
            "2 | 1 >3");
  // Those next to a message count: what is before the last 64 KiB does not.
  const std::string many = "<early@x> " + long_id + long_id + long_id + other;
  EXPECT_EQ(by_references({{"<early@x>"}, {"<c@x>", many}, {"<d@x>", other}}),
            "1 | 2 >3?");
}

TEST(Threader, RepliesBeforeWhatTheyAnswer) {
  EXPECT_EQ(by_references({{"<c@x>", "<a@x> <b@x>"},
                           {"<b@x>", "<a@x>"},
                           {"<a@x>"}}),
            "3 >2 >>1");
}

TEST(Threader, WhatIsMissing) {
  // One reply to a message that is not there stands alone.
  EXPECT_EQ(by_references({{"<b@x>", "<a@x>"}}), "1");
  EXPECT_EQ(by_references({{"<b@x>", "<a@x>"}, {"<c@x>", "<a@x>"}}), "1 >2?");
  EXPECT_EQ(by_references({{"<b@x>", "<a@x>"},
                           {"<c@x>", "<a@x>"},
                           {"<d@x>", "<a@x> <b@x>"},
                           {"<e@x>", "<a@x> <c@x>"}}),
            "1 >3 >2? >>4");
  // In the middle: what is above takes its place.
  EXPECT_EQ(by_references({{"<a@x>"}, {"<c@x>", "<a@x> <b@x>"}}), "1 >2");
  EXPECT_EQ(by_references({{"<c@x>", "<a@x> <b@x>"}, {"<d@x>", "<a@x> <e@x>"}}),
            "1 >2?");
  EXPECT_EQ(by_references({{"<z@x>", "<a@x> <b@x> <c@x> <d@x>"}}), "1");
}

TEST(Threader, WhatAMessageSaysOfItselfCounts) {
  // The reply says that 2 answers 1; 2 says that it answers nothing.
  EXPECT_EQ(by_references({{"<a@x>"}, {"<c@x>", "<a@x> <b@x>"}, {"<b@x>"}}),
            "1 | 3 >2");
  EXPECT_EQ(by_references({{"<a@x>"}, {"<b@x>"}, {"<c@x>", "<a@x> <b@x>"}}),
            "1 >2 >>3");
}

TEST(Threader, Loops) {
  EXPECT_EQ(by_references({{"<a@x>", "<a@x>"}}), "1");
  EXPECT_EQ(by_references({{"<a@x>", "<a@x> <a@x>", "<a@x>"}}), "1");
  EXPECT_EQ(by_references({{"<a@x>", "<b@x>"}, {"<b@x>", "<a@x>"}}), "2 >1");
  EXPECT_EQ(by_references({{"<a@x>", "<c@x>"},
                           {"<b@x>", "<a@x>"},
                           {"<c@x>", "<b@x>"}}),
            "3 >1 >>2");
  EXPECT_EQ(by_references({{"<z@x>", "<a@x> <b@x> <a@x>"}}), "1");
}

TEST(Threader, SameMessageId) {
  EXPECT_EQ(by_references({{"<a@x>"}, {"<a@x>"}, {"<b@x>", "<a@x>"}}),
            "2 | 1 >3");
  EXPECT_EQ(by_references({{"<r@x>"}, {"<a@x>"}, {"<a@x>", "<r@x>"}}),
            "2 | 1 >3");
  EXPECT_EQ(by_references({{""}, {""}, {"", "<a@x>"}}), "1 | 2 | 3");
}

TEST(Threader, Dates) {
  EXPECT_EQ(by_references({{"<a@x>", "", "", "", false, 90},
                           {"<b@x>", "", "", "", false, 50},
                           {"<c@x>", "<a@x>", "", "", false, 40},
                           {"<d@x>", "<a@x>", "", "", false, 30}}),
            "2 | 1 >4 >3");
  EXPECT_EQ(by_references({{"<a@x>", "", "", "", false, 7},
                           {"<b@x>", "", "", "", false, 7},
                           {"<c@x>", "<b@x>", "", "", false, -7}}),
            "1 | 2 >3");
}

TEST(Threader, Subjects) {
  EXPECT_EQ(by_subject({{"<a@x>", "", "", "hi"}, {"<b@x>", "", "", "HI"}}),
            "1 | 2");
  EXPECT_EQ(by_subject({{"<a@x>", "", "", "hi"}, {"<b@x>", "", "", "hi"}}),
            "1 >2?");
  EXPECT_EQ(by_subject({{"<a@x>", "", "", ""}, {"<b@x>", "", "", ""}}), "1 | 2");
  EXPECT_EQ(by_subject({{"<a@x>", "", "", "hi"}, {"<b@x>", "", "", "hi", true}}),
            "1 >2");
  // What is no reply stands above one that came before it.
  EXPECT_EQ(by_subject({{"<a@x>", "", "", "hi", true},
                        {"<b@x>", "", "", "hi"},
                        {"<c@x>", "", "", "hi", true}}),
            "2 >1 >3");
  EXPECT_EQ(by_subject({{"<a@x>", "", "", "hi", true},
                        {"<b@x>", "", "", "hi", true},
                        {"<c@x>", "", "", "hi", true}}),
            "1 >2? >3?");
  // Replies to what is missing.
  EXPECT_EQ(by_subject({{"<b@x>", "<a@x>", "", "hi", true},
                        {"<c@x>", "<a@x>", "", "other"},
                        {"<d@x>", "", "", "hi"},
                        {"<f@x>", "<e@x>", "", "hi", true},
                        {"<g@x>", "<e@x>", "", "hi", true}}),
            "1 >2? >3? >4? >5?");
  // The oldest thread is the first, whatever came to it since.
  EXPECT_EQ(by_subject({{"<a@x>", "", "", "a"},
                        {"<b@x>", "", "", "b"},
                        {"<c@x>", "<a@x>", "", "c"}}),
            "1 >3 | 2");
}

// --- the steps one by one ------------------------------------------------------

struct Container {
  std::uint32_t uid = 0;
  int parent = -1;
};

// Steps 1 to 3, as the RFC words them: UID and parent of each message.
std::set<std::pair<std::uint32_t, std::uint32_t>> links(
    const std::vector<std::pair<int, std::vector<int>>>& letters) {
  std::vector<Container> all(10);
  const auto is_above = [&](int above, int below) {
    for (; below >= 0; below = all[static_cast<std::size_t>(below)].parent) {
      if (below == above) return true;
    }
    return false;
  };
  const auto at = [&](int i) -> Container& {
    return all[static_cast<std::size_t>(i)];
  };
  std::uint32_t uid = 0;
  for (const auto& [id, references] : letters) {
    int own = id;
    if (at(own).uid != 0) {
      own = static_cast<int>(all.size());
      all.emplace_back();
    }
    at(own).uid = ++uid;
    int last = -1;
    for (const int reference : references) {
      if (last >= 0 && at(reference).parent < 0 && !is_above(reference, last)) {
        at(reference).parent = last;
      }
      last = reference;
    }
    if (at(own).parent != last) at(own).parent = -1;
    if (last >= 0 && at(own).parent < 0 && !is_above(own, last)) {
      at(own).parent = last;
    }
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> found;
  for (const auto& one : all) {
    if (one.uid == 0) continue;
    int above = one.parent;
    while (above >= 0 && at(above).uid == 0) above = at(above).parent;
    found.emplace(one.uid, above < 0 ? 0 : at(above).uid);
  }
  return found;
}

std::string named(int id) { return "<" + std::to_string(id) + "@x>"; }

TEST(Threader, AtRandom) {
  std::mt19937 random(5256);
  const auto pick = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::pair<int, std::vector<int>>> letters;
    std::vector<Letter> wire;
    for (int count = pick(9); count >= 0; --count) {
      auto& [id, references] = letters.emplace_back();
      id = pick(10);
      auto& letter = wire.emplace_back();
      letter.id = named(id);
      letter.date = 1 + pick(5);
      for (int i = pick(5); i > 0; --i) {
        references.push_back(pick(10));
        letter.references += named(references.back());
      }
    }
    const auto places = places_of(wire, ThreadBy::references);
    std::set<std::pair<std::uint32_t, std::uint32_t>> found;
    for (const auto& place : places) found.emplace(place.uid, place.parent);
    ASSERT_EQ(found, links(letters)) << "round " << round;
    ASSERT_EQ(places.size(), wire.size());
    // Each behind what it answers, a level below it, siblings by date.
    std::vector<std::uint32_t> depth(wire.size() + 1);
    for (const auto& place : places) {
      if (place.parent != 0) {
        ASSERT_EQ(place.depth, depth[place.parent] + 1) << "round " << round;
      } else {
        ASSERT_EQ(place.depth, place.root == place.uid ? 0 : 1);
      }
      depth[place.uid] = place.depth;
    }
  }
}

// --- many ----------------------------------------------------------------------

constexpr std::uint32_t kMany = 100'000;

std::string id_of(std::uint32_t number) {
  return "<" + std::to_string(number) + "@chain.example>";
}

TEST(Threader, LongChains) {
  for (const bool backwards : {false, true}) {
    Threader threader(ThreadBy::references);
    for (std::uint32_t uid = 1; uid <= kMany; ++uid) {
      const auto to = backwards ? uid + 1 : uid - 1;
      threader.add({uid, uid, id_of(uid), id_of(to), "", "", false});
    }
    const auto places = threader.take();
    ASSERT_EQ(places.size(), kMany);
    EXPECT_EQ(places.back().depth, kMany - 1);
    EXPECT_EQ(places.front().uid, backwards ? kMany : 1u);
  }
}

// Each message is moved, with a reply it has already, below the end of a chain:
// climbing from there to the top, to look for a loop, would be quadratic.
TEST(Threader, TreesBelowALongChain) {
  Threader threader(ThreadBy::references);
  std::uint32_t uid = 0;
  for (std::uint32_t i = 1; i <= kMany / 2; ++i) {
    ++uid;
    threader.add({uid, uid, id_of(i), id_of(i - 1), "", "", false});
  }
  const auto end = id_of(kMany / 2);
  for (std::uint32_t i = kMany; i < kMany + kMany / 4; ++i) {
    const auto above = id_of(2 * i);
    ++uid;
    threader.add({uid, uid, id_of(2 * i + 1), above, "", "", false});
    ++uid;
    threader.add({uid, uid, above, end, "", "", false});
  }
  const auto places = threader.take();
  ASSERT_EQ(places.size(), uid);
  EXPECT_EQ(std::count_if(places.begin(), places.end(),
                          [](const auto& one) { return one.depth == 0; }),
            1);
}

TEST(Threader, ManyOfOneSubject) {
  Threader threader(ThreadBy::references_and_subject);
  for (std::uint32_t uid = 1; uid <= kMany; ++uid) {
    threader.add({uid, uid, "", "", "", "lunch", uid % 3 == 0});
  }
  const auto places = threader.take();
  ASSERT_EQ(places.size(), kMany);
  EXPECT_EQ(places.back().root, 1u);
}

}  // namespace
}  // namespace mailtool::imap
