#include "mailtool/mime/tnef.h"

#include <algorithm>
#include <vector>

#include "tnef_frame.h"
#include "tnef_part.h"

namespace mailtool::mime {

// A stack of messages, each in an attachment of the one before. Octets are read
// by the last; the others count them.
class TnefReader::Machine {
 public:
  explicit Machine(TnefContents& contents) : output_{contents, {}, 0, 0} {
    levels_.reserve(kMaxTnefDepth);
    levels_.emplace_back(output_, UINT64_MAX);
  }

  Result<void> write(std::string_view octets);
  Result<void> finish();
  [[nodiscard]] DefectSet defects() const noexcept { return output_.defects; }

 private:
  struct Level {
    Level(TnefOutput& output, std::uint64_t octets)
        : part(output), rest(octets) {}
    TnefFrame frame;
    TnefPart part;
    std::uint64_t rest;  // octets to come
    bool lost = false;   // no TNEF any more
  };

  Result<void> obey(TnefFrame::Event event);
  Result<void> leave();
  void count(std::string_view octets);

  TnefOutput output_;
  std::vector<Level> levels_;
};

Result<void> TnefReader::Machine::write(std::string_view octets) {
  while (!octets.empty()) {
    auto& level = levels_.back();
    if (level.rest == 0) {
      if (auto left = leave(); !left) return left;
      continue;
    }
    const auto window =
        octets.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(
                             octets.size(), level.rest)));
    auto unread = window;
    const auto event = level.frame.next(unread);
    const auto used = window.size() - unread.size();
    count(window.substr(0, used));
    octets.remove_prefix(used);
    if (auto obeyed = obey(event); !obeyed) return obeyed;
  }
  return {};
}

// The octets that the last level used pass all below it.
void TnefReader::Machine::count(std::string_view octets) {
  output_.offset += octets.size();
  if (octets.empty()) return;
  const auto sum = levels_.size() > 1 ? tnef_sum(octets) : std::uint16_t{0};
  for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
    levels_[i].frame.pass(octets.size(), sum);
    levels_[i].rest -= octets.size();
  }
  levels_.back().rest -= octets.size();
}

Result<void> TnefReader::Machine::obey(TnefFrame::Event event) {
  auto& [frame, part, rest, lost] = levels_.back();
  switch (event) {
    case TnefFrame::Event::more: return {};
    case TnefFrame::Event::attribute:
      return part.begin_attribute(frame.value());
    case TnefFrame::Event::octets: return part.take(frame.piece());
    case TnefFrame::Event::value_end: return part.end_value();
    case TnefFrame::Event::attribute_end:
      part.end_attribute(frame.damaged());
      return {};
    case TnefFrame::Event::lost: lost = true; return {};
    case TnefFrame::Event::value: break;
  }
  const bool may_nest = levels_.size() < kMaxTnefDepth;
  if (auto begun = part.begin_value(frame.value(), may_nest); !begun)
    return begun;
  if (part.nests())
    levels_.emplace_back(output_, std::min(frame.value_rest(), rest));
  return {};
}

Result<void> TnefReader::Machine::leave() {
  auto& [frame, part, rest, lost] = levels_.back();
  const bool malformed = lost || !frame.at_end();
  if (auto finished = part.finish(malformed); !finished) return finished;
  levels_.pop_back();
  if (malformed && !levels_.empty()) levels_.back().part.set_malformed();
  return {};
}

Result<void> TnefReader::Machine::finish() {
  while (!levels_.empty()) {
    if (auto left = leave(); !left) return left;
  }
  return {};
}

TnefReader::TnefReader(TnefContents& contents)
    : machine_(std::make_unique<Machine>(contents)) {}
TnefReader::~TnefReader() = default;

Result<void> TnefReader::write(std::string_view octets) {
  return machine_->write(octets);
}

Result<void> TnefReader::finish() { return machine_->finish(); }

DefectSet TnefReader::defects() const noexcept { return machine_->defects(); }

}  // namespace mailtool::mime
