#include "app/send_ready.h"

#include "app/ascii_domain.h"
#include "app/qualify.h"
#include "app/send_envelope.h"
#include "app/send_mend.h"
#include "app/sender_identity.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/message_id.h"

namespace mailtool::app {
namespace {

Result<void> check(const mime::MessageScan& scan) {
  if (scan.empty) {
    return Error{ErrorKind::bad_input, "the message is empty", "", "",
                 "the message comes on stdin, or from --message FILE; to "
                 "compose one, give --to and -s"};
  }
  if (scan.too_many_addresses) {
    return Error{ErrorKind::bad_input, "too many addresses in the header"};
  }
  return {};
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
    make_domains_ascii(*list);
    ready.add_from = mime::to_header(*list);
    sender = list->mailboxes[0].address;
  }
  // RFC 5322 section 3.6: no message without From.
  if (ready.add_from.empty() && !sender.empty() && sender != "<>") {
    auto list = mime::read_address_list(sender, "-f");
    if (!list) return std::move(list).error();
    auto domain = domain_option(options);
    if (!domain) return std::move(domain).error();
    qualify(*list, *domain);
    make_domains_ascii(*list);
    ready.add_from = mime::to_header(*list);
  }
  ready.message_id_token = unique_token();
  ready.message_id_domain = domain_or_localhost(sender);
  return ready;
}

}  // namespace

Result<void> ReadyIntake::begin(std::string source, bool quoted_from) {
  source_ = std::move(source);
  auto fields = missing_fields(invocation_.options);
  if (!fields) return std::move(fields).error();
  spool_ = std::make_unique<store::Spool>(temporary_folder());
  ready_.emplace(*spool_, std::move(*fields));
  auto domain = domain_option(invocation_.options);
  if (!domain) return std::move(domain).error();
  completing_.reset();
  if (!domain->empty()) completing_.emplace(*ready_, std::move(*domain));
  unquoting_.reset();
  if (quoted_from) {
    unquoting_.emplace(completing_ ? static_cast<Sink&>(*completing_)
                                   : *ready_);
  }
  return {};
}

Result<void> ReadyIntake::write(std::string_view octets) {
  if (unquoting_) return unquoting_->write(octets);
  return completing_ ? completing_->write(octets) : ready_->write(octets);
}

Result<OutgoingMessage> ReadyIntake::end() {
  if (unquoting_) {
    if (auto ended = unquoting_->finish(); !ended) {
      return std::move(ended).error();
    }
  }
  if (completing_) {
    if (auto ended = completing_->finish(); !ended) {
      return std::move(ended).error();
    }
  }
  if (auto ended = ready_->finish(); !ended) return std::move(ended).error();
  const auto& scan = ready_->scan();
  if (auto fit = check(scan); !fit) return std::move(fit).error();

  OutgoingMessage message;
  message.source = source_;
  message.message_id = scan.message_id;
  message.subject = scan.subject;
  if (!scan.from.mailboxes.empty()) {
    message.from_domain = domain_or_localhost(scan.from.mailboxes[0].address);
  }
  auto settled = settle_content(invocation_, scan, std::move(spool_), message);
  if (!settled) return std::move(settled).error();
  auto addressed = set_envelope(invocation_, scan, message);
  if (!addressed) return std::move(addressed).error();
  if (message.from_domain.empty()) {
    message.from_domain = domain_or_localhost(message.envelope_from);
  }
  return message;
}

}  // namespace mailtool::app
