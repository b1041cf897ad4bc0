// What a Decoder makes of a body, and what it finds wrong with it.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "filtered.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {

inline void PrintTo(const DecodeDefect& defect, std::ostream* to) {
  *to << info(defect.rule).name << ' ' << defect.offset << '+' << defect.length;
}

namespace test {

struct Decoded {
  std::string octets;
  std::vector<DecodeDefect> defects;
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

inline void PrintTo(const Decoded& decoded, std::ostream* to) {
  *to << testing::PrintToString(decoded.octets) << ' '
      << testing::PrintToString(decoded.defects);
}

// The levels that this machine has.
inline std::vector<VectorLevel> levels() {
  std::vector<VectorLevel> all;
  for (const auto level :
       {VectorLevel::scalar, VectorLevel::avx2, VectorLevel::avx512vbmi2}) {
    if (level <= vector_level()) all.push_back(level);
  }
  return all;
}

// In pieces of `chunk` octets, by the routines of `level`.
template <class D>
Decoded decoded(std::string_view text, std::size_t chunk, VectorLevel level,
                DecodePolicy policy = {}) {
  StringSink out(kPlenty);
  D decoder(out, policy, level);
  pour(decoder, text, chunk);
  const auto defects = decoder.defects();
  return {out.take(), {defects.begin(), defects.end()}};
}

// The text cut once, at `at`.
template <class D>
Decoded decoded_in_two(std::string_view text, std::size_t at, VectorLevel level,
                       DecodePolicy policy = {}) {
  StringSink out(kPlenty);
  D decoder(out, policy, level);
  EXPECT_TRUE(decoder.write(text.substr(0, at)));
  EXPECT_TRUE(decoder.write(text.substr(at)));
  EXPECT_TRUE(decoder.finish());
  const auto defects = decoder.defects();
  return {out.take(), {defects.begin(), defects.end()}};
}

struct DecoderCase {
  const char* why;
  std::string text;
  std::string octets;
  std::vector<DecodeDefect> defects = {};
};

// Whole, cut once everywhere, and in pieces of every size; at every level.
template <class D>
void check(const DecoderCase& c, DecodePolicy policy = {}) {
  const Decoded expected{c.octets, c.defects};
  for (const auto level : levels()) {
    SCOPED_TRACE(std::string(c.why) + ", level " +
                 std::to_string(static_cast<int>(level)));
    for (std::size_t n = 1; n <= c.text.size() + 1; ++n) {
      EXPECT_EQ(decoded<D>(c.text, n, level, policy), expected) << n;
      EXPECT_EQ(decoded_in_two<D>(c.text, n - 1, level, policy), expected) << n;
    }
  }
}

}  // namespace test
}  // namespace mailtool::mime
