#include "mailtool/client/smtp_client.h"

#include <algorithm>
#include <utility>

#include "client/smtp_refusal.h"
#include "client/smtp_transaction.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kQuitBudget{5'000};
// QUIT went with the message, so the answer is a moment behind the last one.
constexpr milliseconds kLateQuitBudget{1'000};

Error not_smtp(std::string_view what, std::string_view hint,
               std::string_view said = {}) {
  return Error{ErrorKind::protocol, std::string(what), "greeting",
               printable(said, 100), std::string(hint)};
}

// The first octet of a TLS record: 20 to 23, RFC 8446 section 5.1.
bool starts_tls_record(char c) { return c >= 20 && c <= 23; }

// What else answers on a port that was mistaken for one of SMTP.
std::optional<Error> other_protocol(std::string_view line) {
  if (istarts_with(line, "HTTP/") || istarts_with(line, "<!DOCTYPE") ||
      istarts_with(line, "<html")) {
    return not_smtp("this is a web server, not an SMTP server",
                    "check host and port", line);
  }
  if (line.starts_with("* ")) {
    return not_smtp("this is an IMAP server, not an SMTP server",
                    "check host and port", line);
  }
  if (line.starts_with("+OK") || line.starts_with("-ERR")) {
    return not_smtp("this is a POP3 server, not an SMTP server",
                    "check host and port", line);
  }
  if (line.starts_with("SSH-")) {
    return not_smtp("this is an SSH server, not an SMTP server",
                    "check host and port", line);
  }
  return std::nullopt;
}

// Section 4.1.4: what a server without EHLO answers to it.
bool knows_no_ehlo(const smtp::Reply& reply) {
  static constexpr int kCodes[] = {500, 501, 502, 504, 550};
  return std::find(std::begin(kCodes), std::end(kCodes), reply.code) !=
         std::end(kCodes);
}

}  // namespace

SmtpClient::SmtpClient(Stream& stream, SmtpOptions options)
    : stream_(stream), options_(std::move(options)) {
  lines_.emplace(stream_);
}

Error SmtpClient::broken(Error why) {
  alive_ = false;
  return why;
}

Result<void> SmtpClient::open() {
  if (auto greeted = read_greeting(); !greeted) return greeted;
  if (!greeting_.positive()) {
    auto why = refusal(SmtpStep::greeting, greeting_, "greeting");
    if (why.kind == ErrorKind::disconnected) alive_ = false;
    return why;
  }
  return hello();
}

Result<void> SmtpClient::read_greeting() {
  lines_->begin_wait(options_.timeout);
  const auto first = lines_->peek();
  if (!first) {
    auto why = broken(first.error()).at("greeting");
    if (why.kind == ErrorKind::timed_out && !stream_.tls()) {
      return std::move(why).with_hint(
          "a server that waits for TLS sends no greeting: try smtps://");
    }
    return why;
  }
  if (starts_tls_record(first->front())) {
    return broken(not_smtp("the server speaks TLS from the start",
                           "use smtps://, or the port for STARTTLS"));
  }
  // One line by hand, to tell what else this may be; the rest as any reply.
  auto line = lines_->read_line(smtp::ReplyLimits{}.line_octets);
  if (!line) return broken(std::move(line).error()).at("greeting");
  if (auto other = other_protocol(*line)) return broken(*std::move(other));
  auto reply = parser_.feed_line(*line);
  if (!reply) return broken(std::move(reply).error()).at("greeting");
  if (*reply) {
    greeting_ = **std::move(reply);
    return {};
  }
  auto rest = read_reply(options_.timeout);
  if (!rest) return std::move(rest).error().at("greeting");
  greeting_ = *std::move(rest);
  return {};
}

Result<smtp::Reply> SmtpClient::say_hello(const std::string& verb) {
  return exchange(smtp::Hello{verb, options_.host_name});
}

// Section 4.1.4: EHLO first, always; HELO for those who do not know it.
Result<void> SmtpClient::hello() {
  capabilities_ = {};
  const std::string verb = options_.lmtp ? "LHLO" : "EHLO";
  auto reply = say_hello(verb);
  if (!reply) return std::move(reply).error();
  if (reply->positive()) {
    capabilities_ = smtp::parse_capabilities(*reply);
    if (!options_.chunking) forget_chunking();
    return {};
  }
  if (options_.lmtp || !knows_no_ehlo(*reply)) {
    return refusal(SmtpStep::hello, *reply, verb);
  }
  reply = say_hello("HELO");
  if (!reply) return std::move(reply).error();
  if (!reply->positive()) return refusal(SmtpStep::hello, *reply, "HELO");
  reply->lines.resize(1);  // a list after HELO promises nothing
  capabilities_ = smtp::parse_capabilities(*reply);
  return {};
}

