// What the parser says of a message: structure, bodies, defects.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/mime/parser.h"

namespace mailtool::mime::test {

// The bodies of the leaves, as they were told.
class Bodies : public ParserEvents {
 public:
  void begin_part(const Structure& so_far, std::uint32_t part) override {
    EXPECT_EQ(part + 1, so_far.parts.size());
    texts.resize(so_far.parts.size());
    ++open_;
  }
  void body(std::uint32_t part, std::string_view octets) override {
    ASSERT_LT(part, texts.size());
    texts[part] += octets;
  }
  void end_part(const Structure&, std::uint32_t) override { --open_; }
  [[nodiscard]] int open() const { return open_; }
  std::vector<std::string> texts;

 private:
  int open_ = 0;
};

struct Parsed {
  Structure structure;
  std::vector<std::string> bodies;
};

inline Parsed parse(std::string_view message, std::size_t chunk,
                    ParserLimits limits = {}) {
  Bodies events;
  Parser parser(limits, &events);
  for (std::size_t i = 0; i < message.size(); i += chunk) {
    parser.feed(message.substr(i, chunk));
  }
  Parsed parsed{parser.finish(), {}};
  EXPECT_EQ(events.open(), 0);
  parsed.bodies = std::move(events.texts);
  return parsed;
}

// Their names, in order of discovery.
inline std::string defects(const Structure& structure) {
  std::string text;
  for (const auto& defect : structure.defects) {
    text += (text.empty() ? "" : " ") + std::string(info(defect.rule).name);
  }
  return text;
}

}  // namespace mailtool::mime::test
