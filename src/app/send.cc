// mailtool send: messages to a server that relays them, or direct to the mail
// exchangers of their recipients.

#include <unistd.h>

#include "app/commands.h"
#include "app/connect.h"
#include "app/mx_delivery.h"
#include "app/mx_options.h"
#include "app/queue_add.h"
#include "app/send_envelope.h"
#include "app/send_explain.h"
#include "app/send_once.h"
#include "app/send_report.h"
#include "app/send_sign.h"
#include "app/send_submission.h"
#include "app/send_supply.h"
#include "app/signals.h"
#include "app/sender_identity.h"
#include "app/user_folders.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::Outcome;

// Writes the finished messages instead of sending them.
class PrintedMessages : public MessageTaker {
 public:
  PrintedMessages(Output& out, MessageSigner& signer)
      : out_(out), signer_(signer) {}

  Result<void> take(OutgoingMessage message) override {
    if (auto done = signer_.sign(message); !done) return done;
    const auto source = message.content->source();
    return copy_all(*source, out_);
  }

  void failed(Error error) override {
    report_error("send", error);
    status_ = combine(status_, exit_status(error.kind));
  }

  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  Output& out_;
  MessageSigner& signer_;
  ExitStatus status_ = ExitStatus::ok;
};

// Sends each message when the next one is ready: only then is it known whether
// it is the last one, with which QUIT may go along.
class SentMessages : public MessageTaker {
 public:
  SentMessages(const Invocation& invocation, SendRoute& route,
               MessageSigner& signer, SendReport& report,
               SendProgress& progress, OnceRecord* once)
      : invocation_(invocation),
        route_(route),
        signer_(signer),
        report_(report),
        progress_(progress),
        once_(once) {}

  Result<void> take(OutgoingMessage message) override {
    auto addressed =
        make_envelope_addresses(message, invocation_.options.has("mx"));
    if (!addressed) {
      auto error = std::move(addressed).error();
      // What was typed is the command line's fault, not the message's.
      if (!invocation_.options.has("read-recipients")) {
        error.kind = ErrorKind::usage;
      }
      return error;
    }
    if (auto sealed = signer_.sign(message); !sealed) return sealed;
    if (next_) {
      if (auto sent = send(*next_, client::LastMessage::no); !sent) return sent;
    }
    next_.emplace(std::move(message));
    return {};
  }

  void failed(Error error) override {
    progress_.clear();
    report_.failed(error);
  }

  /// False once the route failed.
  [[nodiscard]] bool can_go_on() const {
    return !route_failed_ && caught_signal() == 0;
  }

  Result<void> finish() {
    if (!next_) return {};
    return send(*next_, client::LastMessage::yes);
  }

 private:
  Result<void> send(OutgoingMessage& message, client::LastMessage last) {
    std::vector<RecipientResult> before;
    if (once_ != nullptr) before = take_sent_before(message);
    std::vector<RecipientResult> results;
    for (const auto& recipient : message.recipients) {
      results.push_back({.recipient = recipient});
    }
    Result<void> delivered;
    if (!results.empty()) {
      delivered = route_.deliver(message, results, last);
    }
    progress_.clear();
    if (!delivered) {
      // With --json each recipient hears why; else one line says it.
      const bool interrupted = delivered.error().kind == ErrorKind::interrupted;
      if (!invocation_.json() || interrupted) {
        route_failed_ = true;
        if (interrupted) return stop(message, results, delivered.error());
        return of_all_that_follow(message, delivered.error());
      }
      for (auto& result : results) note_failure(delivered.error(), result);
    }
    if (once_ != nullptr && !invocation_.dry_run()) {
      if (auto kept = note_sent(results); !kept) return kept;
    }
    results.insert(results.begin(), before.begin(), before.end());
    return report_.add(message, results);
  }

  // A signal must not make us forget, nor keep to ourselves, who has it by now.
  Error stop(const OutgoingMessage& message,
             std::vector<RecipientResult>& results, const Error& why) {
    std::erase_if(results, [](const RecipientResult& result) {
      return result.outcome != Outcome::accepted;
    });
    if (once_ != nullptr) {
      if (auto kept = note_sent(results); !kept) return kept.error();
    }
    if (auto told = report_.add(message, results); !told) return told.error();
    return why;
  }

  // Says which of several messages were not sent.
  static Error of_all_that_follow(const OutgoingMessage& message, Error why) {
    if (message.source.empty()) return why;
    why.step = message.source + " and what follows are not sent" +
               (why.step.empty() ? "" : ": " + why.step);
    return why;
  }

  std::vector<RecipientResult> take_sent_before(OutgoingMessage& message) {
    std::vector<RecipientResult> before;
    std::erase_if(message.recipients, [&](const std::string& recipient) {
      if (!once_->has(recipient)) return false;
      before.push_back({.recipient = recipient,
                        .outcome = Outcome::accepted,
                        .sent_before = true});
      return true;
    });
    return before;
  }

  Result<void> note_sent(const std::vector<RecipientResult>& results) {
    std::vector<std::string> sent;
    for (const auto& result : results) {
      // What the queue has is as good as sent.
      if (result.outcome == Outcome::accepted || !result.queue_id.empty()) {
        sent.push_back(result.recipient);
      }
    }
    auto kept = once_->add(sent);
    if (kept) return kept;
    // It is sent, and the next run would send it again.
    return std::move(kept).error().at(
        "--once: the message is sent, but that cannot be recorded");
  }

