/// \file
/// SmtpSession: SMTP as a server speaks it, on stdin and stdout, for the
/// programs that hand their mail to "sendmail -bs".
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::cli {

/// One session: RFC 5321 with 8BITMIME, SMTPUTF8, PIPELINING and enhanced
/// codes. Whoever speaks here may do all that the user may: there is no AUTH
/// and no TLS. The parameters of MAIL and RCPT, and source routes, are taken and
/// let be.
///
/// A transaction has one recipient, and so one outcome: every other RCPT is
/// answered with 452, and the client sends to it in the next transaction
/// (RFC 5321 section 4.5.3.1.10).
class SmtpSession {
 public:
  static constexpr std::size_t kMaxCommand = 4096;  ///< octets of a line

  struct Envelope {
    std::string sender;     ///< empty: the null sender
    std::string recipient;  ///< never empty in a Delivery
  };
  /// Where a message goes: it is written to the Sink of begin(), then end() is
  /// called and answers with what DATA is answered with, without CRLF.
  struct Delivery {
    std::function<Result<Sink*>()> begin;
    std::function<Result<std::string>(const Envelope&)> end;
  };

  /// `host`: the name in the greeting. All outlive the session.
  SmtpSession(Source& in, Sink& out, std::string host, Delivery delivery);

  /// Up to QUIT or the end of `in`. Fails as `in`, `out` and the delivery do.
  Result<void> run();

 private:
  Result<bool> read_line(std::string& line, std::size_t most);
  Result<void> answer(std::string_view reply);
  Result<void> obey(std::string_view line);
  Result<void> greet(bool extended);
  Result<void> mail(std::string_view rest);
  Result<void> rcpt(std::string_view rest);
  Result<void> data();
  Result<bool> take_text(Sink& to);

  Source& in_;
  Sink& out_;
  std::string host_;
  Delivery delivery_;
  std::string buffer_;    // read and not yet looked at
  std::size_t next_ = 0;  // of it
  bool bare_lf_ = false;  // the last line ended without CR
  bool ended_ = false;    // QUIT, or the end of the input
  bool has_sender_ = false;
  Envelope envelope_;
};

}  // namespace mailtool::cli
