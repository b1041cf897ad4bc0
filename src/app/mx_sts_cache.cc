#include "app/mx_sts_cache.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "app/file_source.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/atomic_file.h"
#include "mailtool/store/folder.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "mailtool mta-sts 1";
constexpr std::string_view kSuffix = ".policy";
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kMaxOctets = smtp::kMaxMtaStsOctets + 1024;

std::optional<std::string> whole_file(const std::string& path) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed) || failed) return std::nullopt;
  auto file = FileSource::open(path);
  if (!file) return std::nullopt;
  std::string text;
  std::string buffer(4096, '\0');
  for (;;) {
    const auto count = file->read_some({buffer.data(), buffer.size()});
    if (!count || text.size() + *count > kMaxOctets) return std::nullopt;
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
  }
}

// The value of the next line, "NAME: VALUE".
std::optional<std::string_view> take(std::string_view& text,
                                     std::string_view name) {
  const auto lf = text.find('\n');
  if (lf == text.npos) return std::nullopt;
  auto line = text.substr(0, lf);
  text.remove_prefix(lf + 1);
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(": ")) {
    return std::nullopt;
  }
  return line.substr(name.size() + 2);
}

// cache-file = first-line domain id expires octets policy-text
std::optional<StsEntry> parse(std::string_view text, std::string_view domain) {
  const auto lf = text.find('\n');
  if (lf == text.npos || text.substr(0, lf) != kFirstLine) return std::nullopt;
  text.remove_prefix(lf + 1);
  const auto whose = take(text, "domain");
  const auto id = take(text, "id");
  const auto expires = take(text, "expires");
  const auto octets = take(text, "octets");
  if (whose != domain || !id || !expires || !octets) return std::nullopt;
  const auto when =
      parse_number(*expires, std::numeric_limits<std::int64_t>::max());
  const auto size = parse_number(*octets);
  if (!when || size != text.size()) return std::nullopt;
  auto policy = smtp::parse_mta_sts_policy(text);
  if (!policy) return std::nullopt;
  return StsEntry{std::string(*id), static_cast<std::int64_t>(*when),
                  *std::move(policy)};
}

std::string to_text(std::string_view domain, const StsEntry& entry) {
  const auto policy = smtp::to_text(entry.policy);
  std::string text(kFirstLine);
  text.append("\ndomain: ").append(domain);
  text += "\nid: " + entry.id;
  text += "\nexpires: " + std::to_string(entry.expires);
  text += "\noctets: " + std::to_string(policy.size()) + "\n";
  return text + policy;
}

}  // namespace

std::string StsCache::default_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') {
    return std::string(cache) + "/mailtool/mta-sts";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') return {};
  return std::string(home) + "/.cache/mailtool/mta-sts";
}

std::string StsCache::path_of(std::string_view domain) const {
  const auto name = domain.size() <= kLongestName ? std::string(domain)
                                                  : hex(sha256(domain), 32);
  return folder_ + "/" + name + std::string(kSuffix);
}

std::optional<StsEntry> StsCache::read(std::string_view domain) const {
  if (folder_.empty()) return std::nullopt;
  const auto text = whole_file(path_of(domain));
  if (!text) return std::nullopt;
  return parse(*text, domain);
}

void StsCache::write(std::string_view domain, const StsEntry& entry) const {
  if (folder_.empty() || !store::create_folder(folder_)) return;
  // Another run that holds the lock has news of its own; ours keep until the
  // next time.
  const auto lock =
      store::LockFile::acquire(folder_ + "/lock", std::chrono::seconds(1));
  if (!lock) return;
  make_room();
  auto file = store::AtomicFile::create(path_of(domain));
  if (file && file->write(to_text(domain, entry))) (void)file->commit();
}

void StsCache::make_room() const {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code failed;
  for (fs::directory_iterator one(folder_, failed), end; !failed && one != end;
       one.increment(failed)) {
    std::error_code gone;
    const auto when = one->last_write_time(gone);
    if (!gone && one->path().extension() == kSuffix) {
      files.emplace_back(when, one->path());
    }
  }
  if (files.size() < kMostFiles) return;
  std::sort(files.begin(), files.end());
  const auto too_many = files.size() - kMostFiles + 1;
  for (std::size_t i = 0; i < too_many; ++i) {
    fs::remove(files[i].second, failed);
  }
}

}  // namespace mailtool::app
