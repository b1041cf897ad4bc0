#include "app/import_state.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

#include "app/file_source.h"
#include "app/import_state_line.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kReadOctets = 64 * 1024;
constexpr std::size_t kLineOctets = 4096;
constexpr std::size_t kAccountsNamed = 8;

struct FormatName {
  std::string_view name;
  ImportFormat format;
};
constexpr FormatName kFormats[] = {
    {"mpop", ImportFormat::mpop},
    {"fetchmail", ImportFormat::fetchmail},
    {"getmail", ImportFormat::getmail},
    {"thunderbird", ImportFormat::thunderbird},
};

std::string_view name_of(ImportFormat format) {
  for (const auto& known : kFormats) {
    if (known.format == format) return known.name;
  }
  return {};
}

std::string_view file_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool same(const ImportAccount& wanted, std::string_view user,
          std::string_view host) {
  return wanted.user == user && iequals(wanted.host, host);
}

// Collects what one file says.
class Reading {
 public:
  Reading(const ImportFile& file, const ImportAccount& wanted)
      : file_(file), wanted_(wanted), lines_(file.format) {
    if (file.format == ImportFormat::getmail) begin_getmail();
  }

  Result<void> feed(std::string_view octets);
  Result<ImportedState> finish();

 private:
  Result<void> line(std::string_view text);
  void take(const ImportLine& line);
  void account(std::string_view user, std::string_view host);
  void begin_getmail();
  [[nodiscard]] Error wrong(ErrorKind kind, std::string what) const {
    return Error{kind, std::move(what),
                 "state of " + std::string(name_of(file_.format)) + " " +
                     printable(file_.path)};
  }

  const ImportFile& file_;
  const ImportAccount& wanted_;
  ImportLines lines_;
  ImportedState state_;
  std::vector<std::string> accounts_;  // there, as far as they are named
  bool more_accounts_ = false;
  bool any_account_ = false;  // some line named one
  bool ours_ = false;         // the entries that follow are wanted
  bool ours_seen_ = false;
  std::string partial_line_;
  bool too_long_ = false;
  std::uint64_t octets_ = 0;
};

void Reading::account(std::string_view user, std::string_view host) {
  any_account_ = true;
  ours_ = same(wanted_, user, host);
  ours_seen_ |= ours_;
  if (ours_) return;
  auto name = printable(std::string(user) + "@" + std::string(host), 100);
  if (std::find(accounts_.begin(), accounts_.end(), name) != accounts_.end()) {
    return;
  }
  if (accounts_.size() == kAccountsNamed) {
    more_accounts_ = true;
  } else {
    accounts_.push_back(std::move(name));
  }
}

// Of a file with a name of its own nothing speaks against the account.
void Reading::begin_getmail() {
  const auto name = file_name(file_.path);
  const auto named = getmail_account(name);
  if (!named || getmail_file_is_of(name, wanted_)) {
    account(wanted_.user, wanted_.host);
  } else {
    account(named->user, named->host);
  }
}

void Reading::take(const ImportLine& line) {
  switch (line.kind) {
    case ImportLine::Kind::nothing: return;
    case ImportLine::Kind::damaged: ++state_.ignored; return;
    case ImportLine::Kind::account: account(line.user, line.host); return;
    case ImportLine::Kind::known:
      if (!line.host.empty()) account(line.user, line.host);
      if (ours_) state_.known.add(line.uid, line.first_seen);
      state_.ignored += !any_account_;
      return;
    case ImportLine::Kind::partial:
      state_.partial += ours_;
      state_.ignored += !any_account_;
  }
}

Result<void> Reading::line(std::string_view text) {
  take(lines_.parse(text));
  if (state_.known.size() <= kImportIds) return {};
  return wrong(ErrorKind::bad_input,
               "more than " + std::to_string(kImportIds) + " entries");
}

