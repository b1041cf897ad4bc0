#include "store/mbox_note.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "mailtool/base/ascii.h"
#include "store/content_hash.h"

namespace mailtool::store {
namespace {

constexpr std::string_view kTitle = "mailtool-mbox 1";
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kMaxNote = 64 * 1024 * 1024;
constexpr std::string_view kFrom = "From ";
// A "From " line tells a time of day within so many octets.
constexpr std::size_t kFromLine = 160;
constexpr std::string_view kDigits = "0123456789abcdef";

std::string hex(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

std::string hex(std::uint64_t number) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) {
    text += kDigits[number >> shift & 15];
  }
  return text;
}

std::optional<std::string> parse_octets(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string octets;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = kDigits.find(digits[i]);
    const auto low = kDigits.find(digits[i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
    octets += static_cast<char>(high * 16 + low);
  }
  return octets;
}

std::optional<std::uint64_t> parse_hash(std::string_view digits) {
  const auto octets = parse_octets(digits);
  if (!octets || octets->size() != sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : *octets) {
    number = number << 8 | static_cast<unsigned char>(c);
  }
  return number;
}

// entry = KEY SP OFFSET SP OCTETS SP HASH SP HEAD
std::optional<MboxEntry> parse_entry(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 5) return std::nullopt;
  const auto key = parse_delivery_key(words[0]);
  const auto offset = parse_number(words[1], INT64_MAX);
  const auto octets = parse_number(words[2], INT64_MAX);
  const auto hash = parse_hash(words[3]);
  const auto head = parse_octets(words[4]);
  if (!key || !offset || !octets || !hash || !head) return std::nullopt;
  if (head->size() > MboxEntry::kHeadOctets) return std::nullopt;
  if (*octets > INT64_MAX - *offset) return std::nullopt;
  return MboxEntry{*key, *offset, *octets, *hash, *head};
}

// Calls `take` with octets [from, to) of the file, piece by piece, until it
// returns false.
Result<void> read_range(int file, std::uint64_t from, std::uint64_t to,
                        const std::function<bool(std::string_view)>& take) {
  std::string piece(kChunk, '\0');
  while (from < to) {
    const auto count =
        ::pread(file, piece.data(), std::min<std::uint64_t>(kChunk, to - from),
                static_cast<off_t>(from));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", "the mbox", errno);
    if (count == 0) return {};
    const auto octets = static_cast<std::size_t>(count);
    if (!take(std::string_view(piece).substr(0, octets))) return {};
    from += octets;
  }
  return {};
}

// "From " and a time of day on the same line, as every message of an mbox
// begins, wherever on a line: it may stand right behind what was torn.
bool has_from_line(std::string_view text) {
  for (auto at = text.find(kFrom); at != text.npos;
       at = text.find(kFrom, at + 1)) {
    auto line = text.substr(at, kFromLine);
    line = line.substr(0, line.find('\n'));
    for (std::size_t i = 0; i + 5 <= line.size(); ++i) {
      if (is_digit(line[i]) && is_digit(line[i + 1]) && line[i + 2] == ':' &&
          is_digit(line[i + 3]) && is_digit(line[i + 4])) {
        return true;
      }
    }
  }
  return false;
}

// A message of ours has no such line but its first, since others are quoted.
Result<Standing> look_at_tail(const MboxEntry& entry, int mbox,
                              std::uint64_t size) {
  std::string held;  // the end of what came before
  bool first = true;
  bool ours = true;
  auto read = read_range(mbox, entry.offset, size, [&](std::string_view piece) {
    if (first) {
      const auto head = piece.substr(0, entry.head.size());
      ours = entry.head.starts_with(head);
      piece.remove_prefix(std::min(piece.size(), kFrom.size()));
      first = false;
    }
    held += piece;
    ours = ours && !has_from_line(held);
    if (held.size() > kFromLine) held.erase(0, held.size() - kFromLine);
    return ours;
  });
  if (!read) return std::move(read).error();
  return ours ? Standing::torn : Standing::gone;
}

}  // namespace

std::string format_note(const std::vector<MboxEntry>& entries) {
  std::string text(kTitle);
  text += '\n';
  for (const auto& entry : entries) {
    text += to_string(entry.key) + ' ' + std::to_string(entry.offset) + ' ' +
            std::to_string(entry.octets) + ' ' + hex(entry.hash) + ' ' +
            hex(entry.head) + '\n';
  }
  return text + "end " + std::to_string(entries.size()) + '\n';
}

std::vector<MboxEntry> parse_note(std::string_view text) {
  const auto lines = split(text, '\n');
  const auto count = lines.size();
  if (count < 3 || lines[0] != kTitle || !lines[count - 1].empty() ||
      lines[count - 2] != "end " + std::to_string(count - 3)) {
    return {};
  }
  std::vector<MboxEntry> entries;
  for (std::size_t i = 1; i + 2 < count; ++i) {
    auto entry = parse_entry(lines[i]);
    if (!entry) return {};
    entries.push_back(*std::move(entry));
  }
  return entries;
}

Result<std::string> read_note(const std::string& path) {
  const Descriptor file(
      sys_open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW, 0));
  if (!file.valid()) {
    if (errno == ENOENT) return std::string();
    return system_error("read", path, errno);
  }
  std::string text;
  auto read = read_range(file.get(), 0, kMaxNote, [&](std::string_view piece) {
    text += piece;
    return true;
  });
  if (!read) return std::move(read).error();
  return text;
}

Result<Standing> look_at(const MboxEntry& entry, int mbox, std::uint64_t size) {
  if (size <= entry.offset) return Standing::gone;
  if (size < entry.offset + entry.octets) {
    return look_at_tail(entry, mbox, size);
  }
  ContentHash hash;
  auto read = read_range(mbox, entry.offset, entry.offset + entry.octets,
                         [&](std::string_view piece) {
                           hash.update(piece);
                           return true;
                         });
  if (!read) return std::move(read).error();
  return hash.finish() == entry.hash ? Standing::whole : Standing::gone;
}

}  // namespace mailtool::store
