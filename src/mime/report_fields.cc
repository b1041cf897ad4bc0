// What the fields of reports mean.
#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/report.h"

namespace mailtool::mime {
namespace {

std::string text_of(const ReportGroup& group, std::string_view name) {
  const auto* text = group.find(name);
  return text == nullptr ? std::string() : *text;
}

TypedValue typed_of(const ReportGroup& group, std::string_view name) {
  return group.typed(name).value_or(TypedValue{});
}

std::vector<std::string> texts_of(const ReportGroup& group,
                                  std::string_view name) {
  const auto all = group.all(name);
  return {all.begin(), all.end()};
}

// The first word: what stands before a blank or a comment, in lower case.
std::string word_of(std::string_view text) {
  text = trim(text);
  return lower(text.substr(0, text.find_first_of(" \t(")));
}

std::string_view without_brackets(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

// status-code = DIGIT "." 1*3DIGIT "." 1*3DIGIT       ; RFC 3463 section 2
std::string status_of(std::string_view text) {
  text = trim(text);
  const auto code = text.substr(0, text.find_first_not_of("0123456789."));
  const auto parts = split(code, '.');
  if (parts.size() != 3 || parts[0].size() != 1) return {};
  const bool fits = std::all_of(parts.begin(), parts.end(), [](auto part) {
    return !part.empty() && part.size() <= 3;
  });
  return fits ? std::string(code) : std::string();
}

DeliveryAction action_of(std::string_view text) {
  const auto word = word_of(text);
  for (const auto action : {DeliveryAction::failed, DeliveryAction::delayed,
                            DeliveryAction::delivered, DeliveryAction::relayed,
                            DeliveryAction::expanded}) {
    if (word == to_string(action)) return action;
  }
  return DeliveryAction::unknown;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The number that all of `digits` are, at most 6; nullopt otherwise.
std::optional<char32_t> parse_hex(std::string_view digits) {
  constexpr std::size_t kMaxDigits = 6;
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  char32_t value = 0;
  for (const char c : digits) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<char32_t>(digit);
  }
  return value;
}

bool is_printable(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool surrogate = c >= 0xd800 && c <= 0xdfff;
  return !control && !surrogate && c <= 0x10ffff;
}

}  // namespace

std::string_view to_string(DeliveryAction action) noexcept {
  switch (action) {
    case DeliveryAction::unknown: return "unknown";
    case DeliveryAction::failed: return "failed";
    case DeliveryAction::delayed: return "delayed";
    case DeliveryAction::delivered: return "delivered";
    case DeliveryAction::relayed: return "relayed";
    case DeliveryAction::expanded: return "expanded";
  }
  return "unknown";
}

DeliveryStatus delivery_status(const ReportGroup& group) {
  DeliveryStatus status;
  status.original_envelope_id =
      decode_xtext(text_of(group, "Original-Envelope-Id"));
  status.reporting_mta = typed_of(group, "Reporting-MTA");
  status.received_from_mta = typed_of(group, "Received-From-MTA");
  status.dsn_gateway = typed_of(group, "DSN-Gateway");
  status.arrival_date = group.date("Arrival-Date");
  return status;
}

RecipientStatus recipient_status(const ReportGroup& group) {
  RecipientStatus status;
  status.original_recipient = typed_of(group, "Original-Recipient");
  status.final_recipient = typed_of(group, "Final-Recipient");
  status.action = action_of(text_of(group, "Action"));
  status.status = status_of(text_of(group, "Status"));
  status.remote_mta = typed_of(group, "Remote-MTA");
  status.diagnostic_code = typed_of(group, "Diagnostic-Code");
  status.last_attempt_date = group.date("Last-Attempt-Date");
  status.will_retry_until = group.date("Will-Retry-Until");
  status.final_log_id = text_of(group, "Final-Log-ID");
  return status;
}

// Disposition = action-mode "/" sending-mode ";" type ["/" modifier *("," ...)]
DispositionNotification disposition_notification(const ReportGroup& group) {
  DispositionNotification notification;
  notification.reporting_ua = text_of(group, "Reporting-UA");
  notification.mdn_gateway = typed_of(group, "MDN-Gateway");
  notification.original_recipient = typed_of(group, "Original-Recipient");
  notification.final_recipient = typed_of(group, "Final-Recipient");
  notification.original_message_id = text_of(group, "Original-Message-ID");
  notification.errors = texts_of(group, "Error");

  const auto text = lower(text_of(group, "Disposition"));
  const auto view = std::string_view(text);
  const auto semicolon = std::min(view.find(';'), view.size());
  const auto modes = view.substr(0, semicolon);
  const auto slash = std::min(modes.find('/'), modes.size());
  notification.action_mode = word_of(modes.substr(0, slash));
  if (slash < modes.size()) {
    notification.sending_mode = word_of(modes.substr(slash + 1));
  }
  if (semicolon == view.size()) return notification;
  const auto type = view.substr(semicolon + 1);
  const auto second = std::min(type.find('/'), type.size());
  notification.type = word_of(type.substr(0, second));
  if (second == type.size()) return notification;
  for (const auto modifier : split(type.substr(second + 1), ',')) {
    if (auto word = word_of(modifier); !word.empty()) {
      notification.modifiers.push_back(std::move(word));
    }
  }
  return notification;
}

Feedback feedback(const ReportGroup& group) {
  Feedback feedback;
  feedback.type = word_of(text_of(group, "Feedback-Type"));
  feedback.user_agent = text_of(group, "User-Agent");
  feedback.version = text_of(group, "Version");
  feedback.original_mail_from =
      without_brackets(text_of(group, "Original-Mail-From"));
  for (const auto recipient : group.all("Original-Rcpt-To")) {
    feedback.original_rcpt_to.emplace_back(without_brackets(recipient));
  }
  feedback.reported_domain = texts_of(group, "Reported-Domain");
  feedback.reported_uri = texts_of(group, "Reported-URI");
  feedback.authentication_results = texts_of(group, "Authentication-Results");
  feedback.source_ip = word_of(text_of(group, "Source-IP"));
  feedback.original_envelope_id = text_of(group, "Original-Envelope-Id");
  feedback.reporting_mta = typed_of(group, "Reporting-MTA");
  feedback.arrival_date = group.date("Arrival-Date");
  // The name before RFC 5965.
  if (!feedback.arrival_date)
    feedback.arrival_date = group.date("Received-Date");
  feedback.incidents =
      parse_number(trim(text_of(group, "Incidents"))).value_or(1);
  return feedback;
}

// EmbeddedUnicodeChar = "\x{" HEXPOINT "}"
std::string decode_utf8_address(std::string_view text) {
  constexpr std::string_view kOpen = "\\x{";
  std::string decoded;
  while (!text.empty()) {
    const auto open = std::min(text.find(kOpen), text.size());
    decoded += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    constexpr std::size_t kLongest = kOpen.size() + 7;
    const auto close = text.substr(0, kLongest).find('}');
    const auto value =
        close == text.npos
            ? std::nullopt
            : parse_hex(text.substr(kOpen.size(), close - kOpen.size()));
    if (value && is_printable(*value)) {
      append_utf8(decoded, *value);
      text.remove_prefix(close + 1);
    } else {
      decoded += kOpen;
      text.remove_prefix(kOpen.size());
    }
  }
  return decoded;
}

// hexchar = "+" 2HEXDIG
std::string decode_xtext(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = text[i] == '+' && i + 2 < text.size()
                           ? parse_hex(text.substr(i + 1, 2))
                           : std::nullopt;
    if (value && is_printable(*value) && *value < 0x80) {
      decoded += static_cast<char>(*value);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace mailtool::mime
