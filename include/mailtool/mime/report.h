/// \file
/// The machine-readable parts of multipart/report (RFC 6522): delivery status
/// (RFC 3464), disposition notification (RFC 8098), feedback (RFC 5965), and
/// their global forms (RFC 6533).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/date_time.h"

namespace mailtool::mime {

enum class ReportKind : std::uint8_t {
  delivery_status,  ///< message/delivery-status, global-delivery-status
  disposition_notification,  ///< message/disposition-notification, global-...
  feedback                   ///< message/feedback-report
};

/// From a media type in lower case, as MediaType::full() gives it; nullopt for
/// all others.
[[nodiscard]] std::optional<ReportKind> report_kind(
    std::string_view media_type) noexcept;

/// One field of a group, as it came: unfolded, UTF-8 by the rule for raw
/// header octets, encoded words left alone, no CR, LF or NUL.
struct ReportField {
  std::string name;
  std::string value;
  friend bool operator==(const ReportField&, const ReportField&) = default;
};

/// "rfc822;bob@example.org" (RFC 3464 section 2.1.2).
struct TypedValue {
  std::string type;   ///< lower case; empty where there is no semicolon
  std::string value;  ///< utf-8 addresses decoded (RFC 6533 section 3)
  friend bool operator==(const TypedValue&, const TypedValue&) = default;
};

/// Fields up to an empty line.
struct ReportGroup {
  std::vector<ReportField> fields;  ///< as they stood, repeated ones too

  /// The value of the first field of this name, case aside; null if none.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// All of this name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  /// The first of this name as "type;value".
  [[nodiscard]] std::optional<TypedValue> typed(std::string_view name) const;
  [[nodiscard]] std::optional<DateTime> date(std::string_view name) const;
};

inline constexpr std::size_t kMaxReportOctets = 1024 * 1024;
inline constexpr std::size_t kMaxReportGroups = 10'000;
inline constexpr std::size_t kMaxReportFields = 100'000;  ///< of all groups

/// A report: of a delivery status, groups[0] is about the message and each
/// other about a recipient; of the others there is one group.
struct Report {
  ReportKind kind = ReportKind::delivery_status;
  std::vector<ReportGroup> groups;
  bool defective = false;  ///< a line was no field, or a limit was met
};

/// Reads the decoded body of the part, whole or as far as kMaxReportOctets;
/// never fails. A delivery status whose first group already names a recipient
/// gets an empty group for the message before it.
[[nodiscard]] Report parse_report(ReportKind kind, std::string_view body);

/// The group about the message (RFC 3464 section 2.2).
struct DeliveryStatus {
  std::string original_envelope_id;  ///< xtext decoded
  TypedValue reporting_mta;
  TypedValue received_from_mta;
  TypedValue dsn_gateway;
  std::optional<DateTime> arrival_date;
};

/// failed, delayed, delivered, relayed, expanded.
enum class DeliveryAction : std::uint8_t {
  unknown,
  failed,
  delayed,
  delivered,
  relayed,
  expanded
};
[[nodiscard]] std::string_view to_string(DeliveryAction action) noexcept;

/// A group about one recipient (RFC 3464 section 2.3).
struct RecipientStatus {
  TypedValue original_recipient;
  TypedValue final_recipient;
  DeliveryAction action = DeliveryAction::unknown;
  std::string status;  ///< "5.1.1", a comment left out; empty: none readable
  TypedValue remote_mta;
  TypedValue diagnostic_code;
  std::optional<DateTime> last_attempt_date;
  std::optional<DateTime> will_retry_until;
  std::string final_log_id;
};

[[nodiscard]] DeliveryStatus delivery_status(const ReportGroup& group);
[[nodiscard]] RecipientStatus recipient_status(const ReportGroup& group);

/// RFC 8098 section 3.1.
struct DispositionNotification {
  std::string reporting_ua;  ///< "name; product"
  TypedValue mdn_gateway;
  TypedValue original_recipient;
  TypedValue final_recipient;
  std::string original_message_id;
  std::string action_mode;   ///< "manual-action", "automatic-action"
  std::string sending_mode;  ///< "mdn-sent-manually", "mdn-sent-automatically"
  std::string type;          ///< "displayed", "deleted", "processed", ...
  std::vector<std::string> modifiers;  ///< "error", ...; lower case
  std::vector<std::string> errors;     ///< text of the Error fields
};

[[nodiscard]] DispositionNotification disposition_notification(
    const ReportGroup& group);

/// RFC 5965 section 3.
struct Feedback {
  std::string type;  ///< "abuse", "fraud", "virus", ...; lower case
  std::string user_agent;
  std::string version;
  std::string original_mail_from;  ///< without angle brackets
  std::vector<std::string> original_rcpt_to;
  std::vector<std::string> reported_domain;
  std::vector<std::string> reported_uri;
  std::vector<std::string> authentication_results;
  std::string source_ip;
  std::string original_envelope_id;
  TypedValue reporting_mta;
  std::optional<DateTime> arrival_date;
  std::uint64_t incidents = 1;
};

[[nodiscard]] Feedback feedback(const ReportGroup& group);

/// utf-8-addr-xtext and utf-8-addr-unitext (RFC 6533 section 3): "\x{20AC}" to
/// its character; what is malformed stays as it stands. CR, LF and NUL, however
/// they are written, stay encoded.
[[nodiscard]] std::string decode_utf8_address(std::string_view text);
/// xtext (RFC 3461 section 4): "+2B" to its octet, by the same rules.
[[nodiscard]] std::string decode_xtext(std::string_view text);

}  // namespace mailtool::mime