Result<void> Reading::feed(std::string_view octets) {
  octets_ += octets.size();
  if (octets_ > kImportOctets) {
    return wrong(ErrorKind::bad_input, "too large to be one");
  }
  while (!octets.empty()) {
    const auto lf = octets.find('\n');
    const auto piece = octets.substr(0, lf);
    too_long_ |= partial_line_.size() + piece.size() > kLineOctets;
    if (!too_long_) partial_line_ += piece;
    if (lf == octets.npos) return {};
    octets.remove_prefix(lf + 1);
    state_.ignored += too_long_;
    if (!too_long_) {
      if (auto taken = line(partial_line_); !taken) return taken;
    }
    too_long_ = false;
    partial_line_.clear();
  }
  return {};
}

Result<ImportedState> Reading::finish() {
  if (too_long_ || !partial_line_.empty()) {
    if (auto ended = feed("\n"); !ended) return std::move(ended).error();
  }
  const bool nothing = file_.format == ImportFormat::getmail &&
                       state_.ignored > 0 && state_.known.size() == 0;
  if ((!any_account_ && state_.ignored > 0) || (ours_seen_ && nothing)) {
    return wrong(ErrorKind::bad_input, "not of this format");
  }
  if (ours_seen_) {
    state_.known.sort();
    return std::move(state_);
  }
  std::string what = "knows nothing of " + printable(wanted_.to_string());
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    what += (i == 0 ? ", but of " : ", ") + accounts_[i];
  }
  if (more_accounts_) what += " and others";
  auto error = wrong(ErrorKind::no_input, std::move(what));
  if (accounts_.empty()) return error;
  return std::move(error).with_hint(
      "--import-account USER@HOST takes what it knows under that name");
}

}  // namespace

Result<ImportFile> parse_import_file(std::string_view text) {
  const auto colon = text.find(':');
  for (const auto& known : kFormats) {
    if (text.substr(0, colon) != known.name) continue;
    if (colon == text.npos || colon + 1 == text.size()) break;
    ImportFile file{known.format, std::string(text.substr(colon + 1))};
    const char* home = std::getenv("HOME");
    if (file.path.starts_with("~/") && home != nullptr && *home != '\0') {
      file.path.replace(0, 1, home);
    }
    return file;
  }
  return Error{ErrorKind::usage, "not a state file: " + printable(text),
               "--import-state"}
      .with_hint(
          "give FORMAT:FILE, where FORMAT is mpop, fetchmail, getmail"
          " or thunderbird");
}

Result<ImportAccount> parse_import_account(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == text.npos || at == 0 || at + 1 == text.size()) {
    return Error{ErrorKind::usage, "not USER@HOST: " + printable(text),
                 "--import-account"};
  }
  return ImportAccount{std::string(text.substr(0, at)),
                       std::string(text.substr(at + 1))};
}

std::string_view ImportedIds::uid(std::size_t index) const {
  return std::string_view(octets_).substr(ids_[index].offset,
                                          ids_[index].length);
}

void ImportedIds::add(std::string_view uid, std::time_t first_seen) {
  ids_.push_back(
      {octets_.size(), static_cast<std::uint32_t>(uid.size()), first_seen});
  octets_ += uid;
}

void ImportedIds::sort() {
  const auto text = [this](const Id& id) {
    return std::string_view(octets_).substr(id.offset, id.length);
  };
  // No time at all is later than any.
  const auto time = [](const Id& id) {
    return static_cast<std::uint64_t>(id.first_seen) - 1;
  };
  std::sort(ids_.begin(), ids_.end(), [&](const Id& a, const Id& b) {
    const int order = text(a).compare(text(b));
    return order != 0 ? order < 0 : time(a) < time(b);
  });
  const auto repeated =
      std::unique(ids_.begin(), ids_.end(),
                  [&](const Id& a, const Id& b) { return text(a) == text(b); });
  ids_.erase(repeated, ids_.end());
}

Result<ImportedState> read_import(const ImportFile& file, Source& source,
                                  const ImportAccount& account) {
  Reading reading(file, account);
  std::vector<char> buffer(kReadOctets);
  for (;;) {
    const auto count = source.read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) return reading.finish();
    if (auto fed = reading.feed({buffer.data(), *count}); !fed) {
      return std::move(fed).error();
    }
  }
}

Result<ImportedState> read_import(const ImportFile& file,
                                  const ImportAccount& account) {
  auto source = FileSource::open(file.path);
  if (!source) return std::move(source).error();
  return read_import(file, *source, account);
}

}  // namespace mailtool::app
