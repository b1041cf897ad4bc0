// An Error, with the server that it is about.

#include <utility>

#include "app/connect.h"

namespace mailtool::app {

Error at_server(Error error, const ServerUrl& url) {
  const auto name = url.to_string();
  const bool no_greeting = error.step == "greeting" &&
                           error.server_said.empty() &&
                           (error.kind == ErrorKind::timed_out ||
                            error.kind == ErrorKind::disconnected);
  if (no_greeting && !url.implicit_tls() && url.socket.empty() &&
      url.scheme != "lmtp") {
    error = std::move(error).with_hint(
        "a port that speaks TLS from the start waits for the client: perhaps " +
        url.scheme + "s://");
  }
  error.step = error.step.empty() ? name : name + ": " + error.step;
  return error;
}

}  // namespace mailtool::app
