#include "app/send_explain.h"

#include "app/json.h"
#include "app/send_envelope.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kColumn = 12;  // where the text of a line begins
constexpr std::size_t kMaxShown = 10;  // recipients named in a line

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < kMaxShown; ++i) {
    text += (i > 0 ? ", " : "") + words[i];
  }
  if (words.size() > kMaxShown) {
    text += " and " + std::to_string(words.size() - kMaxShown) + " more";
  }
  return text;
}

std::string form_text(const OutgoingMessage& message) {
  switch (message.content->needs()) {
    case smtp::Body::binary_mime:
      return "binary: as it is where the server offers BINARYMIME, else encoded";
    case smtp::Body::eight_bit_mime:
      return "8 bit: as it is where the server offers 8BITMIME, else encoded";
    default: return "7 bit: any server can take it";
  }
}

std::string tls_text(const ServerUrl& url, TlsMode mode) {
  if (!url.socket.empty()) return "none on a socket of this machine";
  if (url.implicit_tls()) return "from the start, the certificate is proved";
  switch (mode) {
    case TlsMode::required:
      return "STARTTLS or nothing, the certificate is proved";
    case TlsMode::opportunistic:
      return "STARTTLS where the server offers it, the certificate is proved";
    case TlsMode::off: break;
  }
  return "off";
}

}  // namespace

ExplainedMessages::ExplainedMessages(const Invocation& invocation,
                                     Connector& connector, const ServerUrl* url,
                                     MxDelivery* direct, MessageSigner& signer,
                                     Output& out)
    : invocation_(invocation),
      connector_(connector),
      url_(url),
      direct_(direct),
      signer_(signer),
      out_(out) {}

void ExplainedMessages::add(std::string name, std::string text) {
  lines_.push_back({std::move(name), std::move(text)});
}

Result<void> ExplainedMessages::take(OutgoingMessage message) {
  auto addressed = make_envelope_addresses(message, direct_ != nullptr);
  if (!addressed) return addressed;
  auto keys = signer_.identities(message.from_domain);
  if (!keys) return std::move(keys).error();
  if (auto sealed = signer_.sign(message); !sealed) return sealed;
  lines_.clear();
  about_message(message);
  for (const auto& key : *keys) add("signature", "DKIM by " + printable(key));
  auto done = url_ != nullptr ? about_server(message) : about_groups(message);
  return done ? print() : done;
}

void ExplainedMessages::failed(Error error) {
  report_error(invocation_.command, error);
  status_ = combine(status_, exit_status(error.kind));
}

void ExplainedMessages::about_message(const OutgoingMessage& message) {
  if (!message.source.empty()) add("source", printable(message.source));
  add("message", printable(message.message_id) + ", " +
                     std::to_string(message.content->size()) + " octets");
  add("form", form_text(message));
  if (message.needs_smtputf8) {
    add("form", "SMTPUTF8: a header field or address needs it");
  }
  add("sender", "<" + printable(message.envelope_from) + ">");
  add("account", invocation_.account.empty()
                     ? "none"
                     : printable(invocation_.account));
}

Result<void> ExplainedMessages::about_server(const OutgoingMessage& message) {
  add("route", "submission to " + printable(url_->to_string()));
  if (url_->socket.empty()) {
    auto addresses = connector_.addresses(*url_);
    if (!addresses) return at_server(std::move(addresses).error(), *url_);
    add("addresses", joined(*addresses));
  }
  add("tls", tls_text(*url_, connector_.tls_mode()));
  if (!connector_.wants_login(*url_)) {
    add("login", "none");
  } else {
    const auto user = connector_.user(*url_);
    add("login",
        (user.empty() ? "" : "as " + printable(user) + ", ") +
            std::string("by the strongest of ") +
            printable(invocation_.options.get_or(
                "auth", "the mechanisms that the server offers")));
  }
  add("recipients", printable(joined(message.recipients)));
  return {};
}

Result<void> ExplainedMessages::about_groups(const OutgoingMessage& message) {
  std::vector<RecipientResult> results;
  for (const auto& recipient : message.recipients) {
    results.push_back({.recipient = recipient});
  }
  auto groups = direct_->explain(results);
  if (!groups) return std::move(groups).error();
  for (const auto& group : *groups) about_group(group, message);
  return {};
}

void ExplainedMessages::about_group(const MxGroup& group,
                                    const OutgoingMessage& message) {
  std::vector<std::string> recipients;
  for (const auto index : group.recipients) {
    recipients.push_back(message.recipients[index]);
  }
  add("recipients", printable(joined(recipients)));
  add("route", "mail exchangers of " + printable(joined(group.domains)));
  for (const auto& note : group.notes) add("note", printable(note));
  for (const auto& host : group.hosts) about_host(host);
  if (!group.error) return;
  add("error", group.error->one_line());
  status_ = combine(status_, exit_status(group.error->kind));
}

void ExplainedMessages::about_host(const MxHost& host) {
  std::vector<std::string> addresses;
  for (const auto& endpoint : host.endpoints) {
    addresses.push_back(endpoint.to_string());
  }
  add("host", std::to_string(host.preference) + " " + printable(host.name) +
                  ", " + joined(addresses));
  if (host.skipped) {
    add("skipped", host.skipped->one_line());
    return;
  }
  add("tls", std::string(name_of(host.tls.rule)) +
                 (host.tls.why.empty() ? "" : ": " + printable(host.tls.why)));
}

Result<void> ExplainedMessages::print() {
  if (invocation_.json()) {
    JsonWriter json(out_);
    json.begin_object().field("type", "explain").key("lines").begin_array();
    for (const auto& line : lines_) {
      json.begin_object().field("name", line.name).field("text", line.text);
      json.end_object();
    }
    json.end_array().end_object();
    return json.end_line();
  }
  std::string text = first_ ? "" : "\n";
  first_ = false;
  for (const auto& line : lines_) {
    text += line.name + std::string(kColumn - line.name.size(), ' ');
    text += line.text + "\n";
  }
  return out_.write(text);
}

}  // namespace mailtool::app
