#include "mailtool/client/pop3_client.h"

#include <utility>

#include "client/pop3_refusal.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

// What else listens where POP3 was expected; told by how it begins.
std::string_view foreign_protocol(std::string_view greeting) {
  if (greeting.starts_with("220")) return "SMTP or FTP";
  if (greeting.starts_with("* ")) return "IMAP";
  if (greeting.starts_with("HTTP/")) return "HTTP";
  if (greeting.starts_with("SSH-")) return "SSH";
  return {};
}

// A TLS server that was greeted with silence sends an alert, or nothing; its
// records begin with a content type of 20..23 (RFC 8446 section 5.1).
bool is_tls_record(std::string_view octets) {
  return !octets.empty() && octets[0] >= 20 && octets[0] <= 23;
}

}  // namespace

std::string said_by(const pop3::Reply& reply) {
  std::string said = reply.text;
  if (!reply.code.empty()) {
    said = "[" + reply.code + "]" + (said.empty() ? "" : " ") + said;
  }
  return printable(said);
}

Error refusal(const pop3::Reply& reply, std::string_view step,
              ErrorKind otherwise) {
  const bool later = reply.has_code("IN-USE") ||
                     reply.has_code("LOGIN-DELAY") ||
                     reply.has_code("SYS/TEMP");
  const ErrorKind kind = later                    ? ErrorKind::deferred
                         : reply.has_code("AUTH") ? ErrorKind::no_auth
                         : reply.has_code("SYS")  ? ErrorKind::rejected
                                                  : otherwise;
  return Error{kind, later ? "refused for now" : "refused", std::string(step),
               said_by(reply)};
}

Pop3Client::Pop3Client(Stream& stream, std::chrono::milliseconds timeout,
                       Window window)
    : stream_(stream),
      timeout_(timeout),
      window_(window),
      lines_(std::make_unique<LineReader>(stream)) {}

Error Pop3Client::broken(Error error, std::string_view step) {
  usable_ = false;
  return std::move(error).at(step);
}

// What arrives before it was asked for is another session's answer, or an
// attack: no later reply could be told from it.
Result<void> Pop3Client::clear_to_send(std::string_view step) {
  if (!usable_) {
    return Error{ErrorKind::internal, "session is broken", std::string(step)};
  }
  lines_->begin_wait(timeout_);
  if (pending_.empty() && (lines_->has_unread() || stream_.readable())) {
    // Or it has closed the connection.
    const auto unasked = lines_->peek();
    if (!unasked) return broken(unasked.error(), step);
    return broken({ErrorKind::protocol,
                   "the server sends what nobody asked for",
                   {},
                   printable(unasked->substr(0, 80))},
                  step);
  }
  return {};
}

// All in one write: a flight, and one segment where it fits.
Result<void> Pop3Client::send(Commands commands) {
  const std::string step = (*commands.begin())->shown;
  if (auto clear = clear_to_send(step); !clear) return clear;
  auto line = std::exchange(prelude_, {});
  auto shown = line;
  std::size_t octets = line.size();
  bool secret = false;
  for (const auto* command : commands) octets += command->line.size();
  line.reserve(octets);  // no copy of a secret left behind
  for (const auto* command : commands) {
    line += command->line;
    shown += command->shown + "\r\n";
    secret = secret || command->secret;
  }
  auto sent =
      secret ? stream_.write_secret(line, shown) : stream_.write_all(line);
  if (secret) wipe(line);
  if (!sent) return broken(std::move(sent).error(), step);
  return {};
}

Result<pop3::Reply> Pop3Client::read_line_as_reply(std::string_view step) {
  lines_->begin_wait(timeout_);
  const auto line = lines_->read_line(pop3::kReplyOctets);
  if (!line) return broken(line.error(), step);
  lf_only_ = lf_only_ && lines_->bare_lf();
  auto reply = pop3::parse_reply(*line);
  if (shows_secret(*line)) {
    constexpr std::string_view kLeftOut = "(not shown: it repeats the secret)";
    if (!reply) reply.error().server_said = kLeftOut;
    if (reply && reply->status != pop3::Status::continuation) {
      reply->text = kLeftOut;
    }
  }
  if (!reply) return broken(std::move(reply).error(), step);
  return reply;
}

// What a server says is shown to users and mailed by cron: a secret that it
// repeats is not, as it is nor as it was sent.
bool Pop3Client::shows_secret(std::string_view line) const {
  if (credentials_ == nullptr) return false;
  const auto shown = [line](std::string secret) {
    const bool found = !secret.empty() && line.find(secret) != line.npos;
    wipe(secret);
    return found;
  };
  for (const auto* secret : {credentials_->password, credentials_->token}) {
    if (secret == nullptr || secret->empty()) continue;
    const auto octets = secret->reveal();
    auto plain = credentials_->authzid + '\0' + credentials_->user + '\0';
    plain.reserve(plain.size() + octets.size());  // no copy left behind
    plain += octets;
    auto as_sent = base64_encode(plain);
    wipe(plain);
    if (shown(std::string(octets)) || shown(base64_encode(octets)) ||
        shown(std::move(as_sent))) {
      return true;
    }
  }
  return false;
}

