#include "app/queue_report_status.h"

#include <algorithm>

#include "app/queue_schedule.h"
#include "app/queue_words.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/date_time.h"

namespace mailtool::app {
namespace {

// EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"  ; RFC 6533 section 3
std::string embedded(char32_t value) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string digits;
  for (; value != 0; value >>= 4) digits += kHex[value & 15];
  std::reverse(digits.begin(), digits.end());
  return "\\x{" + digits + "}";
}

// As one line that is printable, and ASCII unless `international`.
std::string field_text(std::string_view text, bool international) {
  const auto shown = printable(text, 4 * kShownOctets);
  if (international) return shown;
  std::string ascii;
  for (std::string_view rest = shown; !rest.empty();) {
    const auto point = next_code_point(rest);
    if (point.value < 0x80) {
      ascii += static_cast<char>(point.value);
    } else {
      ascii += embedded(point.value);
    }
    rest.remove_prefix(point.octets);
  }
  return ascii;
}

class Fields {
 public:
  explicit Fields(bool international) : international_(international) {}

  void add(std::string_view name, std::string_view value) {
    const auto line =
        std::string(name) + ": " + field_text(value, international_);
    // Lines but the first begin with the blank that folds them.
    auto folded = wrapped(line, 1);
    out_ += folded.substr(std::min<std::size_t>(1, folded.size()));
  }
  void date(std::string_view name, std::int64_t when,
            const ReportOrigin& origin) {
    add(name, mime::format_date_time({when, origin.zone_minutes, true}));
  }
  void address(std::string_view name, std::string_view address) {
    add(name,
        (is_ascii(address) ? "rfc822;" : "utf-8;") + std::string(address));
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  bool international_;
  std::string out_;
};

// status-code = DIGIT "." 1*3DIGIT "." 1*3DIGIT  ; RFC 3464 section 2.3.4
bool is_status(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3 || parts[0].size() != 1) return false;
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part.size() <= 3 && parse_number(part).has_value();
  });
}

std::int64_t end_of(const QueueState& state, std::int64_t now) {
  const auto born = std::min(std::max(state.queued_at, state.not_before), now);
  return born + (state.lifetime > 0 ? state.lifetime : kLifetime);
}

std::string_view action_of(ReportKind kind) {
  switch (kind) {
    case ReportKind::failed: return "failed";
    case ReportKind::delayed: return "delayed";
    case ReportKind::relayed: return "relayed";
    case ReportKind::delivered: return "delivered";
  }
  return "failed";
}

std::int64_t last_attempt(const QueueState& state,
                          const QueueRecipient& recipient) {
  for (auto it = state.attempts.rbegin(); it != state.attempts.rend(); ++it) {
    if (it->recipient == recipient.address) return it->time;
  }
  return 0;
}

std::string diagnostic(const QueueRecipient& recipient) {
  const auto words = server_words(recipient.said);
  const auto code = std::to_string(recipient.code);
  if (recipient.code == 0) {
    // A reason of ours; the server's words, if any, belong to it.
    const auto why = trim(recipient.said);
    return why.empty() ? "" : "X-Mailtool; " + std::string(why);
  }
  if (words.starts_with(code)) return "smtp; " + std::string(words);
  std::string text = "smtp; " + code;
  if (!recipient.enhanced.empty()) text += " " + recipient.enhanced;
  if (!words.empty()) text += " " + std::string(words);
  return text;
}

}  // namespace

bool is_expired(const QueueState& state, std::int64_t now) {
  return now >= end_of(state, now);
}

std::string status_code(ReportKind kind, const QueueState& state,
                        const QueueRecipient& recipient, std::int64_t now) {
  const int digit = recipient.code / 100;
  const auto& said = recipient.enhanced;
  // What was given up keeps the 4 of its last answer.
  const bool fits = is_status(said) && said[0] - '0' == digit;
  if (kind == ReportKind::relayed || kind == ReportKind::delivered) {
    return fits && digit == 2 ? said : "2.0.0";
  }
  if (kind == ReportKind::delayed) {
    if (digit == 4) return fits ? said : "4.0.0";
    return recipient.host.empty() ? "4.4.1" : "4.4.2";
  }
  if (digit == 5) return fits ? said : "5.0.0";
  if (digit == 4 && fits) return said;
  if (digit == 4 || is_expired(state, now)) return "4.4.7";
  return recipient.host.empty() ? "5.4.4" : "5.0.0";
}

bool is_international(const QueueState& state,
                      const std::vector<const QueueRecipient*>& about) {
  return !is_ascii(state.sender) ||
         std::any_of(about.begin(), about.end(), [](const auto* recipient) {
           return !is_ascii(recipient->address);
         });
}

std::string message_fields(const QueueState& state, const ReportOrigin& origin,
                           bool international) {
  Fields fields(international);
  if (!state.envelope_id.empty()) {
    fields.add("Original-Envelope-Id", state.envelope_id);
  }
  fields.add("Reporting-MTA", "dns;" + origin.host);
  fields.date("Arrival-Date", state.queued_at, origin);
  return fields.take();
}

std::string recipient_fields(ReportKind kind, const QueueState& state,
                             const QueueRecipient& recipient,
                             const ReportOrigin& origin, bool international) {
  Fields fields(international);
  // Where DSN was asked for, it went along as ORCPT.
  if (!recipient.orcpt.empty()) {
    fields.add("Original-Recipient", recipient.orcpt);
  } else if (state.notify != smtp::DsnNotify{}) {
    fields.address("Original-Recipient", recipient.address);
  }
  fields.address("Final-Recipient", recipient.address);
  fields.add("Action", action_of(kind));
  fields.add("Status", status_code(kind, state, recipient, origin.now));
  if (!recipient.host.empty()) {
    fields.add("Remote-MTA", "dns;" + recipient.host);
  }
  if (const auto text = diagnostic(recipient); !text.empty()) {
    fields.add("Diagnostic-Code", text);
  }
  if (const auto when = last_attempt(state, recipient); when != 0) {
    fields.date("Last-Attempt-Date", when, origin);
  }
  if (kind == ReportKind::delayed) {
    fields.date("Will-Retry-Until", end_of(state, origin.now), origin);
  }
  return "\r\n" + fields.take();
}

}  // namespace mailtool::app
