#include "store/journal_line.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "mailtool/base/ascii.h"
#include "mailtool/store/journal.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kReadOctets = 64 * 1024;
constexpr std::size_t kLineOctets = 4096;
constexpr std::string_view kMarks = "+~-!><?=";
constexpr std::size_t kDigestDigits = 16;

std::string_view next_word(std::string_view& rest) {
  const auto space = rest.find(' ');
  const auto word = rest.substr(0, space);
  rest.remove_prefix(space == rest.npos ? rest.size() : space + 1);
  return word;
}

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != kDigestDigits || error != std::errc{} || at != end) {
    return std::nullopt;
  }
  return value;
}

void append_number(std::uint64_t value, int base, std::string& to) {
  std::array<char, 24> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, base)
          .ptr;
  to.append(digits.data(), end);
}

}  // namespace

// line   = *NUL mark uid SP size SP time [SP digest] LF
// size   = 1*DIGIT / "-"
// digest = 16HEXDIG
std::optional<JournalLine> parse_journal_line(std::string_view line) {
  const auto nul = line.rfind('\0');
  if (nul != line.npos) line.remove_prefix(nul + 1);
  if (line.empty() || kMarks.find(line[0]) == kMarks.npos) return std::nullopt;
  auto rest = line.substr(1);
  JournalLine parsed;
  parsed.mark = line[0];
  parsed.uid = next_word(rest);
  if (parsed.uid.empty() || parsed.uid.size() > Journal::kUidOctets) {
    return std::nullopt;
  }
  const auto size = next_word(rest);
  const auto octets = size == "-" ? Journal::kUnknownSize : parse_number(size);
  const auto time = parse_number(next_word(rest), INT64_MAX);
  if (!octets || !time) return std::nullopt;
  parsed.size = *octets;
  parsed.time = static_cast<std::int64_t>(*time);
  if (line.ends_with(' ')) return std::nullopt;
  if (rest.empty()) return parsed;
  const auto digest = parse_hex(rest);
  if (!digest) return std::nullopt;
  parsed.digest = *digest;
  return parsed;
}

void append_journal_line(const JournalLine& line, std::string& to) {
  to += line.mark;
  to += line.uid;
  to += ' ';
  if (line.size == Journal::kUnknownSize) {
    to += '-';
  } else {
    append_number(line.size, 10, to);
  }
  to += ' ';
  append_number(static_cast<std::uint64_t>(line.time), 10, to);
  if (line.digest != 0) {
    std::string digits;
    append_number(line.digest, 16, digits);
    to += ' ';
    to.append(kDigestDigits - digits.size(), '0');
    to += digits;
  }
  to += '\n';
}

// Percent-encoded.
std::string journal_word(std::string_view text) {
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

std::string journal_title(std::string_view owner) {
  return "mailtool-journal 1 " + journal_word(owner) + " ";
}

// A line that is too long is none: its end is kept, for what a crash filled
// with NUL may be stuck to the next line.
Result<std::int64_t> for_each_journal_line(
    int descriptor, const std::string& path,
    const std::function<Result<void>(std::string_view)>& take) {
  std::string buffer;
  std::int64_t whole = 0;
  std::int64_t at = 0;
  for (;;) {
    const auto held = buffer.size();
    buffer.resize(held + kReadOctets);
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
      whole = at + static_cast<std::int64_t>(begin - held);
    }
    at += count;
    buffer.erase(0, begin);
    if (buffer.size() > kLineOctets) {
      buffer.erase(0, buffer.size() - kLineOctets);
    }
  }
}

}  // namespace mailtool::store