void SmtpClient::forget_chunking() {
  capabilities_.chunking = false;
  capabilities_.binary_mime = false;
}

Result<void> SmtpClient::start_tls() {
  if (stream_.tls()) {
    return Error{ErrorKind::internal, "TLS has already started", "STARTTLS"};
  }
  if (!capabilities_.starttls) {
    return Error{ErrorKind::unsupported, "the server does not offer STARTTLS",
                 "STARTTLS"};
  }
  auto reply = exchange(smtp::Plain{"STARTTLS"});
  if (!reply) return std::move(reply).error();
  if (!reply->positive()) {
    return refusal(SmtpStep::starttls, *reply, "STARTTLS");
  }
  // Octets that came along with the 220 are not protected by TLS. To read them
  // later as if they were is to let anyone on the path speak for the server.
  if (lines_->has_unread()) {
    return broken({ErrorKind::protocol,
                   "the server sent octets in clear text before TLS",
                   "STARTTLS"});
  }
  if (auto secured = stream_.start_tls(); !secured) {
    return broken(std::move(secured).error()).at("STARTTLS");
  }
  lines_.emplace(stream_);
  parser_ = smtp::ReplyParser();
  return hello();
}

Delivery SmtpClient::send(const Envelope& envelope,
                          const MessageForms& forms, LastMessage last) {
  return SmtpTransaction(*this, envelope, forms, last).run();
}

bool SmtpClient::takes_more() const {
  return alive_ && !quit_sent_ &&
         (!capabilities_.max_messages ||
          messages_ < *capabilities_.max_messages);
}

Result<void> SmtpClient::reset() {
  auto reply = exchange(smtp::Plain{"RSET"});
  if (!reply) return std::move(reply).error();
  if (!reply->positive()) return refusal(SmtpStep::reset, *reply, "RSET");
  needs_reset_ = false;
  return {};
}

Result<void> SmtpClient::noop() {
  auto reply = exchange(smtp::Plain{"NOOP"});
  if (!reply) return std::move(reply).error();
  if (!reply->positive()) return refusal(SmtpStep::reset, *reply, "NOOP");
  return {};
}

void SmtpClient::quit() {
  if (!std::exchange(alive_, false)) return;
  auto budget = kLateQuitBudget;
  if (!quit_sent_) {
    budget = kQuitBudget;
    stream_.set_deadline(budget);
    if (!stream_.write_all("QUIT\r\n")) return;
  }
  (void)read_reply(budget);
}

bool SmtpClient::server_has_spoken() {
  return lines_->has_unread() || stream_.readable();
}

// A reply that is there before its command was sent answers something else:
// taken for the next one, every verdict after it would be off by one.
Result<void> SmtpClient::clear_to_send() {
  if (!alive_ || quit_sent_) {
    return Error{ErrorKind::disconnected, "the connection is closed"};
  }
  if (!server_has_spoken()) return {};
  auto reply = read_reply(options_.timeout);
  if (!reply) return std::move(reply).error();
  alive_ = false;
  // The one thing a server may say unasked: that it goes away.
  if (reply->code == 421) return refusal(SmtpStep::reset, *reply, "");
  return Error{ErrorKind::protocol, "a reply that nobody asked for", {},
               printable(smtp::one_line(*reply))};
}

Result<void> SmtpClient::write(std::string_view octets,
                               std::string_view shown) {
  if (auto clear = clear_to_send(); !clear) return clear;
  return write_now(octets, shown);
}

Result<void> SmtpClient::write_now(std::string_view octets,
                                   std::string_view shown) {
  stream_.set_deadline(options_.timeout);
  auto written = shown.empty() ? stream_.write_all(octets)
                               : stream_.write_secret(octets, shown);
  if (!written) return broken(std::move(written).error());
  return {};
}

Result<smtp::Reply> SmtpClient::read_reply(milliseconds budget) {
  lines_->begin_wait(budget);
  for (;;) {
    auto line = lines_->read_line(smtp::ReplyLimits{}.line_octets);
    if (!line) return broken(std::move(line).error());
    auto reply = parser_.feed_line(*line);
    if (!reply) return broken(std::move(reply).error());
    if (*reply) return **std::move(reply);
  }
}

// Not for AUTH: the command becomes the Error's step, so it holds no secret.
Result<smtp::Reply> SmtpClient::exchange(const smtp::Command& command) {
  auto line = smtp::to_wire(command);
  if (!line) return std::move(line).error();
  const auto step = printable(line->substr(0, line->size() - 2));
  if (auto written = write(*line); !written) {
    return std::move(written).error().at(step);
  }
  auto reply = read_reply(options_.timeout);
  if (!reply) return std::move(reply).error().at(step);
  if (reply->code == 421) alive_ = false;
  return reply;
}

}  // namespace mailtool::client
