#include "mailtool/mime/boundary_index.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mailtool::mime {
namespace {

// A stack of boundaries, looked at one by one.
struct Model {
  std::string text;
  std::vector<BoundaryIndex::Slice> slices;

  std::string_view at(std::size_t level) const {
    return std::string_view(text).substr(slices[level].begin,
                                         slices[level].length);
  }
  bool any_begins(std::string_view line) const {
    for (std::size_t i = 0; i < slices.size(); ++i) {
      if (line.starts_with(at(i))) return true;
    }
    return false;
  }
  std::optional<std::uint32_t> find(std::string_view line,
                                    std::uint32_t below) const {
    for (auto i = slices.size(); i-- > 0;) {
      if (i < below && line == at(i)) return static_cast<std::uint32_t>(i);
    }
    return std::nullopt;
  }
};

std::string word(std::mt19937& random, std::size_t shortest) {
  std::string text;
  const auto length = shortest + random() % 5;
  while (text.size() < length) text += "ab\xff"[random() % 3];
  return text;
}

TEST(BoundaryIndex, SaysWhatALookAtEachDoes) {
  std::mt19937 random(20);
  for (int round = 0; round < 300; ++round) {
    Model model;
    BoundaryIndex index;
    for (int step = 0; step < 60; ++step) {
      if (random() % 3 != 0 || model.slices.empty()) {
        const auto boundary = word(random, 1);
        model.slices.push_back({static_cast<std::uint32_t>(model.text.size()),
                                static_cast<std::uint32_t>(boundary.size())});
        model.text += boundary;
        index.add(model.text, model.slices.back(),
                  static_cast<std::uint32_t>(model.slices.size() - 1));
      } else {
        index.remove(model.text, model.slices.back());
        model.slices.pop_back();
      }
      const auto all = static_cast<std::uint32_t>(model.slices.size());
      for (int look = 0; look < 10; ++look) {
        const auto line = word(random, 0);
        ASSERT_EQ(index.any_begins(model.text, line), model.any_begins(line));
        for (const auto below : {all, all / 2}) {
          ASSERT_EQ(index.find(model.text, line, below),
                    model.find(line, below));
        }
      }
    }
    index.clear();
    EXPECT_FALSE(index.any_begins(model.text, "a"));
  }
}

}  // namespace
}  // namespace mailtool::mime
