#include "app/send_message.h"

#include <algorithm>

#include "app/file_source.h"
#include "app/output.h"
#include "app/qualify.h"
#include "app/send_compose.h"
#include "app/send_recipients.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/ready_message.h"

namespace mailtool::app {
namespace {

constexpr std::uint64_t kMaxLineOctets = 998;  // RFC 5322 section 2.1.1

constexpr std::string_view kComposing[] = {
    "to",   "cc",     "bcc",    "subject", "body",     "body-file",
    "html", "attach", "inline", "header",  "reply-to", "in-reply-to"};

void add_recipients(const std::vector<mime::Address>& mailboxes,
                    std::vector<std::string>& recipients) {
  for (const auto& mailbox : mailboxes) recipients.push_back(mailbox.address);
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == address.npos ? "localhost" : std::string(address.substr(at + 1));
}

Result<void> pump(Source& from, Sink& to) {
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    const auto count = from.read_some({buffer.data(), buffer.size()});
    if (!count) return count.error();
    if (*count == 0) return {};
    auto written = to.write(std::string_view(buffer).substr(0, *count));
    if (!written) return written;
  }
}

Error unsendable(const mime::LineMark& mark, std::string_view what) {
  return Error{ErrorKind::bad_input,
               "line " + std::to_string(mark.line) + " of the message " +
                   std::string(what) + ", which mail cannot carry as it is",
               "", "",
               "encode the body (quoted-printable or base64), or let mailtool "
               "compose it: --body-file or --attach"};
}

Result<void> check(const mime::MessageScan& scan) {
  if (scan.empty) {
    return Error{ErrorKind::bad_input, "the message is empty", "", "",
                 "the message comes on stdin, or from --message FILE; to "
                 "compose one, give --to and -s"};
  }
  if (scan.nul) return unsendable(*scan.nul, "holds NUL");
  if (scan.bare_cr) return unsendable(*scan.bare_cr, "holds CR without LF");
  if (scan.longest_line > kMaxLineOctets) {
    return unsendable({scan.longest_line_number, 0},
                      "has " + std::to_string(scan.longest_line) +
                          " octets, more than " +
                          std::to_string(kMaxLineOctets));
  }
  if (scan.too_many_addresses) {
    return Error{ErrorKind::bad_input, "too many addresses in the header"};
  }
  return {};
}

// The envelope sender: -f, else Sender or From of the message (RFC 6409 8.1).
Result<std::string> envelope_sender(const OptionValues& options,
                                    const mime::MessageScan& scan) {
  if (const auto given = options.get("envelope-from")) {
    if (given->empty() || *given == "<>") return std::string();
    auto address = mime::read_address_list(*given, "-f");
    if (!address) return std::move(address).error();
    if (address->mailboxes.size() != 1) {
      return Error{ErrorKind::usage, "needs exactly one address", "-f"};
    }
    return address->mailboxes[0].address;
  }
  if (!scan.sender.mailboxes.empty()) return scan.sender.mailboxes[0].address;
  if (!scan.from.mailboxes.empty()) return scan.from.mailboxes[0].address;
  return Error{ErrorKind::usage, "the message has no From", "", "",
               "name the envelope sender with -f ADDR, or set `from` in the "
               "account"};
}

// Fields that a submitted message must have, for where it has none.
Result<mime::ReadyMessageOptions> missing_fields(const OptionValues& options) {
  mime::ReadyMessageOptions ready;
  ready.add_date = mime::format_date_time(local_now());
  std::string sender = options.get_or("envelope-from", "");
  if (const auto from = options.get("from")) {
    auto list = mime::read_address_list(*from, "--from");
    if (!list) return std::move(list).error();
    auto domain = domain_option(options);
    if (!domain) return std::move(domain).error();
    qualify(*list, *domain);
    ready.add_from = mime::to_header(*list);
    sender = list->mailboxes[0].address;
  }
  ready.add_message_id =
      mime::make_message_id(unique_token(), domain_of(sender));
  return ready;
}

Result<OutgoingMessage> take_ready_message(const Invocation& invocation) {
  const auto& options = invocation.options;
  const auto path = options.get_or("message", "-");
  if (path == "-" && invocation.stdin_is_terminal && !invocation.quiet()) {
    warn("send", "reading the message from the terminal; end it with Ctrl-D");
  }
  auto source = FileSource::open(path);
  if (!source) return std::move(source).error();
  auto fields = missing_fields(options);
  if (!fields) return std::move(fields).error();

  OutgoingMessage message;
  message.content = std::make_unique<store::Spool>(temporary_folder());
  mime::ReadyMessage ready(*message.content, std::move(*fields));
  if (auto read = pump(*source, ready); !read) return std::move(read).error();
  if (auto ended = ready.finish(); !ended) return std::move(ended).error();
  const auto& scan = ready.scan();
  if (auto fit = check(scan); !fit) return std::move(fit).error();

  auto sender = envelope_sender(options, scan);
  if (!sender) return std::move(sender).error();
  message.envelope_from = std::move(*sender);
  message.has_8bit_body = scan.has_8bit_body;
  message.needs_smtputf8 = scan.has_8bit_header;
  message.message_id = scan.message_id;
  if (options.has("read-recipients")) {
    add_recipients(scan.recipients.mailboxes, message.recipients);
  }
  return message;
}

}  // namespace

bool wants_to_compose(const OptionValues& options) {
  return std::any_of(std::begin(kComposing), std::end(kComposing),
                     // A reply-to that the config file sets composes nothing.
                     [&](std::string_view name) {
                       return options.has(name) &&
                              (name != "reply-to" ||
                               options.origin(name) == "command line");
                     });
}

Result<OutgoingMessage> prepare_message(const Invocation& invocation) {
  const bool composing = wants_to_compose(invocation.options);
  if (composing && invocation.options.has("message")) {
    return Error{ErrorKind::usage, "a ready message is not composed",
                 "--message", "", "leave out --to, -s and their kin"};
  }
  if (composing && invocation.options.has("read-recipients")) {
    return Error{ErrorKind::usage,
                 "reads recipients out of a ready message, and here one is "
                 "composed",
                 "-t"};
  }
  auto message = composing ? compose_message(invocation)
                           : take_ready_message(invocation);
  if (!message) return message;
  for (const auto& argument : invocation.arguments) {
    auto list = mime::read_address_list(argument, "recipient");
    if (!list) return std::move(list).error();
    add_recipients(list->mailboxes, message->recipients);
  }
  auto domain = domain_option(invocation.options);
  if (!domain) return std::move(domain).error();
  message->envelope_from = qualified(message->envelope_from, *domain);
  auto expanded =
      expand_recipients(invocation.options, std::move(message->recipients));
  if (!expanded) return std::move(expanded).error();
  message->recipients = std::move(*expanded);
  if (message->recipients.empty() && !invocation.options.has("print")) {
    return Error{ErrorKind::usage, "no recipient", "", "",
                 "name them as arguments, with --to, or take them from the "
                 "header with -t"};
  }
  return message;
}

}  // namespace mailtool::app
