#include "app/fetch_state.h"

#include <algorithm>
#include <filesystem>

#include "app/signals.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/folder.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kNameOctets = 150;
constexpr std::size_t kHashOctets = 8;  // of a destination, in a name

// A file name that is one, whatever the user is called: all but letters,
// digits and "@ - _ +" and inner dots as "%XX".
std::string safe_name(std::string_view identity) {
  std::string name;
  for (const char c : identity) {
    const bool plain = is_alpha(c) || is_digit(c) || c == '@' || c == '-' ||
                       c == '_' || c == '+' || (c == '.' && !name.empty());
    if (plain) {
      name += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    name += '%';
    name += "0123456789ABCDEF"[octet >> 4];
    name += "0123456789ABCDEF"[octet & 15];
  }
  if (name.size() > kNameOctets) {
    name.resize(kNameOctets);
    name += '%' + hex(sha256(identity), 8);
  }
  return name;
}

// Of headers alone another account is kept: who had the header has not had the
// message.
std::string_view journal_suffix(const FetchOptions& options) {
  return options.headers_only ? ".headers-journal" : ".journal";
}

// name = prefix 16HEXDIG suffix: a maildrop elsewhere may begin as this one.
bool is_journal(std::string_view name, std::string_view prefix,
                std::string_view suffix) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
  if (name.size() != prefix.size() + 2 * kHashOctets + suffix.size()) {
    return false;
  }
  name = name.substr(prefix.size(), 2 * kHashOctets);
  return name.find_first_not_of("0123456789abcdef") == name.npos;
}

// Journals of all destinations there have been.
std::vector<std::string> journals_of(const std::string& base,
                                     std::string_view suffix) {
  namespace fs = std::filesystem;
  const fs::path prefix(base + ".");
  std::vector<std::string> found;
  std::error_code failed;
  for (fs::directory_iterator entry(prefix.parent_path(), failed), end;
       !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (is_journal(name, prefix.filename().string(), suffix)) {
      found.push_back(entry->path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::string maildrop_identity(std::string_view user, const ServerUrl& url) {
  auto host = lower(url.host);
  if (host.ends_with('.')) host.pop_back();
  return std::string(user) + "@" + host;
}

Result<FetchState> open_fetch_state(const FetchOptions& options,
                                    const std::string& identity) {
  FetchState state;
  const auto base = options.state_folder + "/" + safe_name(identity);
  if (!options.only_looks()) {
    if (auto made = store::create_folder(options.state_folder); !made) {
      return std::move(made).error();
    }
    auto lock =
        store::LockFile::acquire(base + ".lock", options.wait, interrupt_fd());
    if (!lock) return std::move(lock).error();
    state.lock = *std::move(lock);
  }
  if (options.destinations.empty()) {
    for (const auto& path : journals_of(base, journal_suffix(options))) {
      auto journal = store::Journal::read(path, identity, "");
      if (!journal) return std::move(journal).error();
      state.journals.push_back(*std::move(journal));
    }
    return state;
  }
  for (const auto& destination : options.destinations) {
    auto name = destination.to_string();
    const auto path = base + "." + hex(sha256(name), kHashOctets) +
                      std::string(journal_suffix(options));
    if (options.headers_only) name += " headers only";
    auto journal = options.only_looks()
                       ? store::Journal::read(path, identity, name)
                       : store::Journal::open(path, identity, name);
    if (!journal) return std::move(journal).error();
    state.journals.push_back(*std::move(journal));
  }
  return state;
}

}  // namespace mailtool::app
