#include "app/session_log.h"

#include <algorithm>
#include <utility>

#include "app/forwarding_stream.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/transcript.h"

namespace mailtool::app {

// What one session says: a sink for its Transcript.
class SessionLog::Session : public Sink {
 public:
  Session(SessionLog& log, std::string shown)
      : title(std::move(shown)), log_(log) {}
  ~Session() override { log_.leave(*this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Result<void> write(std::string_view octets) override {
    log_.write(*this, octets);
    return {};
  }

  const std::string title;
  std::string held;    // waits for the word
  bool begun = false;  // its title has been written

 private:
  SessionLog& log_;
};

namespace {

// What a stream tells goes first into the base, so that it outlives the stream.
template <class Log>
struct Told {
  template <class... Arguments>
  explicit Told(std::size_t elide_after, Arguments&&... arguments)
      : session(std::forward<Arguments>(arguments)...),
        transcript(session, elide_after) {}
  Log session;
  Transcript transcript;
};

}  // namespace

// Owns the session's part of the log along with the stream.
class SessionLog::WatchedStream : private Told<Session>,
                                  public ForwardingStream {
 public:
  WatchedStream(SessionLog& log, std::string_view title,
                std::unique_ptr<Stream> inner)
      : Told(log.elide_after_, log, printable(title)),
        ForwardingStream(with_transcript(std::move(inner), transcript)) {}

  void begin(bool implicit_tls) {
    (void)session.write("");  // the title, before the server says a word
    if (implicit_tls) transcript.event("<TLS negotiation>");
  }
};

std::unique_ptr<Stream> SessionLog::watch(std::unique_ptr<Stream> inner,
                                          std::string_view title,
                                          bool implicit_tls) {
  auto watched =
      std::make_unique<WatchedStream>(*this, title, std::move(inner));
  watched->begin(implicit_tls);
  return watched;
}

void SessionLog::write(Session& session, std::string_view octets) {
  const std::lock_guard lock(mutex_);
  const auto me = std::this_thread::get_id();
  if (speaker_ == std::thread::id() || speaker_ == me) {
    speaker_ = me;
    put(session, octets);
    return;
  }
  if (octets.empty()) return;
  if (session.held.empty()) waiting_.push_back(&session);
  session.held += octets;
  // A long body must not fill memory: then it comes between, under its title.
  if (session.held.size() < kWaiting) return;
  std::erase(waiting_, &session);
  put(session, std::exchange(session.held, {}));
}

void SessionLog::put(Session& session, std::string_view octets) {
  std::string text;
  if (last_ != &session) {
    text = "# " + session.title + (session.begun ? ", again\n" : "\n");
    session.begun = true;
    last_ = &session;
  }
  text += octets;
  // A log that cannot be written is given up, and the mail goes on.
  if (!broken_) broken_ = !sink_.write(text);
}

void SessionLog::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  last_ = nullptr;
  if (!broken_) broken_ = !sink_.write("# " + printable(text) + "\n");
}

void SessionLog::end_turn() {
  const std::lock_guard lock(mutex_);
  if (speaker_ != std::this_thread::get_id()) return;
  hand_over();
}

void SessionLog::hand_over() {
  speaker_ = {};
  for (auto* session : std::exchange(waiting_, {})) {
    put(*session, std::exchange(session->held, {}));
  }
}

void SessionLog::leave(Session& session) {
  const std::lock_guard lock(mutex_);
  if (!session.held.empty()) {
    std::erase(waiting_, &session);
    put(session, session.held);
  }
  if (last_ == &session) last_ = nullptr;
}

}  // namespace mailtool::app