Result<pop3::Reply> Pop3Client::read_any_reply(std::string_view step) {
  // UTF8 and LANG: whatever the server says to them will do.
  for (; !ahead_.empty(); ahead_.pop_front()) {
    const auto reply = read_line_as_reply(ahead_.front());
    if (!reply) return reply.error();
    if (reply->status == pop3::Status::continuation) {
      return broken({ErrorKind::protocol, "challenge outside of AUTH"},
                    ahead_.front());
    }
  }
  return read_line_as_reply(step);
}

Result<pop3::Reply> Pop3Client::read_reply(std::string_view step) {
  auto reply = read_any_reply(step);
  if (reply && reply->status == pop3::Status::continuation) {
    return broken({ErrorKind::protocol, "challenge outside of AUTH"}, step);
  }
  return reply;
}

Result<pop3::Reply> Pop3Client::exchange(const pop3::Command& command) {
  if (auto sent = send(command); !sent) return std::move(sent).error();
  return read_reply(command.shown);
}

Result<pop3::Reply> Pop3Client::exchange_any(const pop3::Command& command,
                                             std::string_view step) {
  if (auto sent = send(command); !sent) return std::move(sent).error();
  return read_any_reply(step);
}

Result<void> Pop3Client::read_lines(
    std::string_view step, std::uint64_t max_lines,
    const std::function<Result<void>(std::string_view)>& take) {
  lines_->begin_wait(timeout_);
  for (std::uint64_t taken = 0;; ++taken) {
    auto line = lines_->read_line(pop3::kListingLineOctets);
    if (!line) return broken(std::move(line).error(), step);
    if (*line == ".") {
      if (!lines_->bare_lf() || lf_only_) return {};
      return broken({ErrorKind::protocol, "a listing that ends in LF alone"},
                    step);
    }
    if (taken == max_lines) {
      return broken(
          {ErrorKind::protocol,
           "listing of more than " + std::to_string(max_lines) + " lines"},
          step);
    }
    if (line->starts_with('.')) *line = line->substr(1);
    if (auto taken_in = take(*line); !taken_in) {
      return broken(std::move(taken_in).error(), step);
    }
  }
}

Result<void> Pop3Client::open() {
  constexpr std::string_view kStep = "greeting";
  lines_->begin_wait(timeout_);
  const auto first = lines_->peek();
  if (!first) return broken(first.error(), kStep);
  if (is_tls_record(*first)) {
    return broken(
        Error{ErrorKind::protocol, "the server speaks TLS here"}.with_hint(
            "implicit TLS is pop3s://, port 995"),
        kStep);
  }
  const auto line = lines_->read_line(pop3::kReplyOctets);
  if (!line) return broken(line.error(), kStep);
  lf_only_ = lines_->bare_lf();
  const auto foreign = foreign_protocol(*line);
  if (!foreign.empty()) {
    return broken({ErrorKind::protocol,
                   "not a POP3 server but " + std::string(foreign),
                   {},
                   printable(*line)},
                  kStep);
  }
  auto reply = pop3::parse_reply(*line);
  if (!reply) return broken(std::move(reply).error(), kStep);
  if (reply->status == pop3::Status::continuation) {
    return broken({ErrorKind::protocol, "not a POP3 greeting"}, kStep);
  }
  if (!reply->ok()) {
    return broken(refusal(*reply, kStep, ErrorKind::deferred), kStep);
  }
  apop_timestamp_ = pop3::apop_timestamp(reply->text);
  greeting_ = std::move(reply->text);
  return {};
}

bool Pop3Client::hides_what_was_retrieved() const {
  return std::string_view(greeting_).starts_with("Gpop ");
}

Result<void> Pop3Client::read_capabilities(pop3::Capabilities& into,
                                           bool& known) {
  const auto step = pop3::capa().shown;
  const auto reply = read_reply(step);
  if (!reply) return reply.error();
  known = reply->ok();
  if (!known) return {};
  return read_lines(
      step, pop3::Capabilities::kMaxLines,
      [&into](std::string_view line) { return into.feed_line(line); });
}

Result<void> Pop3Client::capa() {
  capabilities_ = {};
  asked_ = true;
  recalled_ = false;
  if (auto sent = send(pop3::capa()); !sent) return sent;
  bool known = false;
  return read_capabilities(capabilities_, known);
}

Result<void> Pop3Client::start_tls() {
  const auto command = pop3::stls();
  if (asked_ && !offers("STLS")) {
    return Error{ErrorKind::unsupported, "the server offers no TLS",
                 command.shown};
  }
  const auto reply = exchange(command);
  if (!reply) return reply.error();
  if (!reply->ok()) {
    return refusal(*reply, command.shown, ErrorKind::unsupported);
  }
  // Octets that came along with the go-ahead are not protected by TLS; to read
  // them later as if they were is the classic injection.
  if (lines_->has_unread()) {
    return broken({ErrorKind::protocol, "plain text after the go-ahead"},
                  command.shown);
  }
  if (auto secured = stream_.start_tls(); !secured) {
    return broken(std::move(secured).error(), command.shown);
  }
  lines_ = std::make_unique<LineReader>(stream_);
  apop_timestamp_.clear();
  capabilities_ = {};
  asked_ = false;
  return {};
}

Result<void> Pop3Client::quit() {
  const auto command = pop3::quit();
  const auto reply = exchange(command);
  usable_ = false;
  if (!reply) return reply.error();
  if (!reply->ok()) return refusal(*reply, command.shown, ErrorKind::deferred);
  return {};
}

}  // namespace mailtool::client
