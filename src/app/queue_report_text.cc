#include "app/queue_report_text.h"

#include "app/queue_report_status.h"
#include "app/queue_schedule.h"
#include "app/queue_words.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/date_time.h"

namespace mailtool::app {
namespace {

std::string date_text(std::int64_t when, const ReportOrigin& origin) {
  return mime::format_date_time({when, origin.zone_minutes, true});
}

std::string end_text(const QueueState& state, const ReportOrigin& origin) {
  const auto life = state.lifetime > 0 ? state.lifetime : kLifetime;
  return date_text(std::max(state.queued_at, state.not_before) + life, origin);
}

bool is_success(ReportKind kind) {
  return kind == ReportKind::relayed || kind == ReportKind::delivered;
}

std::string opening(ReportKind kind, const QueueState& state, bool several,
                    const ReportOrigin& origin) {
  const std::string whom =
      several ? "the recipients below" : "the recipient below";
  switch (kind) {
    case ReportKind::failed:
      return "Your message could not be delivered to " + whom +
             ". It is not tried again.";
    case ReportKind::delayed:
      return "Your message has not yet been delivered to " + whom +
             ". It is tried again until " + end_text(state, origin) +
             ". You need not send it again.";
    case ReportKind::relayed:
      return "Your message to " + whom +
             " has gone to a mail server that confirms no delivery. You hear "
             "of it again only if it comes back.";
    case ReportKind::delivered:
      return "Your message has been delivered to " + whom + ".";
  }
  return "";
}

// By the class of the status code (RFC 3463).
std::string advice(ReportKind kind, const std::string& status, bool expired) {
  if (is_success(kind)) return "";
  const auto subject = status.substr(1, 4);
  const bool final = kind == ReportKind::failed;
  if (subject == ".1.1" || subject == ".1.2" || subject == ".1.3" ||
      subject == ".1.6" || subject == ".1.10" || subject == ".4.4") {
    return "Check the address for a mistake in typing.";
  }
  if (subject == ".2.2") {
    return "The mailbox is full: tell the recipient by other means.";
  }
  if (subject == ".3.4" || subject == ".2.3") {
    return "Send a smaller message: files can go by a link.";
  }
  if (status.substr(1, 2) == ".7" && !(kind == ReportKind::delayed)) {
    return "The server does not take this message from you: read what it says "
           "above, and ask its administrators, or send from another account.";
  }
  if (final && expired) {
    return "Its mail server may be down for long: tell the recipient by other "
           "means, or send the message again later.";
  }
  if (!final) {
    return "\"mailtool queue why\" tells more; \"mailtool queue remove\" stops "
           "it.";
  }
  return "Read what the server says above; send the message again once that "
         "is mended.";
}

std::string happened(ReportKind kind, const QueueRecipient& recipient,
                     bool expired) {
  const auto host =
      recipient.host.empty() ? std::string() : printable(recipient.host, 255);
  const bool said = !server_words(recipient.said).empty();
  if (kind == ReportKind::delivered) return "It is in the mailbox.";
  if (kind == ReportKind::relayed) {
    return host.empty() ? "It was handed on."
                        : "It was handed on to " + host + ".";
  }
  std::string text;
  if (kind == ReportKind::failed && !expired && recipient.code / 100 == 5) {
    text = host.empty() ? "It was refused" : host + " refused it";
  } else if (is_greylisting(recipient.code, recipient.enhanced,
                            recipient.said)) {
    text = (host.empty() ? "The server" : host) +
           " asks to try again later, as it does with senders it does not "
           "know (greylisting)";
  } else if (host.empty()) {
    text = "No mail server could take it";
  } else {
    text = host + " did not take it";
  }
  if (recipient.attempts > 1) {
    text += ", after " + std::to_string(recipient.attempts) + " attempts";
  }
  return text + (said || !own_words(recipient.said).empty() ? ":" : ".");
}

std::string about_recipient(ReportKind kind, const QueueState& state,
                            const QueueRecipient& recipient,
                            const ReportOrigin& origin) {
  const bool expired = kind == ReportKind::failed &&
                       recipient.code / 100 != 5 &&
                       is_expired(state, origin.now);
  auto text = "\r\n" + wrapped(printable(recipient.address), 0);
  text += wrapped(happened(kind, recipient, expired), 2);
  if (is_success(kind)) return text;
  auto words = server_words(recipient.said);
  if (words.empty()) words = own_words(recipient.said);
  text += wrapped(printable(words), 6);
  return text +
         wrapped(advice(kind, status_code(kind, state, recipient, origin.now),
                        expired),
                 2);
}

std::string about_message(ReportKind kind, const QueueState& state,
                          const ReportOrigin& origin) {
  const auto* when = kind == ReportKind::delivered ? "Arrived: " : "Queued: ";
  const auto row = [](std::string_view name, const std::string& value) {
    return value.empty() ? "" : wrapped(std::string(name) + value, 2);
  };
  return "\r\nThe message:\r\n\r\n" +
         row("Subject: ", printable(state.subject)) +
         row(when, date_text(state.queued_at, origin)) +
         row("Message-ID: ", printable(state.message_id));
}

}  // namespace

std::string report_text(ReportKind kind, const QueueState& state,
                        const std::vector<const QueueRecipient*>& about,
                        const ReportOrigin& origin) {
  const auto* queued = kind == ReportKind::delivered
                           ? "."
                           : ", which had your message in its queue.";
  auto text =
      wrapped("This is mailtool at " + printable(origin.host, 255) + queued, 0);
  text += "\r\n" + wrapped(opening(kind, state, about.size() > 1, origin), 0);
  std::size_t told = 0;
  for (const auto* recipient : about) {
    if (told == kToldRecipients) break;
    text += about_recipient(kind, state, *recipient, origin);
    ++told;
  }
  if (told < about.size()) {
    text += "\r\n" + wrapped("And " + std::to_string(about.size() - told) +
                                 " more: the next part names them all.",
                             0);
  }
  return text + about_message(kind, state, origin);
}

}  // namespace mailtool::app
