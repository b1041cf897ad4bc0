#include "cli/sendmail_session.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/signals.h"
#include "cli/smtp_session.h"
#include "cli/text_file.h"

namespace mailtool::cli {
namespace {

using app::ExitStatus;

Error failed(std::string_view what) {
  return Error{ErrorKind::local_io, std::strerror(errno), std::string(what)};
}

/// The client, under a number of its own: stdin is where `send` finds each
/// message.
class ClientInput : public Source {
 public:
  ClientInput() : descriptor_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) {}
  ~ClientInput() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  ClientInput(const ClientInput&) = delete;
  ClientInput& operator=(const ClientInput&) = delete;

  Result<std::size_t> read_some(std::span<char> into) override {
    for (;;) {
      const auto count = ::read(descriptor_, into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (app::caught_signal() != 0) {
        return Error{ErrorKind::interrupted, "stopped by a signal"};
      }
      if (errno != EINTR) return failed("cannot read stdin");
    }
  }

 private:
  int descriptor_;
};

/// Each reply at once: the client waits for it.
class Replies : public Sink {
 public:
  explicit Replies(app::Output& out) : out_(out) {}
  Result<void> write(std::string_view octets) override {
    if (auto written = out_.write(octets); !written) return written;
    return out_.flush();
  }

 private:
  app::Output& out_;
};

}  // namespace

std::string_view reply_of(ExitStatus status) {
  switch (status) {
    case ExitStatus::ok: return "250 2.0.0 sent";
    case ExitStatus::no_user: return "550 5.1.1 not sent to all";
    case ExitStatus::data_err: return "554 5.6.0 the message cannot be sent";
    case ExitStatus::no_host: return "554 5.1.2 not sent to all";
    case ExitStatus::unavailable:
    case ExitStatus::protocol:
    case ExitStatus::no_perm:
    case ExitStatus::usage: return "554 5.0.0 not sent to all";
    default: break;
  }
  // What is wrong with this host can be mended, and the message be sent then.
  return "451 4.3.0 not sent to all now";
}

Result<ExitStatus> serve_session(const PersonalityLine& line,
                                 const app::LocalUser& user,
                                 const std::string& domain,
                                 const app::Invocation& invocation,
                                 app::Output& out) {
  ClientInput input;
  Replies replies(out);
  app::Output reports(STDERR_FILENO);
  std::optional<TextFile> text;
  const auto begin = [&]() -> Result<Sink*> {
    auto made = TextFile::make();
    if (!made) return std::move(made).error();
    text.emplace(std::move(*made));
    return static_cast<Sink*>(&*text);
  };
  const auto end =
      [&](const SmtpSession::Envelope& envelope) -> Result<std::string> {
    if (auto turned = text->become_stdin(); !turned) {
      return std::move(turned).error();
    }
    auto message = invocation;
    message.stdin_is_terminal = false;
    message.arguments = {envelope.recipient};
    message.options.set("envelope-from", {envelope.sender, "command line"});
    auto done = [&]() -> Result<ExitStatus> {
      auto completed = complete_sender(line, user, domain, message.options);
      if (!completed) return std::move(completed).error();
      return app::send(message, reports);
    }();
    (void)reports.flush();
    if (done) return std::string(reply_of(*done));
    if (done.error().kind == ErrorKind::interrupted) return done.error();
    app::report_error("sendmail", done.error());
    return std::string(reply_of(app::exit_status(done.error().kind)));
  };
  SmtpSession session(input, replies, domain, {begin, end});
  if (auto served = session.run(); !served) return std::move(served).error();
  return ExitStatus::ok;
}

}  // namespace mailtool::cli
