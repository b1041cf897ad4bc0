#include "app/send_envelope.h"

#include <algorithm>

#include "app/qualify.h"
#include "app/send_recipients.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

Result<std::string> sender_of(const OptionValues& options,
                              const mime::MessageScan& scan) {
  if (const auto given = options.get("envelope-from")) {
    return read_envelope_from(*given);
  }
  // RFC 5322 section 3.6.6: who sends it on, and not its author, is told.
  if (options.has("read-recipients")) {
    for (const auto* list : {&scan.resent_sender, &scan.resent_from}) {
      if (!list->mailboxes.empty()) return list->mailboxes[0].address;
    }
  }
  if (!scan.sender.mailboxes.empty()) return scan.sender.mailboxes[0].address;
  if (!scan.from.mailboxes.empty()) return scan.from.mailboxes[0].address;
  return Error{ErrorKind::usage, "the message has no From", "", "",
               "name the envelope sender with -f ADDR, or set `from` in the "
               "account"};
}

// A domain that alone is not ASCII needs no SMTPUTF8: its A-labels say the same
// (RFC 5890). A local part that is not ASCII does, and keeps its domain.
Result<std::string> envelope_address(const std::string& address,
                                     bool domain_optional) {
  auto mailbox = smtp::parse_mailbox(
      address, {.utf8 = true, .domain_optional = domain_optional});
  if (!mailbox) return std::move(mailbox).error();
  if (is_ascii(address) || !is_ascii(mailbox->local_part)) return address;
  auto domain = net::to_ascii_host(mailbox->domain);
  if (!domain) return std::move(domain).error().at(printable(address, 320));
  mailbox->domain = std::move(*domain);
  return smtp::to_string(*mailbox);
}

Result<smtp::DsnNotify> dsn_notify(std::string_view text) {
  smtp::DsnNotify notify;
  for (const auto word : split(text, ',')) {
    if (iequals(word, "never")) {
      notify.never = true;
    } else if (iequals(word, "success")) {
      notify.success = true;
    } else if (iequals(word, "failure")) {
      notify.failure = true;
    } else if (iequals(word, "delay")) {
      notify.delay = true;
    } else {
      return Error{ErrorKind::usage,
                   "'" + printable(word, 50) +
                       "' is not never, success, failure or delay",
                   "--dsn"};
    }
  }
  if (notify.never && (notify.success || notify.failure || notify.delay)) {
    return Error{ErrorKind::usage, "'never' goes with nothing else", "--dsn"};
  }
  return notify;
}

}  // namespace

Result<std::string> read_envelope_from(const std::string& text) {
  if (text.empty() || text == "<>") return std::string();
  auto address = mime::read_address_list(text, "-f");
  if (!address) return std::move(address).error();
  if (address->mailboxes.size() != 1) {
    return Error{ErrorKind::usage, "needs exactly one address", "-f"};
  }
  return address->mailboxes[0].address;
}

Result<void> add_arguments(const std::vector<std::string>& arguments,
                           std::vector<std::string>& recipients) {
  for (const auto& argument : arguments) {
    auto list = mime::read_address_list(argument, "recipient");
    if (!list) return std::move(list).error();
    for (auto& mailbox : list->mailboxes) {
      recipients.push_back(std::move(mailbox.address));
    }
  }
  return {};
}

std::string domain_or_localhost(std::string_view address) {
  const auto domain = halves_of(address).domain;
  if (domain.empty()) return "localhost";
  auto ascii = net::to_ascii_host(domain);
  return ascii ? std::move(*ascii) : std::string(domain);
}

Result<void> complete_envelope(const OptionValues& options,
                               OutgoingMessage& message) {
  auto domain = domain_option(options);
  if (!domain) return std::move(domain).error();
  if (!message.envelope_from.empty()) {
    message.envelope_from = qualified(message.envelope_from, *domain);
  }
  auto expanded = expand_recipients(options, std::move(message.recipients));
  if (!expanded) return std::move(expanded).error();
  message.recipients = std::move(*expanded);
  auto dsn = dsn_request(options);
  if (!dsn) return std::move(dsn).error();
  message.dsn = std::move(*dsn);
  return {};
}

Result<DsnRequest> dsn_request(const OptionValues& options) {
  DsnRequest request;
  if (const auto text = options.get("dsn")) {
    auto notify = dsn_notify(*text);
    if (!notify) return std::move(notify).error();
    request.notify = *notify;
  }
  if (const auto ret = options.get("dsn-return")) {
    request.ret =
        ret == "full" ? smtp::DsnReturn::full : smtp::DsnReturn::headers;
  }
  request.envelope_id = options.get_or("envid", "");
  constexpr std::size_t kMaxEnvid = 100;  // RFC 3461 section 4.4
  const auto& id = request.envelope_id;
  if (id.size() > kMaxEnvid || !std::all_of(id.begin(), id.end(), [](char c) {
        return c >= ' ' && c <= '~';
      })) {
    return Error{ErrorKind::usage, "takes at most 100 ASCII characters",
                 "--envid"};
  }
  return request;
}

Result<void> set_envelope(const Invocation& invocation,
                          const mime::MessageScan& scan,
                          OutgoingMessage& message) {
  const auto& options = invocation.options;
  auto sender = sender_of(options, scan);
  if (!sender) return std::move(sender).error();
  message.envelope_from = std::move(*sender);
  if (options.has("read-recipients")) {
    for (const auto& mailbox : scan.recipients.mailboxes) {
      message.recipients.push_back(mailbox.address);
    }
  }
  auto added = add_arguments(invocation.arguments, message.recipients);
  return added ? complete_envelope(options, message) : added;
}

Result<void> make_envelope_addresses(OutgoingMessage& message, bool direct) {
  if (!message.envelope_from.empty()) {
    auto sender = envelope_address(message.envelope_from, true);
    if (!sender) return std::move(sender).error();
    message.envelope_from = std::move(*sender);
  }
  for (auto& recipient : message.recipients) {
    auto address = envelope_address(recipient, !direct);
    if (!address) return std::move(address).error();
    recipient = std::move(*address);
  }
  return {};
}

}  // namespace mailtool::app
