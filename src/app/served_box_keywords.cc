// What the letters "a" to "z" of the files of a box mean: its keywords.

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

constexpr std::size_t kMaxKeywords = 26;
constexpr std::size_t kMaxKeyword = 200;

}  // namespace

// A keyword a line, that of "a" first.
Result<void> ServedBox::load_keywords() {
  const auto text = store::read_regular(path_ + "/keywords",
                                        kMaxKeywords * (kMaxKeyword + 1));
  if (!text) return text.error();
  if (!*text) return {};
  auto lines = split(**text, '\n');
  const bool whole = lines.size() <= kMaxKeywords + 1 && lines.back().empty();
  lines.pop_back();
  for (const auto line : lines) {
    if (!whole || !imap::is_flag(line) || line.size() > kMaxKeyword) {
      return Error{ErrorKind::config, "not what was written there",
                   path_ + "/keywords"};
    }
    keywords_.emplace_back(line);
  }
  return {};
}

// Before any file has a letter it stands there what that means. Where that fails
// the file may be the one or the other: then it is written again first.
bool ServedBox::write_keywords(const std::vector<std::string>& all) {
  if (!is_here()) return false;
  std::string text;
  for (const auto& one : all) text += one + "\n";
  auto file = store::AtomicFile::create(path_ + "/keywords");
  keywords_kept_ = file && file->write(text) && file->commit();
  return keywords_kept_;
}

std::optional<Flags> ServedBox::keyword(std::string_view name) {
  if (name.size() > kMaxKeyword) return std::nullopt;
  const auto at =
      std::find_if(keywords_.begin(), keywords_.end(),
                   [&](const std::string& one) { return iequals(one, name); });
  const bool known = at != keywords_.end();
  auto place = static_cast<std::size_t>(at - keywords_.begin());
  auto all = keywords_;
  if (!known && place < kMaxKeywords) {
    all.emplace_back(name);
  } else if (!known) {
    const auto unused = free_keyword();
    if (!unused) return std::nullopt;
    place = *unused;
    all[place] = name;
  }
  if ((!known || !keywords_kept_) && !write_keywords(all)) return std::nullopt;
  if (!known) {
    keywords_ = std::move(all);
    ++changes_;
  }
  return Flags{1} << (serve::kSystemFlags.size() + place);
}

// The place of a keyword that no message has, nor will have behind a crash.
std::optional<std::size_t> ServedBox::free_keyword() {
  // Some messages of INBOX are on their way elsewhere, with what its letters mean.
  std::error_code error;
  if (std::filesystem::exists(path_ + "/renaming-inbox", error) || error) {
    return std::nullopt;
  }
  if (!added_.empty() || !changed_.empty()) settle();
  const auto found = maildir_->find_again();
  stale_ = stale_ || !found || *found;
  // What is not known yet may have any of them.
  if (!found || is_behind()) return std::nullopt;
  if (stale_) read_messages();
  const auto unused = unused_keyword();
  if (!unused || !maildir_->sync()) return std::nullopt;
  return unused;
}

std::optional<std::size_t> ServedBox::unused_keyword() const {
  auto used = held();
  for (const auto& one : messages_) used |= one.flags;
  for (std::size_t i = 0; i < keywords_.size(); ++i) {
    if ((used >> (serve::kSystemFlags.size() + i) & 1U) == 0) return i;
  }
  return std::nullopt;
}

bool ServedBox::takes_keywords() const {
  return keywords_.size() < kMaxKeywords || unused_keyword();
}

}  // namespace mailtool::app
