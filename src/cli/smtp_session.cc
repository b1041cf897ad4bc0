#include "cli/smtp_session.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/smtp/path.h"

namespace mailtool::cli {
namespace {

constexpr std::size_t kPieceOctets = 64 * 1024;

// Path         = "<" [ A-d-l ":" ] Mailbox ">"            ; RFC 5321 4.1.2
// A-d-l        = At-domain *( "," At-domain )
// At-domain    = "@" Domain
//
// A source route is not part of what is returned (section 4.1.1.3).
// Lenient: no blanks are needed to be absent behind "FROM:", as old clients put
// one there.
Result<std::string> path_of(std::string_view text, std::string_view keyword) {
  const Error wrong{ErrorKind::bad_input, "no " + std::string(keyword) + "<…>"};
  if (!istarts_with(text, keyword)) return wrong;
  text = trim(text.substr(keyword.size()));
  if (!text.starts_with('<')) return wrong;
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '>' && !quoted) {
      const auto path = text.substr(1, i - 1);
      if (!path.starts_with('@')) return std::string(path);
      const auto colon = path.find(':');
      // A route leads to a mailbox: "<@relay:>" is not the null sender.
      if (colon == path.npos || colon + 1 == path.size()) return wrong;
      return std::string(path.substr(colon + 1));
    }
  }
  return wrong;
}

Result<void> check_mailbox(const std::string& address) {
  const auto mailbox =
      smtp::parse_mailbox(address, {.utf8 = true, .domain_optional = true});
  if (!mailbox) return mailbox.error();
  return {};
}

}  // namespace

SmtpSession::SmtpSession(Source& in, Sink& out, std::string host,
                         Delivery delivery)
    : in_(in),
      out_(out),
      host_(std::move(host)),
      delivery_(std::move(delivery)) {}

Result<void> SmtpSession::run() {
  if (auto said = answer("220 " + host_ + " ESMTP"); !said) return said;
  while (!ended_) {
    std::string line;
    const auto read = read_line(line, kMaxCommand);
    if (!read) return read.error();
    if (!*read) return {};
    const bool too_long = line.size() > kMaxCommand;
    auto done = too_long ? answer("500 5.5.2 line too long") : obey(line);
    if (!done) return done;
  }
  return {};
}

// A line without its end; of a longer one at least `most` + 1 octets, and not
// all. False at the end of the input.
Result<bool> SmtpSession::read_line(std::string& line, std::size_t most) {
  line.clear();
  for (;;) {
    const auto end = buffer_.find('\n', next_);
    const auto piece = std::string_view(buffer_).substr(
        next_, end == buffer_.npos ? buffer_.npos : end - next_);
    line += piece.substr(0, most + 2 - std::min(line.size(), most + 2));
    if (end != buffer_.npos) {
      next_ = end + 1;
      bare_lf_ = !line.ends_with('\r');
      if (!bare_lf_) line.pop_back();
      return true;
    }
    buffer_.resize(kPieceOctets);
    next_ = 0;
    const auto count = in_.read_some({buffer_.data(), buffer_.size()});
    buffer_.resize(count ? *count : 0);
    if (!count) return count.error();
    if (*count == 0) return false;
  }
}

Result<void> SmtpSession::answer(std::string_view reply) {
  return out_.write(std::string(reply) + "\r\n");
}

Result<void> SmtpSession::obey(std::string_view line) {
  const auto space = line.find(' ');
  const auto verb = upper(line.substr(0, space));
  const auto rest = space == line.npos ? "" : trim(line.substr(space + 1));
  if (verb == "EHLO" || verb == "HELO") return greet(verb == "EHLO");
  if (verb == "MAIL") return mail(rest);
  if (verb == "RCPT") return rcpt(rest);
  if (verb == "DATA") return data();
  if (verb == "RSET") {
    has_sender_ = false;
    return answer("250 2.0.0 ok");
  }
  if (verb == "NOOP") return answer("250 2.0.0 ok");
  if (verb == "VRFY") return answer("252 2.5.0 send some mail and see");
  if (verb == "QUIT") {
    ended_ = true;
    return answer("221 2.0.0 bye");
  }
  return answer("502 5.5.1 no such command here");
}

