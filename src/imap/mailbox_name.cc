#include "mailtool/imap/mailbox_name.h"

#include <cstdint>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::imap {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool is_direct(char32_t c) { return c >= 0x20 && c <= 0x7e; }

// UTF-16 code units as base64 without padding: RFC 3501 section 5.1.3.
class ShiftedWriter {
 public:
  explicit ShiftedWriter(std::string& to) : to_(to) {}

  void code_point(char32_t c) {
    if (!open_) {
      to_ += '&';
      open_ = true;
    }
    if (c >= 0x10000) {
      unit(0xd800 + ((c - 0x10000) >> 10));
      unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      unit(c);
    }
  }

  void close() {
    if (!open_) return;
    if (bits_ > 0) to_ += kAlphabet[(held_ << (6 - bits_)) & 63];
    to_ += '-';
    open_ = false;
    held_ = 0;
    bits_ = 0;
  }

 private:
  void unit(char32_t value) {
    held_ = (held_ << 16) | (value & 0xffff);
    bits_ += 16;
    while (bits_ >= 6) {
      bits_ -= 6;
      to_ += kAlphabet[(held_ >> bits_) & 63];
    }
    held_ &= (1U << bits_) - 1;
  }

  std::string& to_;
  bool open_ = false;
  std::uint32_t held_ = 0;  // at most 5 bits carried + 16
  unsigned bits_ = 0;
};

// Appends the UTF-16 of one "&…-" in UTF-8; false when it is none. What is
// not canonical (padding bits, ASCII inside) the round trip finds.
bool append_shifted(std::string& to, std::string_view base64) {
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::uint32_t high = 0;
  for (const char c : base64) {
    const auto digit = kAlphabet.find(c);
    if (digit == kAlphabet.npos) return false;
    held = (held << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 16) continue;
    bits -= 16;
    const std::uint32_t unit = (held >> bits) & 0xffff;
    held &= (1U << bits) - 1;
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      if (high == 0) return false;
      append_utf8(to, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
      continue;
    }
    if (high != 0) return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      high = unit;
    } else {
      append_utf8(to, unit);
    }
  }
  return high == 0;
}

}  // namespace

std::string encode_modified_utf7(std::string_view utf8) {
  std::string wire;
  ShiftedWriter shifted(wire);
  while (!utf8.empty()) {
    const auto point = next_code_point(utf8);
    utf8.remove_prefix(point.octets);
    if (!is_direct(point.value)) {
      shifted.code_point(point.value);
      continue;
    }
    shifted.close();
    wire += static_cast<char>(point.value);
    if (point.value == '&') wire += '-';
  }
  shifted.close();
  return wire;
}

std::optional<std::string> decode_modified_utf7(std::string_view text) {
  std::string utf8;
  for (auto rest = text; !rest.empty();) {
    const char c = rest[0];
    rest.remove_prefix(1);
    if (c != '&') {
      if (!is_direct(static_cast<unsigned char>(c))) return std::nullopt;
      utf8 += c;
      continue;
    }
    const auto end = rest.find('-');
    if (end == rest.npos) return std::nullopt;
    if (end == 0) {
      utf8 += '&';
    } else if (!append_shifted(utf8, rest.substr(0, end))) {
      return std::nullopt;
    }
    rest.remove_prefix(end + 1);
  }
  if (encode_modified_utf7(utf8) != text) return std::nullopt;
  return utf8;
}

MailboxName mailbox_from_wire(std::string_view wire, NameEncoding encoding) {
  if (iequals(wire, "INBOX")) return {"INBOX", "INBOX", true};
  if (encoding == NameEncoding::utf8) {
    return {std::string(wire), std::string(wire), is_valid_utf8(wire)};
  }
  if (auto utf8 = decode_modified_utf7(wire)) {
    return {std::string(wire), *std::move(utf8), true};
  }
  return {std::string(wire), std::string(wire), false};
}

Result<MailboxName> mailbox_from_utf8(std::string_view utf8,
                                      NameEncoding encoding) {
  const auto refuse = [](std::string why) {
    return Error{ErrorKind::usage, "folder name: " + why};
  };
  if (utf8.empty()) return refuse("empty");
  if (utf8.size() > kMaxMailboxName) return refuse("longer than 8192 octets");
  if (has_line_break_or_nul(utf8)) return refuse("CR, LF or NUL in it");
  if (!is_valid_utf8(utf8)) return refuse("not UTF-8");
  if (iequals(utf8, "INBOX")) return MailboxName{"INBOX", "INBOX", true};
  return MailboxName{encoding == NameEncoding::utf8
                         ? std::string(utf8)
                         : encode_modified_utf7(utf8),
                     std::string(utf8), true};
}

MailboxName in_encoding(const MailboxName& name, NameEncoding encoding) {
  auto same = mailbox_from_utf8(name.utf8, encoding);
  return name.well_formed && same ? *std::move(same) : name;
}

}  // namespace mailtool::imap
