#include "store/mbox_note.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "mailtool/base/ascii.h"

namespace mailtool::store {
namespace {

constexpr std::string_view kTitle = "mailtool-mbox 2";
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kMaxNote = 64 * 1024 * 1024;
constexpr std::string_view kTailWord = "tail";
constexpr std::uint64_t kSmallTail = 64 * 1024;
constexpr std::uint64_t kLargeTail = 32 * 1024 * 1024;
constexpr std::uint64_t kBlock = 512;
constexpr std::uint64_t kLargeBlock = 4096;
constexpr std::size_t kCheckOctets = 4;
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

// entry = KEY SP OFFSET SP OCTETS SP HASH SP ( "0" / "1" )
std::optional<MboxEntry> parse_entry(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 5) return std::nullopt;
  const auto key = parse_delivery_key(words[0]);
  const auto offset = parse_number(words[1], INT64_MAX);
  const auto octets = parse_number(words[2], INT64_MAX);
  const auto hash = parse_hash(words[3]);
  const auto kept = parse_number(words[4], 1);
  if (!key || !offset || !octets || !hash || !kept) return std::nullopt;
  if (*octets > INT64_MAX - *offset) return std::nullopt;
  return MboxEntry{*key, *offset, *octets, *hash, *kept == 1};
}

std::uint64_t check_octets(const MboxTail& tail) {
  if (tail.block == 1) return tail.octets;
  const auto end = tail.offset + tail.octets;
  return (end / tail.block - tail.offset / tail.block) * kCheckOctets;
}

// tail = "tail" SP OFFSET SP OCTETS SP BLOCK SP CHECKS
std::optional<MboxTail> parse_tail(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 5 || words[0] != kTailWord) return std::nullopt;
  const auto offset = parse_number(words[1], INT64_MAX);
  const auto octets = parse_number(words[2], INT64_MAX);
  const auto block = parse_number(words[3], kLargeBlock);
  auto checks = parse_octets(words[4]);
  if (!offset || !octets || !block || !checks) return std::nullopt;
  if (*octets > INT64_MAX - *offset || *block == 0) return std::nullopt;
  MboxTail tail{*offset, *octets, *block, *std::move(checks)};
  if (tail.checks.size() != check_octets(tail)) return std::nullopt;
  return tail;
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

}  // namespace

std::uint64_t TailChecks::block_for(std::uint64_t octets) {
  if (octets <= kSmallTail) return 1;
  return octets <= kLargeTail ? kBlock : kLargeBlock;
}

void TailChecks::update(std::string_view octets) {
  if (block_ == 1) {
    text_ += octets;
    return;
  }
  while (!octets.empty()) {
    const auto piece = octets.substr(0, block_ - at_ % block_);
    hash_.update(piece);
    octets.remove_prefix(piece.size());
    at_ += piece.size();
    if (at_ % block_ != 0) return;
    auto so_far = hash_;
    auto check = so_far.finish();
    for (std::size_t i = 0; i < kCheckOctets; ++i, check >>= 8) {
      text_ += static_cast<char>(check & 0xff);
    }
  }
}

std::string format_note(const MboxNote& note) {
  std::string text(kTitle);
  text += '\n';
  for (const auto& entry : note.entries) {
    text += to_string(entry.key) + ' ' + std::to_string(entry.offset) + ' ' +
            std::to_string(entry.octets) + ' ' + hex(entry.hash) +
            (entry.kept ? " 1\n" : " 0\n");
  }
  text += std::string(kTailWord) + ' ' + std::to_string(note.tail.offset) +
          ' ' + std::to_string(note.tail.octets) + ' ' +
          std::to_string(note.tail.block) + ' ' + hex(note.tail.checks) + '\n';
  return text + "end " + std::to_string(note.entries.size()) + '\n';
}

MboxNote parse_note(std::string_view text) {
  const auto lines = split(text, '\n');
  const auto count = lines.size();
  if (count < 4 || lines[0] != kTitle || !lines[count - 1].empty() ||
      lines[count - 2] != "end " + std::to_string(count - 4)) {
    return {};
  }
  auto tail = parse_tail(lines[count - 3]);
  if (!tail) return {};
  MboxNote note;
  for (std::size_t i = 1; i + 3 < count; ++i) {
    auto entry = parse_entry(lines[i]);
    if (!entry) return {};
    note.entries.push_back(*std::move(entry));
  }
  note.tail = *std::move(tail);
  return note;
}

Result<std::string> read_note(const std::string& path) {
  const auto file = open_regular("read", path, O_RDONLY);
  if (!file) return file.error();
  if (!file->valid()) return std::string();
  std::string text;
  auto read = read_range(file->get(), 0, kMaxNote, [&](std::string_view piece) {
    text += piece;
    return true;
  });
  if (!read) return std::move(read).error();
  return text;
}

Result<bool> is_whole(const MboxEntry& entry, int mbox, std::uint64_t size) {
  if (size < entry.offset + entry.octets) return false;
  ContentHash hash;
  auto read = read_range(mbox, entry.offset, entry.offset + entry.octets,
                         [&](std::string_view piece) {
                           hash.update(piece);
                           return true;
                         });
  if (!read) return std::move(read).error();
  return hash.finish() == entry.hash;
}

Result<bool> is_torn(const MboxTail& tail, int mbox, std::uint64_t size) {
  if (size <= tail.offset || size >= tail.offset + tail.octets) return false;
  if (size % tail.block != 0) return false;
  TailChecks checks(tail);
  auto read =
      read_range(mbox, tail.offset, size, [&](std::string_view piece) {
        checks.update(piece);
        return true;
      });
  if (!read) return std::move(read).error();
  return tail.checks.starts_with(checks.text());
}

}  // namespace mailtool::store
