#include "mailtool/store/journal.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kReadOctets = 64 * 1024;
constexpr std::size_t kLineOctets = 4096;
constexpr std::uint64_t kWorthCompacting = 1000;  // lines that cancel out
constexpr std::string_view kMarks = "+~-!>";

struct Line {
  char mark = 0;
  Journal::Message message;
};

// line = mark uid SP size SP time LF
std::optional<Line> parse_line(std::string_view line) {
  if (line.empty() || kMarks.find(line[0]) == kMarks.npos) return std::nullopt;
  const auto words = split(line.substr(1), ' ');
  if (words.size() != 3 || words[0].empty()) return std::nullopt;
  const auto size = parse_number(words[1]);
  if (!size || !parse_number(words[2])) return std::nullopt;
  if (words[0].size() > Journal::kUidOctets) return std::nullopt;
  return Line{line[0], {words[0], *size}};
}

// Percent-encoded: one printable word, whatever the text.
std::string word(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c > ' ' && c < '\x7f' && c != '%') {
      encoded += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += "0123456789ABCDEF"[octet >> 4];
    encoded += "0123456789ABCDEF"[octet & 15];
  }
  return encoded.empty() ? "%" : encoded;
}

std::string title(std::string_view owner) {
  return "mailtool-journal 1 " + word(owner) + " ";
}

// Calls `take` for each whole line of the file, without LF. Returns the octets
// up to the end of the last whole line.
Result<off_t> for_each_line(
    int descriptor, const std::string& path,
    const std::function<Result<void>(std::string_view)>& take) {
  std::string buffer;
  off_t whole = 0;
  for (;;) {
    const auto held = buffer.size();
    buffer.resize(held + kReadOctets);
    const auto at = whole + static_cast<off_t>(held);
    const auto count =
        ::pread(descriptor, buffer.data() + held, kReadOctets, at);
    if (count < 0 && errno == EINTR) {
      buffer.resize(held);
      continue;
    }
    if (count < 0) return system_error("read", path, errno);
    buffer.resize(held + static_cast<std::size_t>(count));
    if (count == 0) return whole;

    std::size_t begin = 0;
    for (std::size_t lf; (lf = buffer.find('\n', begin)) != buffer.npos;) {
      const auto line = std::string_view(buffer).substr(begin, lf - begin);
      if (auto taken = take(line); !taken) return std::move(taken).error();
      begin = lf + 1;
    }
    buffer.erase(0, begin);
    whole += static_cast<off_t>(begin);
    // Not ours, or torn badly: what follows counts for nothing.
    if (buffer.size() > kLineOctets) return whole;
  }
}

Sha256::Digest digest_of(const Journal::Message& message) {
  Sha256 hash;
  hash.update(message.uid);
  hash.update(" " + std::to_string(message.size));
  return hash.finish();
}

void count(std::uint16_t& counter) {
  if (counter < UINT16_MAX) ++counter;
}

}  // namespace

struct Journal::Entry {
  Digest digest;
  std::uint32_t order;
  char mark;
};

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path,
                                               std::string_view owner,
                                               std::string_view destination) {
  std::unique_ptr<Journal> journal(
      new Journal(path, title(owner) + word(destination)));
  if (auto opened = journal->open_file(); !opened) {
    return std::move(opened).error();
  }
  const auto titled = journal->load();
  if (!titled) return titled.error();
  if (auto repaired = journal->repair(*titled); !repaired) {
    return std::move(repaired).error();
  }
  if (auto compacted = journal->compact(); !compacted) {
    return std::move(compacted).error();
  }
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::read(const std::string& path,
                                               std::string_view owner,
                                               std::string_view destination) {
  std::unique_ptr<Journal> journal(new Journal(
      path, title(owner) + (destination.empty() ? "" : word(destination))));
  journal->descriptor_ =
      sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW, 0);
  if (journal->descriptor_ < 0) {
    if (errno == ENOENT) return journal;
    return system_error("read", path, errno);
  }
  if (auto loaded = journal->load(); !loaded) return loaded.error();
  return journal;
}

Result<void> Journal::open_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = sys_open(AT_FDCWD, path_.c_str(),
                         O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) {
    return system_error("create", path_, errno, ErrorKind::cannot_create);
  }
  return {};
}

// True when there is a first line, and it is ours.
Result<bool> Journal::load() {
  std::deque<Entry> entries;
  bool titled = false;
  const bool any_destination = title_.ends_with(' ');
  const auto whole =
      for_each_line(descriptor_, path_, [&](std::string_view line) {
        if (!titled) {
          titled = true;
          if (line == title_ || (any_destination && line.starts_with(title_))) {
            return Result<void>{};
          }
          return Result<void>(Error{
              ErrorKind::config, path_ + " is not the journal of this account"
                                         " and destination"});
        }
        ++lines_;
        const auto parsed = parse_line(line);
        if (!parsed) return Result<void>{};
        Entry entry{
            {}, static_cast<std::uint32_t>(entries.size()), parsed->mark};
        const auto digest = digest_of(parsed->message);
        std::copy_n(digest.begin(), entry.digest.size(), entry.digest.begin());
        entries.push_back(entry);
        return Result<void>{};
      });
  if (!whole) return whole.error();
  whole_ = *whole;
  fold(entries);
  return titled;
}

