#include "app/serve_relay.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "app/queue_state.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

// How much of a header is looked at for what the queue tells people.
constexpr std::size_t kHead = 64 * 1024;

// The value of the first field of that name, unfolded; empty: there is none.
std::string field_of(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    auto end = head.find("\r\n");
    while (end != head.npos && end + 2 < head.size() &&
           is_blank(head[end + 2])) {
      end = head.find("\r\n", end + 2);
    }
    const auto field = head.substr(0, end);
    if (field.empty()) return {};
    if (istarts_with(field, name) && field.substr(name.size(), 1) == ":") {
      return mime::decode_value(field.substr(name.size() + 1));
    }
    if (end == head.npos) return {};
    head.remove_prefix(end + 2);
  }
  return {};
}

class Queued : public serve::Incoming {
 public:
  Queued(store::QueueFolder::Addition addition, QueueState state)
      : addition_(std::move(addition)), state_(std::move(state)) {}

  Result<void> write(std::string_view octets) override {
    if (!is_ascii(octets)) state_.body = smtp::Body::eight_bit_mime;
    const auto room = kHead - std::min(kHead, head_.size());
    head_ += octets.substr(0, room);
    return addition_.write(octets);
  }
  void end() override {
    state_.subject = field_of(head_, "Subject");
    state_.message_id = field_of(head_, "Message-ID");
    outcome_ = addition_.commit(to_toml(state_));
  }
  std::optional<Result<void>> outcome() override { return outcome_; }

 private:
  store::QueueFolder::Addition addition_;
  QueueState state_;
  std::string head_;
  std::optional<Result<void>> outcome_;
};

}  // namespace

Result<std::unique_ptr<ServeRelay>> ServeRelay::open(const std::string& folder,
                                                     const Settings& settings) {
  auto queue = store::QueueFolder::open(folder + "/mailtool/queue");
  if (!queue) return std::move(queue).error();
  return std::unique_ptr<ServeRelay>(
      new ServeRelay(settings, *std::move(queue)));
}

// What the user has configured for mail of his own is left out of it.
Result<std::unique_ptr<serve::Incoming>> ServeRelay::begin(
    const serve::Envelope& envelope,
    const std::vector<smtp::Rcpt>& recipients) {
  QueueState state;
  state.queued_at = ::time(nullptr);
  state.sender = envelope.mail.reverse_path;
  state.smtputf8 = envelope.mail.smtputf8;
  state.ret = envelope.mail.ret;
  state.envelope_id = envelope.mail.envid;
  state.notify = recipients.front().notify;
  state.config = "/dev/null";
  state.options = {{"mx", ""},
                   {"mx-port", std::to_string(settings_.mx_port)},
                   {"mx-tls-policy", "none"},
                   {"dns-server", settings_.dns_server.to_string()},
                   {"helo", settings_.host}};
  for (const auto& one : recipients) {
    state.recipients.emplace_back().address = one.forward_path;
  }
  auto addition = folder_.add();
  if (!addition) return std::move(addition).error();
  return std::unique_ptr<serve::Incoming>(
      new Queued(*std::move(addition), std::move(state)));
}

}  // namespace mailtool::app
