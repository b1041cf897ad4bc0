/// \file
/// SmtpBackend: where an SMTP session leaves the mail it takes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"
#include "mailtool/smtp/command.h"
#include "mailtool/smtp/path.h"
#include "mailtool/smtp/reply.h"

namespace mailtool::serve {

/// What is known of a message before its first octet.
struct Envelope {
  std::string peer = {};   ///< the client's address in digits; empty: none
  smtp::Hello hello = {};  ///< as the client named itself
  std::optional<TlsInfo> tls =
      {};                 ///< nullopt: the connection is in clear text
  std::string user = {};  ///< who has logged in; empty: nobody
  smtp::Mail mail = {};
  std::vector<smtp::Rcpt> recipients = {};  ///< those accepted
};

/// A message on its way in. It is gone without a trace unless end() was called;
/// destroyed after that, it is kept or not.
class Incoming : public Sink {
 public:
  /// The message is whole: it is to be made durable.
  virtual void end() = 0;
  /// What became of it; nullopt while that is not known. \pre end() was called
  [[nodiscard]] virtual std::optional<Result<void>> outcome() = 0;
};

class SmtpBackend {
 public:
  virtual ~SmtpBackend() = default;
  /// The reply that refuses `to`; nullopt where mail is taken for it. `so_far`
  /// has the recipients before it.
  [[nodiscard]] virtual std::optional<smtp::Reply> refuses(
      const Envelope& so_far, const smtp::Mailbox& to) = 0;
  /// A message begins: trace fields are the backend's to write. Fails where it
  /// cannot be taken now.
  virtual Result<std::unique_ptr<Incoming>> begin(const Envelope& envelope) = 0;
};

}  // namespace mailtool::serve
