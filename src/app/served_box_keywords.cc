// The letters in names of files: those of flags, and "a" to "z", which mean the
// keywords of the box.

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/served_box.h"
#include "mailtool/base/ascii.h"
#include "mailtool/imap/command.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

using serve::Flags;

// Of serve::kSystemFlags, as Maildir names them.
constexpr std::string_view kLetters = "RFTSD";
constexpr std::size_t kMaxKeywords = 26;
constexpr std::size_t kMaxKeyword = 200;

Flags bit_of(std::size_t place) {
  return Flags{1} << (kLetters.size() + place);
}

std::optional<std::size_t> place_of(char letter) {
  if (letter < 'a' || letter > 'z') return std::nullopt;
  return static_cast<std::size_t>(letter - 'a');
}

// Best is one without a meaning; else one that means what no message has.
std::optional<std::size_t> free_place(const std::vector<std::string>& all,
                                      Flags used) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < kMaxKeywords; ++i) {
    if ((used & bit_of(i)) != 0) continue;
    if (i >= all.size() || all[i].empty()) return i;
    if (!found) found = i;
  }
  return found;
}

// A keyword a line, that of "a" first.
Result<store::AtomicFile> write_lines(const std::string& folder,
                                      const std::vector<std::string>& all) {
  std::string text;
  for (const auto& one : all) text += one + "\n";
  auto file = store::AtomicFile::create(folder + "/keywords");
  if (!file) return file;
  if (auto wrote = file->write(text); !wrote) return std::move(wrote).error();
  return file;
}

}  // namespace

std::string ServedBox::letters(Flags flags) const {
  std::string all;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if ((flags >> i & 1U) != 0) all += kLetters[i];
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < keywords_.size(); ++i) {
    if ((flags & bit_of(i)) != 0) {
      all += static_cast<char>('a' + static_cast<char>(i));
    }
  }
  return all;
}

// Other programs give messages letters that mean nothing.
Flags ServedBox::flags_of(std::string_view letters) const {
  Flags flags = 0;
  for (const char c : letters) {
    const auto at = kLetters.find(c);
    if (at != kLetters.npos) flags |= Flags{1} << at;
    const auto place = place_of(c);
    if (place && *place < keywords_.size() && !keywords_[*place].empty()) {
      flags |= bit_of(*place);
    }
  }
  return flags;
}

Result<void> ServedBox::load_keywords() {
  const auto text = store::read_regular(path_ + "/keywords",
                                        kMaxKeywords * (kMaxKeyword + 1));
  if (!text) return text.error();
  if (!*text) return {};
  auto lines = split(**text, '\n');
  const bool whole = lines.size() <= kMaxKeywords + 1 && lines.back().empty();
  lines.pop_back();
  for (const auto line : lines) {
    const bool keyword = imap::is_flag(line) && line.size() <= kMaxKeyword;
    if (!whole || (!keyword && !line.empty())) {
      return Error{ErrorKind::config, "not what was written there",
                   path_ + "/keywords"};
    }
    keywords_.emplace_back(line);
  }
  return {};
}

// Before any file has a letter it stands there what that means. Where a commit
// fails the file may be the one or the other: then it is written again first.
Result<void> ServedBox::write_keywords(const std::vector<std::string>& all) {
  auto file = write_lines(path_, all);
  if (!file) return std::move(file).error();
  auto done = file->commit();
  keywords_kept_ = done.has_value();
  return done;
}

Result<void> ServedBox::copy_keywords(const std::string& path) const {
  if (keywords_.empty()) return {};
  auto file = write_lines(path, keywords_);
  return file ? file->commit() : std::move(file).error();
}

// Whether letters may get a meaning. Some messages of INBOX may be on their way
// elsewhere, where letters mean what they did when that began.
Result<void> ServedBox::may_name() {
  if (!is_here()) return deleted();
  std::error_code error;
  const bool leaving =
      std::filesystem::exists(path_ + "/renaming-inbox", error);
  if (error) return Error{ErrorKind::local_io, error.message(), path_};
  if (!leaving) return {};
  return Error{
      ErrorKind::rejected,
      "[INUSE] no new keyword while INBOX is being renamed: try again"};
}

Result<Flags> ServedBox::make_keywords(const std::vector<std::string>& names) {
  const Error no_room{ErrorKind::rejected,
                      "[LIMIT] no room for another keyword"};
  Flags bits = 0;
  std::vector<std::string_view> wanted;
  for (const auto& name : names) {
    const auto is_it = [&](std::string_view one) { return iequals(one, name); };
    const auto known = std::find_if(keywords_.begin(), keywords_.end(), is_it);
    if (known != keywords_.end()) {
      bits |= bit_of(static_cast<std::size_t>(known - keywords_.begin()));
    } else if (name.size() > kMaxKeyword) {
      return Error{ErrorKind::rejected, "[LIMIT] the keyword is too long"};
    } else if (std::none_of(wanted.begin(), wanted.end(), is_it)) {
      if (wanted.size() == kMaxKeywords) return no_room;
      wanted.push_back(name);
    }
  }
  if (wanted.empty() && (bits == 0 || keywords_kept_)) return bits;
  if (auto may = may_name(); !may) return std::move(may).error();
  if (!wanted.empty()) {
    if (auto found = find_letters(); !found) return std::move(found).error();
  }
  auto all = keywords_;
  auto taken = used() | bits;
  for (const auto name : wanted) {
    const auto place = free_place(all, taken);
    if (!place) return no_room;
    all.resize(std::max(all.size(), *place + 1));
    all[*place] = name;
    taken |= bit_of(*place);
    bits |= bit_of(*place);
  }
  if (auto kept = write_keywords(all); !kept) return std::move(kept).error();
  if (!wanted.empty()) {
    keywords_ = std::move(all);
    ++changes_;
  }
  return bits;
}

// Those of all files that are there now, and would be behind a crash.
Result<void> ServedBox::find_letters() {
  if (!added_.empty() || !changed_.empty()) settle();
  const auto found = maildir_->find_again();
  stale_ = stale_ || !found || *found;
  if (!found) return found.error();
  if (stale_) read_messages();
  return maildir_->sync();
}

// Bits of letters that are to mean nothing else.
Flags ServedBox::used() const {
  auto used = held();
  for (const char c : maildir_->letters()) {
    if (const auto place = place_of(c)) used |= bit_of(*place);
  }
  return used;
}

bool ServedBox::takes_keywords() const {
  return free_place(keywords_, used()).has_value();
}

}  // namespace mailtool::app
