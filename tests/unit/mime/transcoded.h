// What a Transcoder makes of a message, and what is read out of one.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "filtered.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/transcode.h"
#include "parsed.h"

namespace mailtool::mime::test {

// Yields at most `chunk` octets at a time.
class ChunkSource : public Source {
 public:
  ChunkSource(std::string_view text, std::size_t chunk)
      : rest_(text), chunk_(chunk) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto piece = rest_.substr(0, std::min(chunk_, into.size()));
    std::copy(piece.begin(), piece.end(), into.begin());
    rest_.remove_prefix(piece.size());
    return piece.size();
  }

 private:
  std::string_view rest_;
  std::size_t chunk_;
};

inline OpenMessage opener(std::string_view text, std::size_t chunk = 65536) {
  return [=]() -> Result<std::unique_ptr<Source>> {
    return {std::make_unique<ChunkSource>(text, chunk)};
  };
}

struct Transcoded {
  std::string text;
  TranscodeReport report;
  std::string error;  // in place of the rest
};

inline Transcoded transcoded(std::string_view message,
                             TranscodeOptions options = {},
                             std::size_t chunk = 65536) {
  const auto open = opener(message, chunk);
  const auto plan = Transcoder::plan(open, options);
  if (!plan) {
    EXPECT_EQ(plan.error().kind, ErrorKind::bad_input);
    return {{}, {}, plan.error().one_line()};
  }
  StringSink out(kPlenty);
  EXPECT_TRUE(plan->write(open, out));
  if (!plan->report().changed) {
    EXPECT_EQ(out.text(), message);
  }
  return {out.take(), plan->report(), {}};
}

// A leaf as a reader gets it.
struct Leaf {
  std::string id;
  std::string type;
  std::string name;
  std::string octets;
  friend bool operator==(const Leaf&, const Leaf&) = default;
};

inline void PrintTo(const Leaf& leaf, std::ostream* to) {
  *to << leaf.id << ' ' << leaf.type << ' ' << leaf.name << ' '
      << testing::PrintToString(leaf.octets);
}

inline std::vector<Leaf> leaves(std::string_view message) {
  auto parsed = parse(message, message.size() + 1);
  parsed.bodies.resize(parsed.structure.parts.size());
  std::vector<Leaf> all;
  for (std::uint32_t i = 0; i < parsed.structure.parts.size(); ++i) {
    const auto& part = parsed.structure.parts[i];
    if (!part.is_leaf()) continue;
    StringSink out(kPlenty);
    const auto decoder = make_decoder(part.transfer_encoding, out);
    pour(*decoder, parsed.bodies[i], parsed.bodies[i].size() + 1);
    all.push_back({parsed.structure.id(i),
                   std::string(parsed.structure.type(part)),
                   std::string(parsed.structure.file_name(part)), out.take()});
  }
  return all;
}

}  // namespace mailtool::mime::test
