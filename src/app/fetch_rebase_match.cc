#include "app/fetch_rebase_match.h"

#include <algorithm>
#include <tuple>

namespace mailtool::app {
namespace {

using Messages = std::vector<RebaseMessage>;
using Matches = std::vector<RebaseMatch>;

// Sorts both sides by `key` and walks along them; calls `meet` with the two
// runs of messages that have one key.
template <class Key, class Meet>
void for_each_meeting(Messages& known, Messages& arrived, Key key, Meet meet) {
  const auto order = [&](const RebaseMessage& a, const RebaseMessage& b) {
    return std::make_tuple(key(a), a.index) < std::make_tuple(key(b), b.index);
  };
  std::sort(known.begin(), known.end(), order);
  std::sort(arrived.begin(), arrived.end(), order);
  const auto run_end = [&](const Messages& side, std::size_t begin) {
    auto end = begin + 1;
    while (end < side.size() && key(side[end]) == key(side[begin])) ++end;
    return end;
  };
  for (std::size_t i = 0, j = 0; i < known.size() && j < arrived.size();) {
    if (key(known[i]) < key(arrived[j])) {
      ++i;
    } else if (key(arrived[j]) < key(known[i])) {
      ++j;
    } else {
      const auto i_end = run_end(known, i);
      const auto j_end = run_end(arrived, j);
      meet(i, i_end, j, j_end);
      i = i_end;
      j = j_end;
    }
  }
}

// Notes what is matched, and takes it out of both sides at the end of a pass.
class Pass {
 public:
  Pass(Messages& known, Messages& arrived, Matches& matches)
      : known_(known),
        arrived_(arrived),
        matches_(matches),
        known_taken_(known.size()),
        arrived_taken_(arrived.size()) {}

  void match(std::size_t i, std::size_t j, RebaseMatch::By by) {
    matches_.push_back({known_[i].index, arrived_[j].index, by});
    known_taken_[i] = arrived_taken_[j] = true;
  }
  void end() {
    drop(known_, known_taken_);
    drop(arrived_, arrived_taken_);
  }

 private:
  static void drop(Messages& side, const std::vector<bool>& taken) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < side.size(); ++i) {
      if (!taken[i]) side[kept++] = side[i];
    }
    side.resize(kept);
  }

  Messages& known_;
  Messages& arrived_;
  Matches& matches_;
  std::vector<bool> known_taken_;
  std::vector<bool> arrived_taken_;
};

void by_header_and_size(Messages& known, Messages& arrived, Matches& matches) {
  Pass pass(known, arrived, matches);
  const auto key = [](const RebaseMessage& message) {
    return std::make_tuple(message.digest, message.size);
  };
  for_each_meeting(known, arrived, key,
                   [&](auto i, auto i_end, auto j, auto j_end) {
                     const auto& one = known[i];
                     if (one.digest == 0 || one.size == UINT64_MAX) return;
                     for (; i < i_end && j < j_end; ++i, ++j) {
                       pass.match(i, j, RebaseMatch::By::header_and_size);
                     }
                   });
  pass.end();
}

// Without a Message-ID one header may be that of many messages.
void by_header(Messages& known, Messages& arrived, Matches& matches) {
  Pass pass(known, arrived, matches);
  const auto key = [](const RebaseMessage& message) { return message.digest; };
  for_each_meeting(known, arrived, key,
                   [&](auto i, auto i_end, auto j, auto j_end) {
                     if (known[i].digest % 2 == 0) return;
                     for (; i < i_end && j < j_end; ++i, ++j) {
                       pass.match(i, j, RebaseMatch::By::header);
                     }
                   });
  pass.end();
}

void by_size(Messages& known, Messages& arrived, Matches& matches) {
  Pass pass(known, arrived, matches);
  const auto key = [](const RebaseMessage& message) { return message.size; };
  for_each_meeting(known, arrived, key,
                   [&](auto i, auto i_end, auto j, auto j_end) {
                     const bool alone = i_end - i == 1 && j_end - j == 1;
                     if (!alone || known[i].size == UINT64_MAX) return;
                     if (known[i].digest != 0 && arrived[j].digest != 0) return;
                     pass.match(i, j, RebaseMatch::By::size);
                   });
  pass.end();
}

}  // namespace

std::vector<RebaseMatch> match_renamed(std::vector<RebaseMessage> known,
                                       std::vector<RebaseMessage> arrived) {
  Matches matches;
  by_header_and_size(known, arrived, matches);
  by_header(known, arrived, matches);
  by_size(known, arrived, matches);
  return matches;
}

std::size_t shared_sizes(std::vector<std::uint64_t> known,
                         std::vector<std::uint64_t> arrived) {
  std::sort(known.begin(), known.end());
  std::sort(arrived.begin(), arrived.end());
  std::size_t shared = 0;
  for (std::size_t i = 0, j = 0; i < known.size() && j < arrived.size();) {
    if (known[i] < arrived[j]) {
      ++i;
    } else if (arrived[j] < known[i]) {
      ++j;
    } else {
      ++shared;
      ++i;
      ++j;
    }
  }
  return shared;
}

}  // namespace mailtool::app
