#include "app/lmtp_destination.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool::app {
namespace {

// Of a session with the mail server, these end that; this server is another.
Error not_now(Error error) {
  switch (error.kind) {
    case ErrorKind::disconnected:
    case ErrorKind::timed_out:
    case ErrorKind::protocol: error.kind = ErrorKind::deferred; break;
    default: break;
  }
  return error;
}

// A server may close a connection that served it well: that says nothing about
// this message.
bool may_go_again(const client::Delivery& delivery) {
  const auto& report = delivery.recipients.front();
  return delivery.connection_lost &&
         report.outcome == client::Outcome::deferred;
}

}  // namespace

void TransportNeeds::update(std::string_view octets) {
  if (octets.empty()) return;
  eight_bit_ = eight_bit_ || !is_ascii(octets);
  binary_ = binary_ || octets.find('\0') != octets.npos;
  crs_ += static_cast<std::uint64_t>(
      std::count(octets.begin(), octets.end(), '\r'));
  std::size_t begin = 0;
  for (std::size_t lf; (lf = octets.find('\n', begin)) != octets.npos;) {
    const bool crlf = lf > 0 ? octets[lf - 1] == '\r' : after_cr_;
    crlfs_ += crlf ? 1 : 0;
    binary_ |= !crlf;
    line_ += lf - begin;
    binary_ |= line_ > smtp::kMaxTextLine + 1;  // and CR
    line_ = 0;
    begin = lf + 1;
  }
  line_ += octets.size() - begin;
  after_cr_ = octets.back() == '\r';
}

smtp::Body TransportNeeds::body() const {
  if (binary_ || bare_cr() || line_ > smtp::kMaxTextLine) {
    return smtp::Body::binary_mime;
  }
  return body_of_lines();
}

LmtpDestination::~LmtpDestination() { hang_up(); }

void LmtpDestination::hang_up() {
  if (session_) session_->client.quit();
  session_.reset();
}

Result<void> LmtpDestination::connect() {
  auto connection = connector_.open(server_);
  if (!connection) return std::move(connection).error();
  client::SmtpOptions options;
  options.host_name = connector_.helo();
  options.lmtp = true;
  options.chunking = chunking_;
  options.timeout = connector_.timeout();
  session_ = std::make_unique<Session>(*std::move(connection), options);
  auto up = session_->client.open();
  if (up) up = upgrade();
  if (!up) hang_up();
  return up;
}

Result<void> LmtpDestination::upgrade() {
  if (!server_.socket.empty() || session_->connection.loopback) return {};
  const auto mode = connector_.tls_mode();
  const bool offered = session_->client.capabilities().starttls;
  if (mode == TlsMode::off || (mode == TlsMode::opportunistic && !offered)) {
    return {};
  }
  return session_->client.start_tls();
}

Result<void> LmtpDestination::begin(std::string_view) {
  needs_ = {};
  return spool_.clear();
}

Result<void> LmtpDestination::write(std::string_view octets) {
  needs_.update(octets);
  return spool_.write(octets);
}

Result<client::MessageText> LmtpDestination::text(smtp::Body most) const {
  auto body = needs_.body();
  if (body == smtp::Body::binary_mime && most != smtp::Body::binary_mime) {
    if (needs_.bare_cr()) {
      return Error{ErrorKind::content_refused,
                   "a CR within a line would not come through unchanged: the "
                   "server does not offer BINARYMIME"};
    }
    // Long lines and NUL pass as they are, if the server lets them.
    body = needs_.body_of_lines();
  }
  return client::MessageText{spool_.source(), spool_.size(), body};
}

client::Delivery LmtpDestination::send() {
  client::Envelope envelope;
  envelope.recipients.push_back({recipient_, {}, ""});
  auto delivery = session_->client.send(
      envelope, [this](smtp::Body most) { return text(most); });
  if (delivery.connection_lost || !session_->client.takes_more()) hang_up();
  return delivery;
}

Result<void> LmtpDestination::end(const store::DeliveryKey&) {
  // An old connection may be gone by now, and a server may turn out not to know
  // BDAT: twice it may take a new one.
  for (int connections = 0;;) {
    const bool reused = session_ != nullptr;
    if (!reused) {
      ++connections;
      if (auto connected = connect(); !connected) {
        return not_now(at_server(std::move(connected).error(), server_));
      }
    }
    const auto delivery = send();
    if (delivery.chunking_broken) chunking_ = false;
    const bool again =
        may_go_again(delivery) && (reused || delivery.chunking_broken);
    if (again && connections < 2) continue;
    answers_.push_back(answer(delivery.recipients.front()));
    return {};
  }
}

Delivery LmtpDestination::answer(const client::RecipientReport& report) const {
  if (report.outcome == client::Outcome::accepted) return {};
  // An agent that takes messages and does not say so gets one of them again,
  // not all.
  if (report.outcome == client::Outcome::unknown) {
    return {Delivery::Outcome::broken, "",
            not_now(at_server(report.error.value_or(Error{
                                  ErrorKind::deferred,
                                  "the message may have been delivered"}),
                              server_))};
  }
  const bool refused = report.outcome == client::Outcome::refused;
  auto why = report.error.value_or(
      Error{ErrorKind::rejected, "the server did not take it"});
  return {refused ? Delivery::Outcome::kept : Delivery::Outcome::later, "",
          at_server(std::move(why), server_)};
}

std::vector<Delivery> LmtpDestination::settle() {
  return std::exchange(answers_, {});
}

}  // namespace mailtool::app
