// What is known, and the lines that say so. The file is in
// mirror_state_file.cc.

#include "mailtool/store/mirror_state.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "mailtool/base/ascii.h"
#include "store/mirror_state_line.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

// All different flags together: what no mailbox of people has.
constexpr std::size_t kAllFlagOctets = 64 * 1024 * 1024;

bool by_uid(const MirrorState::Record& a, const MirrorState::Record& b) {
  return a.uid < b.uid;
}

std::string_view cut(std::string_view flags) {
  return flags.substr(0, MirrorState::kFlagsOctets);
}

}  // namespace

MirrorState::~MirrorState() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint32_t MirrorState::intern(std::string_view flags) {
  const auto [at, fresh] = flag_index_.try_emplace(
      std::string(flags), static_cast<std::uint32_t>(flag_texts_.size()));
  if (!fresh) return at->second;
  flag_octets_ += flags.size() + 1;
  if (flag_octets_ > kAllFlagOctets) {
    // Without their keywords the combinations are few.
    const auto letters = flags.substr(0, flags.find(' '));
    flag_index_.erase(at);
    return letters == flags ? 0 : intern(letters);
  }
  flag_texts_.emplace_back(flags);
  return at->second;
}

void MirrorState::note(Record record) {
  fresh_.push_back(record);
  ++lines_;
  point_.reset();
}

void MirrorState::add(std::uint32_t uid, std::string_view flags) {
  flags = cut(flags);
  added_ += "+" + std::to_string(uid) + " ";
  added_ += flags.empty() ? "-" : flags;
  added_ += "\n";
  note({uid, intern(flags)});
}

void MirrorState::add_gone(std::uint32_t uid) {
  added_ += "~" + std::to_string(uid) + "\n";
  note({uid, Record::kGone});
}

void MirrorState::forget(std::uint32_t uid) {
  added_ += "-" + std::to_string(uid) + "\n";
  note({uid, Record::kForgotten});
}

void MirrorState::add_point(const MirrorPoint& point) {
  const auto line = point_line(point);
  // Without it the next run compares all: nothing is lost.
  if (line.size() > kMirrorLineOctets) return;
  added_ += line + "\n";
  ++lines_;
  point_ = point;
}

// '+' uid SP flags / '~' uid / '-' uid / '=' point
void MirrorState::take_line(std::string_view line) {
  ++lines_;
  const char mark = line.empty() ? '\0' : line[0];
  if (auto point = parse_point_line(line)) {
    point_ = *std::move(point);
    return;
  }
  point_.reset();
  const auto blank = line.find(' ');
  const auto number = line.substr(0, blank);
  const auto uid =
      parse_number(number.substr(number.empty() ? 0 : 1), UINT32_MAX);
  if (!uid || *uid == 0) return;
  const auto of = static_cast<std::uint32_t>(*uid);
  if (mark == '+' && blank != line.npos) {
    const auto flags = line.substr(blank + 1);
    fresh_.push_back({of, intern(flags == "-" ? "" : cut(flags))});
  } else if (mark == '~' && blank == line.npos) {
    fresh_.push_back({of, Record::kGone});
  } else if (mark == '-' && blank == line.npos) {
    fresh_.push_back({of, Record::kForgotten});
  }
}

void MirrorState::settle() {
  if (fresh_.empty()) return;
  if (!std::is_sorted(fresh_.begin(), fresh_.end(), by_uid)) {
    std::stable_sort(fresh_.begin(), fresh_.end(), by_uid);
  }
  const bool behind =
      records_.empty() || records_.back().uid < fresh_.front().uid;
  const auto middle = static_cast<std::ptrdiff_t>(records_.size());
  records_.insert(records_.end(), fresh_.begin(), fresh_.end());
  fresh_ = {};
  // Of equal ones the later line comes last.
  if (!behind) {
    std::inplace_merge(records_.begin(), records_.begin() + middle,
                       records_.end(), by_uid);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const bool last =
        i + 1 == records_.size() || records_[i + 1].uid != records_[i].uid;
    if (last && records_[i].flags != Record::kForgotten) records_[kept++] = records_[i];
  }
  records_.resize(kept);
}

const MirrorState::Record* MirrorState::find(std::uint32_t uid) const {
  const auto at = std::lower_bound(records_.begin(), records_.end(),
                                   Record{uid, 0}, by_uid);
  return at == records_.end() || at->uid != uid ? nullptr : &*at;
}

Result<void> MirrorState::commit() {
  if (added_.empty()) return {};
  const auto lines = std::exchange(added_, {});
  if (!sys_write_all(descriptor_, lines)) {
    return system_error("write", path_, errno);
  }
  if (sys_fdatasync(descriptor_) != 0) {
    return system_error("sync", path_, errno);
  }
  return {};
}

}  // namespace mailtool::store