// Cuts off what a crash tore, and begins a new file.
Result<void> Journal::repair(bool titled) {
  if (sys_truncate(descriptor_, whole_) != 0) {
    return system_error("write", path_, errno);
  }
  if (titled) return {};
  if (!sys_write_all(descriptor_, title_ + "\n")) {
    return system_error("write", path_, errno);
  }
  const auto slash = path_.rfind('/');
  return sync_directory(slash == path_.npos ? "." : path_.substr(0, slash + 1));
}

void Journal::fold(std::deque<Entry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.digest != b.digest ? a.digest < b.digest : a.order < b.order;
  });
  for (std::size_t i = 0; i < entries.size();) {
    Known known{entries[i].digest, 0, 0, 0, 0};
    for (; i < entries.size() && entries[i].digest == known.digest; ++i) {
      switch (entries[i].mark) {
        case '+': count(known.fetched); break;
        case '~': count(known.adopted); break;
        case '!': count(known.failures); break;
        case '>': known.skips = 1; break;
        default:  // '-'
          if (known.fetched > 0) {
            --known.fetched;
          } else if (known.adopted > 0) {
            --known.adopted;
          }
          known.failures = known.skips = 0;
      }
    }
    const auto live =
        known.fetched + known.adopted + known.failures + known.skips;
    if (live == 0) continue;
    live_lines_ += static_cast<std::uint64_t>(live);
    known_.push_back(known);
  }
}

Result<void> Journal::compact() {
  if (lines_ < 2 * live_lines_ + kWorthCompacting) return {};
  auto file = AtomicFile::create(path_);
  if (!file) return std::move(file).error();
  if (auto titled = file->write(title_ + "\n"); !titled) return titled;

  auto left = known_;  // how many lines of each kind to keep
  bool titled = false;
  auto copied = for_each_line(descriptor_, path_, [&](std::string_view line) {
    const auto parsed =
        std::exchange(titled, true) ? parse_line(line) : std::nullopt;
    const Known* known = parsed ? find(parsed->message) : nullptr;
    if (known == nullptr) return Result<void>{};
    auto& keep = *std::lower_bound(
        left.begin(), left.end(), known->digest,
        [](const Known& a, const Digest& b) { return a.digest < b; });
    auto* counter = parsed->mark == '+'   ? &keep.fetched
                    : parsed->mark == '~' ? &keep.adopted
                    : parsed->mark == '!' ? &keep.failures
                    : parsed->mark == '>' ? &keep.skips
                                          : nullptr;
    if (counter == nullptr || *counter == 0) return Result<void>{};
    --*counter;
    return file->write(std::string(line) + "\n");
  });
  if (!copied) return copied.error();
  if (auto done = file->commit(); !done) return done;
  lines_ = live_lines_;
  return open_file();
}

const Journal::Known* Journal::find(const Message& message) const {
  const auto full = digest_of(message);
  Digest digest;
  std::copy_n(full.begin(), digest.size(), digest.begin());
  const auto at = std::lower_bound(
      known_.begin(), known_.end(), digest,
      [](const Known& known, const Digest& key) { return known.digest < key; });
  return at != known_.end() && at->digest == digest ? &*at : nullptr;
}

unsigned Journal::fetched(const Message& message) const {
  const auto* known = find(message);
  return known != nullptr ? known->fetched : 0;
}

unsigned Journal::adopted(const Message& message) const {
  const auto* known = find(message);
  return known != nullptr ? known->adopted : 0;
}

unsigned Journal::failures(const Message& message) const {
  const auto* known = find(message);
  return known != nullptr ? known->failures : 0;
}

bool Journal::skip_was_said(const Message& message) const {
  const auto* known = find(message);
  return known != nullptr && known->skips > 0;
}

void Journal::add(char mark, const Message& message) {
  added_ += mark;
  added_ += message.uid;
  added_ += ' ' + std::to_string(message.size);
  added_ += ' ' + std::to_string(::time(nullptr)) + '\n';
}

Result<void> Journal::append() {
  if (added_.empty()) return {};
  unsynced_ = true;
  const bool written = sys_write_all(descriptor_, added_);
  added_.clear();
  if (!written) return system_error("write", path_, errno);
  return {};
}

Result<void> Journal::commit() {
  if (auto appended = append(); !appended) return appended;
  if (!unsynced_) return {};
  if (sys_fdatasync(descriptor_) != 0) {
    return system_error("sync", path_, errno);
  }
  unsynced_ = false;
  return {};
}

}  // namespace mailtool::store