  const Invocation& invocation_;
  SendRoute& route_;
  MessageSigner& signer_;
  SendReport& report_;
  SendProgress& progress_;
  OnceRecord* once_;
  std::optional<OutgoingMessage> next_;
  bool route_failed_ = false;
};

Error no_route() {
  return Error{ErrorKind::usage, "no way to send is named", "", "",
               "give --server URL to submit to a server, --mx to deliver "
               "direct, or set `send` in an account"};
}

Result<ExitStatus> print_messages(const Invocation& invocation, Output& out,
                                  MessageSigner& signer) {
  PrintedMessages printed(out, signer);
  if (auto done = supply_messages(invocation, printed); !done) {
    return std::move(done).error();
  }
  return printed.status();
}

// The record of --once KEY; nullopt where it is not given.
Result<std::optional<OnceRecord>> open_once(const Invocation& invocation,
                                            const Connector& connector) {
  const auto key = invocation.options.get("once");
  if (!key) return std::optional<OnceRecord>();
  if (invocation.options.has("message")) {
    return Error{ErrorKind::usage, "is for one message, from stdin or composed",
                 "--once"};
  }
  auto folder = user_state_folder();
  if (!folder) return std::move(folder).error();
  auto record = OnceRecord::open(*folder + "/once", *key, local_now().seconds,
                                 connector.timeout(), interrupt_fd());
  if (!record) return std::move(record).error();
  return std::optional<OnceRecord>(std::move(*record));
}

// Exactly one of them is there.
struct Routes {
  std::unique_ptr<Submission> submission;
  std::unique_ptr<MxDelivery> direct;
  [[nodiscard]] SendRoute& chosen() const {
    return submission ? static_cast<SendRoute&>(*submission) : *direct;
  }
};

Result<Routes> make_routes(const Invocation& invocation, Connector& connector,
                           const std::optional<ServerUrl>& url,
                           SendProgress& progress) {
  Routes routes;
  if (url) {
    routes.submission = std::make_unique<Submission>(invocation, connector,
                                                     *url, &progress);
    return routes;
  }
  auto port = mx_port(invocation.options);
  if (!port) return std::move(port).error();
  const auto options = MxOptions::read(invocation.options, *port);
  if (!options) return options.error();
  routes.direct =
      std::make_unique<MxDelivery>(invocation, connector, *options, &progress);
  return routes;
}

Result<ExitStatus> explain(const Invocation& invocation, Connector& connector,
                           const std::optional<ServerUrl>& url,
                           MxDelivery* direct, MessageSigner& signer,
                           Output& out) {
  ExplainedMessages explained(invocation, connector, url ? &*url : nullptr,
                              direct, signer, out);
  if (auto done = supply_messages(invocation, explained); !done) {
    return std::move(done).error();
  }
  return explained.status();
}

// The way into the queue, where the user wants one; null where not.
Result<std::unique_ptr<QueueingRoute>> make_queueing(
    const Invocation& invocation, SendRoute& inner) {
  auto wish = QueueWish::read(invocation.options, local_now().seconds);
  if (!wish) return std::move(wish).error();
  if (!wish->always && !wish->on_tempfail) {
    return std::unique_ptr<QueueingRoute>();
  }
  return QueueingRoute::make(invocation, *wish,
                             wish->always ? nullptr : &inner);
}

Result<std::optional<ServerUrl>> chosen_server(const OptionValues& options) {
  const auto server = options.get("server");
  if (!server || options.has("mx")) return std::optional<ServerUrl>();
  auto url = parse_server_url(*server, {"smtp", "smtps", "lmtp"});
  if (!url) return std::move(url).error();
  // RFC 2033 section 5: that is where SMTP is spoken.
  if (url->scheme == "lmtp" && url->port == 25) {
    return Error{ErrorKind::usage, "LMTP is not spoken on port 25",
                 printable(*server, 200), "", "port 24 is the usual one"};
  }
  return std::optional(std::move(*url));
}

}  // namespace

Result<ExitStatus> send(const Invocation& invocation, Output& out) {
  const auto& options = invocation.options;
  if (!options.has("server") && !options.has("mx") && !options.has("print")) {
    return no_route();
  }
  auto url = chosen_server(options);
  if (!url) return std::move(url).error();
  MessageSigner signer(invocation);
  if (options.has("print")) return print_messages(invocation, out, signer);

  auto connector = Connector::make(invocation);
  if (!connector) return std::move(connector).error();
  SendProgress progress(invocation.progress ? STDERR_FILENO : -1);
  auto routes = make_routes(invocation, **connector, *url, progress);
  if (!routes) return std::move(routes).error();
  if (options.has("explain")) {
    return explain(invocation, **connector, *url, routes->direct.get(), signer,
                   out);
  }
  auto queueing = make_queueing(invocation, routes->chosen());
  if (!queueing) return std::move(queueing).error();
  auto& route = *queueing ? static_cast<SendRoute&>(**queueing)
                          : routes->chosen();
  auto once = open_once(invocation, **connector);
  if (!once) return std::move(once).error();

  SendReport report(invocation, out);
  SentMessages sent(invocation, route, signer, report, progress,
                    *once ? &**once : nullptr);
  auto done = supply_messages(invocation, sent);
  // A message that is ready goes out though the input failed behind it.
  if (done || sent.can_go_on()) {
    auto finished = sent.finish();
    if (done) done = std::move(finished);
  }
  route.finish();
  progress.clear();
  if (done) return report.finish();
  const auto kind = done.error().kind;
  if (kind == ErrorKind::interrupted || kind == ErrorKind::usage) {
    return std::move(done).error();
  }
  report.failed(done.error());
  return report.finish();
}

}  // namespace mailtool::app
