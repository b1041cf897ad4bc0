/// \file
/// What an MboxSplitter makes of an input, for tests and the fuzz target.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "app/mbox_splitter.h"

namespace mailtool::test {

struct MboxMessage {
  std::uint64_t offset;
  std::string_view flavour;
  std::string octets;
  bool ended = false;
  friend bool operator==(const MboxMessage&, const MboxMessage&) = default;
  friend void PrintTo(const MboxMessage& message, std::ostream* to) {
    *to << message.offset << ' ' << message.flavour << ' ' << message.octets;
  }
};

class MboxRecorder : public app::MboxEvents {
 public:
  void begin(std::uint64_t offset, app::MboxFlavour flavour) override {
    messages.push_back({offset, name_of(flavour), "", false});
  }
  void octets(std::string_view part) override {
    messages.back().octets += part;
  }
  Result<void> end() override {
    messages.back().ended = true;
    return {};
  }

  std::vector<MboxMessage> messages;
};

class TextLookahead : public app::MboxLookahead {
 public:
  explicit TextLookahead(std::string_view text) : text_(text) {}
  Result<std::size_t> read_at(std::uint64_t offset,
                              std::span<char> into) override {
    if (offset >= text_.size()) return std::size_t{0};
    return text_.copy(into.data(), into.size(), offset);
  }

 private:
  std::string_view text_;
};

/// Gives the splitter `piece` octets more at a time.
inline std::vector<MboxMessage> split_mbox(std::string_view input,
                                           std::size_t piece) {
  MboxRecorder recorder;
  TextLookahead ahead(input);
  app::MboxSplitter splitter(recorder, &ahead);
  std::size_t taken = 0;
  for (std::size_t end = 0;;) {
    end = std::min(end + piece, input.size());
    const bool last = end == input.size();
    // A copy of its own size: reading beyond it is found by the sanitizer.
    const std::vector<char> window(input.begin() + static_cast<long>(taken),
                                   input.begin() + static_cast<long>(end));
    const auto count = splitter.take({window.data(), window.size()}, last);
    if (!count) return {};
    taken += *count;
    if (last) break;
  }
  if (taken != input.size()) return {};
  return recorder.messages;
}

}  // namespace mailtool::test
