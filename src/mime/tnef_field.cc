// The fields of a TNEF message and of its attachments.
#include <algorithm>

#include "code_page.h"
#include "embedded_name.h"
#include "little_endian.h"
#include "mailtool/base/ascii.h"
#include "tnef_part.h"

namespace mailtool::mime {
namespace {

// Properties of [MS-OXPROPS].
constexpr std::uint16_t kMessageClass = 0x001a, kSubject = 0x0037,
                        kSubmitTime = 0x0039, kSenderName = 0x0c1a,
                        kSenderAddress = 0x0c1f, kDeliveryTime = 0x0e06,
                        kMessageId = 0x1035, kDisplayName = 0x3001,
                        kAttachName = 0x3704, kAttachLongName = 0x3707,
                        kAttachMediaType = 0x370e, kAttachContentId = 0x3712,
                        kSenderSmtpAddress = 0x5d01;

// Times count 100 ns from 1601.
std::int64_t unix_seconds(std::uint64_t file_time) {
  constexpr std::uint64_t kTicks = 10'000'000;
  constexpr std::int64_t kEpoch = 11'644'473'600;
  return static_cast<std::int64_t>(file_time / kTicks) - kEpoch;
}

// Days from 1970-01-01 in the Gregorian calendar: years begin in March, so
// that the leap day is the last.
std::int64_t days_from_epoch(std::int64_t year, unsigned month, unsigned day) {
  if (month <= 2) --year;
  const auto era = year / 400;
  const auto year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 -
         year_of_era / 100 + day_of_year - 719'468;
}

// UINT16 year, month, day, hour, minute, second, day of the week.
std::optional<std::int64_t> parse_parts(std::string_view octets) {
  constexpr std::size_t kParts = 6;
  if (octets.size() < 2 * kParts) return std::nullopt;
  const auto year = read_u16(octets), month = read_u16(octets, 2),
             day = read_u16(octets, 4), hour = read_u16(octets, 6),
             minute = read_u16(octets, 8), second = read_u16(octets, 10);
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
      day > 31 || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  return ((days_from_epoch(year, month, day) * 24 + hour) * 60 + minute) * 60 +
         second;
}

// Up to the NUL; of UTF-16, a zero at an even place.
std::string_view before_nul(std::string_view octets, bool utf16) {
  if (!utf16) return octets.substr(0, octets.find('\0'));
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
    if (octets[i] == 0 && octets[i + 1] == 0) return octets.substr(0, i);
  }
  return octets.substr(0, octets.size() / 2 * 2);
}

std::string_view without_brackets(std::string_view text) {
  if (text.substr(0, 1) == "<") text.remove_prefix(1);
  if (!text.empty() && text.back() == '>') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string TnefPart::kept_text() const {
  const bool utf16 = value_.type == kTnefUnicode;
  return embedded_text(before_nul(kept_, utf16),
                       utf16 ? "utf-16le" : message_.charset);
}

void TnefPart::keep_attribute() {
  switch (value_.attribute) {
    case kTnefOemCodepage:
      if (kept_.size() >= 4)
        message_.charset = code_page_charset(read_u32(kept_));
      break;
    case kTnefSubject: message_.subject = kept_text(); break;
    case kTnefMessageClass: message_.message_class = kept_text(); break;
    case kTnefDateSent: message_.sent = parse_parts(kept_); break;
    case kTnefDateReceived: message_.received = parse_parts(kept_); break;
    case kTnefAttachTitle:
      if (attachment_ && attachment_->name.empty())
        attachment_->name = kept_text();
      break;
    default: break;
  }
}

void TnefPart::keep_property() {
  if (value_.type == kTnefTime) return keep_date();
  if (value_.type != kTnefString8 && value_.type != kTnefUnicode) return;
  switch (value_.property) {
    case kMessageClass: message_.message_class = kept_text(); break;
    case kSubject: {
      message_.subject = kept_text();
      // U+0001 and the length of a prefix like "Re: " can stand before it.
      const auto units =
          static_cast<std::size_t>(value_.type == kTnefUnicode ? 2 : 1);
      if (!kept_.empty() && kept_.front() == '\x01') {
        kept_.erase(0, std::min(kept_.size(), 2 * units));
        message_.subject = kept_text();
      }
      break;
    }
    case kMessageId: message_.message_id = kept_text(); break;
    case kSenderName: message_.sender_name = kept_text(); break;
    case kSenderAddress:
      if (message_.sender_address.empty())
        message_.sender_address = kept_text();
      break;
    case kSenderSmtpAddress: message_.sender_address = kept_text(); break;
    default: break;
  }
}

void TnefPart::keep_date() {
  constexpr std::size_t kTime = 8;
  if (kept_.size() < kTime) return;
  if (value_.property == kSubmitTime) {
    message_.sent = unix_seconds(read_u64(kept_));
  } else if (value_.property == kDeliveryTime) {
    message_.received = unix_seconds(read_u64(kept_));
  }
}

void TnefPart::keep_attachment_property() {
  if (!attachment_) return;
  if (value_.type != kTnefString8 && value_.type != kTnefUnicode) return;
  auto text = kept_text();
  if (text.empty()) return;
  auto& file = *attachment_;
  switch (value_.property) {
    case kAttachLongName: file.name = std::move(text); break;
    case kAttachName:
    case kDisplayName:
      if (file.name.empty()) file.name = std::move(text);
      break;
    case kAttachMediaType:
      if (file.kind != EmbeddedKind::message) file.media_type = lower(text);
      break;
    case kAttachContentId:
      file.content_id = without_brackets(trim(text));
      break;
    default: break;
  }
}

}  // namespace mailtool::mime
