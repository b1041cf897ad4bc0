#include "app/report_json.h"

#include <optional>

#include "mailtool/mime/message_id.h"

namespace mailtool::app {
namespace {

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void text_field(JsonWriter& json, std::string_view name,
                const std::string& text) {
  json.field(name, known(text));
}

void typed_field(JsonWriter& json, std::string_view name,
                 const mime::TypedValue& typed) {
  json.field(name, known(typed.value));
}

void date_field(JsonWriter& json, std::string_view name,
                const std::optional<mime::DateTime>& when) {
  json.field(name, when ? std::optional(mime::to_rfc3339(*when)) : std::nullopt);
}

void list_field(JsonWriter& json, std::string_view name,
                const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

void write_recipient(const mime::RecipientStatus& status, JsonWriter& json) {
  json.begin_object();
  typed_field(json, "original_recipient", status.original_recipient);
  typed_field(json, "final_recipient", status.final_recipient);
  json.field("action", status.action == mime::DeliveryAction::unknown
                           ? std::nullopt
                           : std::optional(std::string(
                                 mime::to_string(status.action))));
  text_field(json, "status", status.status);
  typed_field(json, "remote_mta", status.remote_mta);
  text_field(json, "diagnostic_type", status.diagnostic_code.type);
  typed_field(json, "diagnostic_code", status.diagnostic_code);
  date_field(json, "last_attempt_date", status.last_attempt_date);
  date_field(json, "will_retry_until", status.will_retry_until);
  json.end_object();
}

void write_delivery_status(const mime::Report& report, JsonWriter& json) {
  const mime::ReportGroup none;
  const auto about = mime::delivery_status(
      report.groups.empty() ? none : report.groups.front());
  typed_field(json, "reporting_mta", about.reporting_mta);
  typed_field(json, "received_from_mta", about.received_from_mta);
  text_field(json, "original_envelope_id", about.original_envelope_id);
  date_field(json, "arrival_date", about.arrival_date);
  json.key("recipients").begin_array();
  for (std::size_t i = 1; i < report.groups.size(); ++i) {
    write_recipient(mime::recipient_status(report.groups[i]), json);
  }
  json.end_array();
}

void write_disposition(const mime::ReportGroup& group, JsonWriter& json) {
  const auto about = mime::disposition_notification(group);
  text_field(json, "disposition", about.type);
  text_field(json, "action_mode", about.action_mode);
  text_field(json, "sending_mode", about.sending_mode);
  list_field(json, "modifiers", about.modifiers);
  list_field(json, "errors", about.errors);
  typed_field(json, "original_recipient", about.original_recipient);
  typed_field(json, "final_recipient", about.final_recipient);
  const auto ids = mime::parse_message_ids(about.original_message_id, 1);
  json.field("original_message_id",
             ids.empty() ? std::nullopt : std::optional(ids[0]));
  text_field(json, "reporting_ua", about.reporting_ua);
}

void write_feedback(const mime::ReportGroup& group, JsonWriter& json) {
  const auto about = mime::feedback(group);
  text_field(json, "feedback_type", about.type);
  text_field(json, "user_agent", about.user_agent);
  text_field(json, "original_mail_from", about.original_mail_from);
  list_field(json, "original_rcpt_to", about.original_rcpt_to);
  list_field(json, "reported_domain", about.reported_domain);
  list_field(json, "reported_uri", about.reported_uri);
  list_field(json, "authentication_results", about.authentication_results);
  text_field(json, "source_ip", about.source_ip);
  text_field(json, "original_envelope_id", about.original_envelope_id);
  typed_field(json, "reporting_mta", about.reporting_mta);
  date_field(json, "arrival_date", about.arrival_date);
  json.field("incidents", about.incidents);
}

}  // namespace

void write_report_json(const mime::Report& report, JsonWriter& json) {
  const mime::ReportGroup none;
  const auto& first = report.groups.empty() ? none : report.groups.front();
  json.begin_object();
  switch (report.kind) {
    case mime::ReportKind::delivery_status:
      json.field("kind", "delivery-status");
      write_delivery_status(report, json);
      break;
    case mime::ReportKind::disposition_notification:
      json.field("kind", "disposition-notification");
      write_disposition(first, json);
      break;
    case mime::ReportKind::feedback:
      json.field("kind", "feedback-report");
      write_feedback(first, json);
      break;
  }
  json.field("defective", report.defective).end_object();
}

}  // namespace mailtool::app
