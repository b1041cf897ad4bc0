#include "app/send_submission.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mailtool::app {
namespace {

// A server may close a connection that served it well: after so many messages,
// or after a pause. That says nothing about this message.
bool died_before_it_began(const SendSession& session,
                          const std::vector<RecipientResult>& results) {
  return !session.usable() &&
         std::all_of(results.begin(), results.end(), [](const auto& result) {
           return result.outcome == client::Outcome::deferred &&
                  result.error &&
                  result.error->kind == ErrorKind::disconnected;
         });
}

}  // namespace

Submission::Submission(const Invocation& invocation, Connector& connector,
                       const ServerUrl& url, SendProgress* progress)
    : invocation_(invocation), connector_(connector), url_(url) {
  plan_.lmtp = url.scheme == "lmtp";
  plan_.tls = connector.tls_mode();
  plan_.upgrade = !url.implicit_tls() && url.socket.empty();
  plan_.progress = progress;
  if (connector.wants_login(url)) plan_.login = &url_;
}

// What keeps one session from coming up keeps others: a server that is down is
// not dialled for each message, nor a refused password shown again.
Result<void> Submission::connect() {
  if (dead_) return *dead_;
  auto connected = start();
  if (!connected) dead_ = connected.error();
  return connected;
}

Result<void> Submission::start() {
  auto connection = connector_.open(url_);
  if (!connection) return at_server(std::move(connection).error(), url_);
  auto session =
      SendSession::start(connector_, std::move(*connection), plan_,
                         url_.socket.empty() ? url_.host : url_.socket);
  if (!session) return at_server(std::move(session).error(), url_);
  session_ = std::move(*session);
  return {};
}

Result<void> Submission::deliver(const OutgoingMessage& message,
                                 std::vector<RecipientResult>& results,
                                 client::LastMessage last) {
  if (session_ && !session_->takes_more()) finish();
  const bool reused = session_ != nullptr;
  if (!reused) {
    if (auto connected = connect(); !connected) return connected;
  }
  std::vector<std::size_t> everybody(results.size());
  std::iota(everybody.begin(), everybody.end(), std::size_t{0});
  if (invocation_.dry_run()) {
    session_->plan(results, everybody);
    return {};
  }
  auto left = session_->send(message, results, everybody, last);
  if (reused && died_before_it_began(*session_, results)) left = everybody;
  while (!left.empty()) {
    if (session_->chunking_broken()) plan_.chunking = false;
    session_.reset();
    if (auto connected = connect(); !connected) {
      if (left.size() == results.size()) return connected;
      break;  // the others are sent, these keep what the server said
    }
    left = session_->send(message, results, std::move(left), last);
  }
  for (auto& result : results) {
    if (!result.error) continue;
    if (result.error->kind == ErrorKind::interrupted) return *result.error;
    // There is no other server to try: the exit status says if later may help.
    if (result.outcome == client::Outcome::deferred) {
      result.outcome = outcome_of(*result.error);
    }
    result.error = at_server(std::move(*result.error), url_);
  }
  return {};
}

void Submission::finish() {
  if (session_) session_->quit();
  session_.reset();
}

}  // namespace mailtool::app
