#include "app/fetch_progress.h"

#include <algorithm>

#include "app/parse_tree.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kBarColumns = 20;
// What a rate says in the first moments is chance.
constexpr std::chrono::milliseconds kRateIsKnown{500};

std::string bar(std::uint64_t percent) {
  const auto filled = static_cast<std::size_t>(percent) * kBarColumns / 100;
  return "[" + std::string(filled, '#') +
         std::string(kBarColumns - filled, '-') + "] ";
}

// "45 s", "3 min 20 s", "2 h 5 min".
std::string time_text(std::uint64_t seconds) {
  const auto minutes = seconds / 60;
  if (minutes == 0) return std::to_string(seconds) + " s";
  if (minutes < 60) {
    return std::to_string(minutes) + " min " + std::to_string(seconds % 60) +
           " s";
  }
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) +
         " min";
}

// How much of all has come, from 0 to 1. Where sizes are not known, messages
// tell it.
double share(const FetchProgressState& state) {
  const bool by_octets = state.expected_octets > 0;
  const auto part = by_octets ? state.octets : state.messages;
  const auto whole =
      by_octets ? state.expected_octets : state.expected_messages;
  if (part == 0) return 0;
  return std::min(1.0, static_cast<double>(part) /
                           static_cast<double>(std::max(part, whole)));
}

std::string rate_text(const FetchProgressState& state) {
  if (state.time < kRateIsKnown || state.octets == 0) return {};
  const auto time = static_cast<double>(state.time.count()) / 1000;
  const auto rate = static_cast<double>(state.octets) / time;
  std::string text = ", " + size_text(static_cast<std::uint64_t>(rate)) + "/s";
  const auto done = share(state);
  if (done <= 0 || done >= 1) return text;
  constexpr double kAWeek = 7 * 86400;
  const auto left = time * (1 - done) / done;
  if (left < kAWeek) {
    text += ", " + time_text(static_cast<std::uint64_t>(left) + 1) + " left";
  }
  return text;
}

}  // namespace

std::string fetch_progress_line(const FetchProgressState& state,
                                std::size_t columns) {
  const auto messages = std::max(state.messages, state.expected_messages);
  const auto percent = static_cast<std::uint64_t>(share(state) * 100);
  const auto counts = std::to_string(state.messages) + " of " +
                      std::to_string(messages) + " " +
                      std::string(state.thing) + (messages == 1 ? "" : "s");
  auto rest = ", " + size_text(state.octets);
  if (state.expected_octets > 0) {
    rest += " of " + size_text(std::max(state.octets, state.expected_octets));
  }
  rest += rate_text(state);
  auto number = std::to_string(percent) + "%  ";
  number.insert(0, 6 - std::min<std::size_t>(6, number.size()), ' ');
  const bool alone =
      messages == 1 && state.expected_octets == 0 && state.octets > 0;
  const auto whole = (alone ? "" : bar(percent) + number) + counts + rest;
  if (whole.size() < columns) return whole;
  auto line = counts + rest;
  if (line.size() >= columns) line = counts;
  if (line.size() >= columns) line.resize(columns > 0 ? columns - 1 : 0);
  return line;
}

void FetchProgress::expect(std::int64_t messages, std::int64_t octets) {
  expected_messages_.fetch_add(static_cast<std::uint64_t>(messages),
                               std::memory_order_relaxed);
  expected_octets_.fetch_add(static_cast<std::uint64_t>(octets),
                             std::memory_order_relaxed);
}

void FetchProgress::received(std::uint64_t octets) {
  if (!line_.shown_at_all()) return;
  std::int64_t none = -1;
  begin_.compare_exchange_strong(none, line_.elapsed().count());
  octets_.fetch_add(octets, std::memory_order_relaxed);
  if (line_.due()) show();
}

void FetchProgress::show() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;  // another line is being written
  FetchProgressState state;
  state.messages = messages_;
  state.expected_messages = expected_messages_;
  state.octets = octets_;
  state.expected_octets = expected_octets_;
  state.thing = thing_;
  state.time = line_.elapsed() - std::chrono::milliseconds(begin_);
  line_.show(fetch_progress_line(state, columns_));
}

}  // namespace mailtool::app