Result<void> SmtpSession::greet(bool extended) {
  has_sender_ = false;
  if (!extended) return answer("250 " + host_);
  return answer("250-" + host_ +
                "\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
                "250 ENHANCEDSTATUSCODES");
}

Result<void> SmtpSession::mail(std::string_view rest) {
  if (has_sender_) return answer("503 5.5.1 one sender at a time");
  const auto path = path_of(rest, "FROM:");
  if (!path) return answer("501 5.5.4 " + path.error().what);
  if (!path->empty()) {
    if (auto fit = check_mailbox(*path); !fit) {
      return answer("553 5.1.7 " + printable(fit.error().what));
    }
  }
  envelope_ = {*path, {}};
  has_sender_ = true;
  return answer("250 2.1.0 ok");
}

Result<void> SmtpSession::rcpt(std::string_view rest) {
  if (!has_sender_) return answer("503 5.5.1 MAIL comes first");
  const auto path = path_of(rest, "TO:");
  if (!path) return answer("501 5.5.4 " + path.error().what);
  if (auto fit = check_mailbox(*path); !fit) {
    return answer("553 5.1.3 " + printable(fit.error().what));
  }
  if (!envelope_.recipient.empty()) {
    return answer("452 4.5.3 one recipient at a time");
  }
  envelope_.recipient = *path;
  return answer("250 2.1.5 ok");
}

Result<void> SmtpSession::data() {
  if (!has_sender_ || envelope_.recipient.empty()) {
    return answer("503 5.5.1 MAIL and RCPT come first");
  }
  const auto text = delivery_.begin();
  if (!text) return text.error();
  if (auto said = answer("354 end with a dot"); !said) return said;
  const auto whole = take_text(**text);
  if (!whole) return whole.error();
  has_sender_ = false;
  if (!*whole) {  // the client has gone in the middle of it
    ended_ = true;
    return {};
  }
  const auto reply = delivery_.end(envelope_);
  return reply ? answer(*reply) : reply.error();
}

// The text, its dots taken off (RFC 5321 4.5.2). False when it has no end.
//
// A dot ends it only between line ends of the kind that DATA had: in a session
// with CRLF a bare LF is text, and cannot smuggle a second message in.
Result<bool> SmtpSession::take_text(Sink& to) {
  const bool lf_ends = bare_lf_;
  bool begins = true;
  for (;;) {
    const auto end = buffer_.find('\n', next_);
    const bool whole = end != buffer_.npos;
    auto octets = (whole ? end + 1 : buffer_.size()) - next_;
    // A CR may have its LF in the next read, and a dot its line end.
    if (!whole && buffer_.ends_with('\r') && octets > 0) --octets;
    if (!whole && begins && buffer_.size() - next_ < 3) octets = 0;
    if (octets > 0) {
      auto piece = std::string_view(buffer_).substr(next_, octets);
      next_ += octets;
      if (begins && piece.starts_with('.')) {
        if (piece == ".\r\n" || (lf_ends && piece == ".\n")) return true;
        piece.remove_prefix(1);
      }
      begins = whole && (lf_ends || piece.ends_with("\r\n"));
      if (auto written = to.write(piece); !written) {
        return std::move(written).error();
      }
      continue;
    }
    buffer_.erase(0, next_);
    next_ = 0;
    const auto kept = buffer_.size();
    buffer_.resize(kept + kPieceOctets);
    const auto count =
        in_.read_some({buffer_.data() + kept, buffer_.size() - kept});
    buffer_.resize(kept + (count ? *count : 0));
    if (!count) return count.error();
    if (*count == 0) return false;
  }
}

}  // namespace mailtool::cli
