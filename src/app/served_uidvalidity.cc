#include "app/served_uidvalidity.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "app/served_names.h"
#include "mailtool/base/ascii.h"
#include "mailtool/store/atomic_file.h"
#include "mailtool/store/folder.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

constexpr const char* kFile = "/uidvalidity";
// A name of a folder in UTF-8 is hardly longer than in the folder's name.
constexpr std::size_t kMaxLine = 2 * kMaxFolderName;

std::optional<std::uint32_t> number(std::string_view digits) {
  const auto value = parse_number(digits, UINT32_MAX);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

}  // namespace

// The highest, and the highest of those forgotten, where there are any; then the
// names, a line each, behind what they had.
bool ServedUidvalidity::parse(std::string_view text) {
  const auto lines = split(text, '\n');
  if (lines.size() < 2 || !lines.back().empty()) return false;
  const auto space = lines[0].find(' ');
  const auto highest = number(lines[0].substr(0, space));
  const auto forgotten =
      space == lines[0].npos ? 0 : number(lines[0].substr(space + 1));
  if (!highest || !forgotten) return false;
  highest_ = *highest;
  forgotten_ = *forgotten;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    const auto end = lines[i].find(' ');
    const auto had = number(lines[i].substr(0, end));
    if (!had || end == lines[i].npos) return false;
    given_up_.insert_or_assign(std::string(lines[i].substr(end + 1)), *had);
  }
  return true;
}

Result<void> ServedUidvalidity::load() {
  if (loaded_) return {};
  const auto path = folder_ + kFile;
  const auto text = store::read_regular(path, (kMaxNames + 1) * kMaxLine);
  if (!text) return text.error();
  if (*text && !parse(**text)) {
    given_up_.clear();
    return Error{ErrorKind::config, "not what was written there", path};
  }
  loaded_ = true;
  return {};
}

Result<void> ServedUidvalidity::write() {
  if (auto made = store::create_folder(folder_); !made) return made;
  auto file = store::AtomicFile::create(folder_ + kFile);
  if (!file) return std::move(file).error();
  auto text = std::to_string(highest_);
  if (forgotten_ > 0) text += " " + std::to_string(forgotten_);
  auto wrote = file->write(text + "\n");
  for (auto at = given_up_.begin(); wrote && at != given_up_.end(); ++at) {
    wrote = file->write(std::to_string(at->second) + " " + at->first + "\n");
  }
  return wrote ? file->commit() : wrote;
}

Result<std::uint32_t> ServedUidvalidity::next(std::int64_t now,
                                              std::uint32_t count) {
  if (auto loaded = load(); !loaded) return std::move(loaded).error();
  if (highest_ > UINT32_MAX - count) {
    return Error{ErrorKind::local_io, "no UIDVALIDITY is left", folder_};
  }
  const auto by_clock = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(now, 1, UINT32_MAX - count));
  const auto first = std::max(highest_ + 1, by_clock);
  const auto before = std::exchange(highest_, first + (count - 1));
  if (auto wrote = write(); !wrote) {
    highest_ = before;
    return std::move(wrote).error();
  }
  return first;
}

// The lowest go, half of them: what is above those is known still.
void ServedUidvalidity::forget_some() {
  if (given_up_.size() <= kMaxNames) return;
  std::vector<std::uint32_t> all;
  for (const auto& [name, had] : given_up_) all.push_back(had);
  const auto last = all.end() - kMaxNames / 2 - 1;
  std::nth_element(all.begin(), last, all.end());
  forgotten_ = std::max(forgotten_, *last);
  std::erase_if(given_up_,
                [this](const auto& one) { return one.second <= forgotten_; });
}

// What fails to be written stays known: it may be in the file, and does no harm.
Result<void> ServedUidvalidity::give_up(const std::vector<Named>& names) {
  if (auto loaded = load(); !loaded) return loaded;
  if (names.empty()) return {};
  for (const auto& one : names) note(one);
  forget_some();
  return write();
}

void ServedUidvalidity::lost(const Named& named) {
  if (!load()) return;
  note(named);
  forget_some();
}

void ServedUidvalidity::note(const Named& named) {
  auto& had = given_up_[named.name];
  had = std::max(had, named.uidvalidity);
  highest_ = std::max(highest_, named.uidvalidity);
}

Result<bool> ServedUidvalidity::may_be(const Named& named) {
  if (auto loaded = load(); !loaded) return std::move(loaded).error();
  const auto had = given_up_.find(named.name);
  const auto least = had == given_up_.end() ? forgotten_
                                            : std::max(forgotten_, had->second);
  return named.uidvalidity >= least;
}

}  // namespace mailtool::app
