#include "app/serve_relay.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "app/qualify.h"
#include "app/queue_state.h"
#include "app/serve_message_head.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

// One entry of the queue for each value of NOTIFY: what is told of a recipient
// is asked for by recipient (RFC 3461 section 4.1), and kept by message.
class Queued : public Relayed {
 public:
  struct Entry {
    store::QueueFolder::Addition addition;
    QueueState state;
  };
  explicit Queued(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  Result<void> write(std::string_view octets) override {
    if (!is_ascii(octets)) body_ = smtp::Body::eight_bit_mime;
    head_.add(octets);
    for (auto& entry : entries_) {
      if (auto wrote = entry.addition.write(octets); !wrote) return wrote;
    }
    return {};
  }
  // Where one fails the others are taken back before anybody has taken them.
  void end() override {
    outcome_ = Result<void>();
    for (auto& entry : entries_) {
      entry.state.body = body_;
      entry.state.subject = head_.field("Subject");
      entry.state.message_id = head_.field("Message-ID");
      outcome_ = entry.addition.commit(to_toml(entry.state));
      if (!*outcome_) return take_back();
    }
  }
  void take_back() override {
    for (auto& entry : entries_) entry.addition.take_back();
  }
  std::optional<Result<void>> outcome() override { return outcome_; }

 private:
  std::vector<Entry> entries_;
  smtp::Body body_ = smtp::Body::seven_bit;
  MessageHead head_;
  std::optional<Result<void>> outcome_;
};

}  // namespace

Result<std::unique_ptr<ServeRelay>> ServeRelay::open(const std::string& folder,
                                                     std::string domain) {
  auto queue = store::QueueFolder::open(folder + "/mailtool/queue");
  if (!queue) return std::move(queue).error();
  return std::unique_ptr<ServeRelay>(
      new ServeRelay(*std::move(queue), std::move(domain)));
}

Result<std::unique_ptr<Relayed>> ServeRelay::begin(
    const serve::Envelope& envelope,
    const std::vector<smtp::Rcpt>& recipients) {
  QueueState state;
  state.queued_at = ::time(nullptr);
  // RFC 5321 section 2.3.5: what leaves here has a domain.
  state.sender = qualified(envelope.mail.reverse_path, domain_);
  state.smtputf8 = envelope.mail.smtputf8;
  state.ret = envelope.mail.ret;
  state.envelope_id = envelope.mail.envid;
  state.served = true;
  std::vector<Queued::Entry> entries;
  for (const auto& one : recipients) {
    auto entry = std::find_if(
        entries.begin(), entries.end(),
        [&](const auto& other) { return other.state.notify == one.notify; });
    if (entry == entries.end()) {
      auto addition = folder_.add();
      if (!addition) return std::move(addition).error();
      state.notify = one.notify;
      entries.push_back({*std::move(addition), state});
      entry = entries.end() - 1;
    }
    auto& recipient = entry->state.recipients.emplace_back();
    recipient.address = one.forward_path;
    recipient.orcpt = one.orcpt;
  }
  return std::unique_ptr<Relayed>(new Queued(std::move(entries)));
}

}  // namespace mailtool::app
