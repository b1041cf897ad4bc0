// A notification: multipart/report (RFC 6522) of three parts.
#include "app/queue_report.h"

#include "app/queue_report_original.h"
#include "app/queue_report_status.h"
#include "app/queue_report_text.h"
#include "app/queue_words.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::app {
namespace {

std::string header_line(std::string_view name, std::string_view value) {
  const auto folded = wrapped(std::string(name) + ": " + std::string(value), 1);
  return folded.substr(1);
}

// Whether `read` is what `typed` says: RFC 5322 section 3.2.4, quotes and
// backslashes are no part of a local part.
bool is_what_was_typed(const mime::Address& read, std::string_view typed) {
  const auto bare = [](std::string text) {
    std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
    return text;
  };
  return read.name.empty() && bare(read.address) == bare(std::string(typed));
}

// An address that cannot stand in a header of ASCII becomes the name of an
// empty group, as in RFC 6858.
std::string mailbox(const std::string& name, const std::string& address) {
  const auto list = mime::parse_address_list(address);
  if (is_ascii(address) && address.size() <= 320 && !list.defective &&
      list.mailboxes.size() == 1 && list.groups.empty() &&
      is_what_was_typed(list.mailboxes[0], address) &&
      address.find_first_of(" \t") == std::string::npos) {
    return mime::to_header(mime::Address{name, address});
  }
  return mime::encode_all_words(printable(address, 320), 6) + ":;";
}

std::string subject_of(ReportKind kind, const QueueState& state) {
  std::string text;
  switch (kind) {
    case ReportKind::failed: text = "Not delivered"; break;
    case ReportKind::delayed: text = "Not delivered yet"; break;
    case ReportKind::relayed: text = "Handed on"; break;
    case ReportKind::delivered: text = "Delivered"; break;
  }
  if (!state.subject.empty()) text += ": " + printable(state.subject, 300);
  bool long_word = false;
  for (const auto word : split(text, ' ')) long_word |= word.size() > 60;
  return long_word ? mime::encode_all_words(text, 9)
                   : mime::encode_words(text, 9);
}

// The identifiers that make a mail reader show the notification beside the
// message.
std::string thread_lines(const QueueState& state) {
  const auto ids = mime::parse_message_ids(state.message_id, 1);
  if (ids.empty() || ids[0].size() > 250 || !is_ascii(ids[0]) ||
      ids[0].find_first_of(" <>") != std::string::npos) {
    return "";
  }
  const auto id = "<" + ids[0] + ">";
  return header_line("In-Reply-To", id) + header_line("References", id);
}

// Texts beyond ASCII, or with long lines, go as quoted-printable.
Result<void> write_text(std::string_view type, std::string_view text,
                        Sink& to) {
  mime::TextScan scan;
  scan.add(text);
  std::string head = "Content-Type: " + std::string(type) + "\r\n";
  if (scan.is_7bit(998)) {
    return to.write(head + "\r\n" + std::string(text));
  }
  head += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  if (auto wrote = to.write(head); !wrote) return wrote;
  mime::QuotedPrintableEncoder encoder(to);
  if (auto wrote = encoder.write(text); !wrote) return wrote;
  return encoder.finish();
}

// Of as many recipients as there are, a piece at a time.
Result<void> write_status(ReportKind kind, const QueueState& state,
                          const std::vector<const QueueRecipient*>& about,
                          const ReportOrigin& origin, Sink& to) {
  const bool international = is_international(state, about);
  const auto write_fields = [&](Sink& out) -> Result<void> {
    auto wrote = out.write(message_fields(state, origin, international));
    for (const auto* recipient : about) {
      if (!wrote) return wrote;
      wrote = out.write(
          recipient_fields(kind, state, *recipient, origin, international));
    }
    return wrote;
  };
  if (!international) {
    auto wrote = to.write("Content-Type: message/delivery-status\r\n\r\n");
    return wrote ? write_fields(to) : wrote;
  }
  auto wrote = to.write(
      "Content-Type: message/global-delivery-status\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
  if (!wrote) return wrote;
  mime::QuotedPrintableEncoder encoder(to);
  if (auto done = write_fields(encoder); !done) return done;
  return encoder.finish();
}

std::string head_of(ReportKind kind, const QueueState& state,
                    const std::vector<const QueueRecipient*>& about,
                    const ReportOrigin& origin, const std::string& boundary) {
  const bool international = is_international(state, about);
  return header_line("Date", mime::format_date_time(
                                 {origin.now, origin.zone_minutes, true})) +
         header_line("From", mailbox("Mail Delivery System", origin.from)) +
         header_line("To", mailbox("", state.sender)) +
         header_line("Subject", subject_of(kind, state)) +
         header_line("Message-ID",
                     mime::make_message_id(origin.token, origin.host)) +
         thread_lines(state) + "Auto-Submitted: auto-replied\r\n" +
         "MIME-Version: 1.0\r\n" + "Content-Type: multipart/report;\r\n" +
         " report-type=" +
         (international ? "global-delivery-status" : "delivery-status") +
         ";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
}

}  // namespace

Result<void> write_report(ReportKind kind, const QueueState& state,
                          const std::vector<const QueueRecipient*>& about,
                          const ReportOrigin& origin, Source& original,
                          Sink& to) {
  const auto boundary = "report_" + origin.token;
  const auto delimiter = "\r\n--" + boundary + "\r\n";
  const bool whole =
      kind == ReportKind::failed && state.ret == smtp::DsnReturn::full;
  auto done = to.write(head_of(kind, state, about, origin, boundary) + "--" +
                       boundary + "\r\n");
  const auto text = report_text(kind, state, about, origin);
  if (done) {
    done = write_text(is_ascii(text) ? "text/plain; charset=us-ascii"
                                     : "text/plain; charset=utf-8",
                      text, to);
  }
  if (done) done = to.write(delimiter);
  if (done) done = write_status(kind, state, about, origin, to);
  if (done) done = to.write(delimiter);
  if (done) done = write_original(state, whole, original, to);
  return done ? to.write("\r\n--" + boundary + "--\r\n") : done;
}

}  // namespace mailtool::app
