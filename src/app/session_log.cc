#include "app/session_log.h"

#include <algorithm>
#include <utility>

#include "app/forwarding_stream.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/transcript.h"

namespace mailtool::app {

// The sink of one session's Transcript.
class SessionLog::Session : public Sink {
 public:
  Session(SessionLog& log, std::string title)
      : log_(log), part_(std::make_shared<Part>()) {
    part_->title = std::move(title);
  }

  Result<void> write(std::string_view octets) override {
    log_.write(part_, octets);
    return {};
  }

 private:
  SessionLog& log_;
  std::shared_ptr<Part> part_;
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

SessionLog::~SessionLog() {
  for (const auto& part : waiting_) put(part, part->held);
}

std::unique_ptr<Stream> SessionLog::watch(std::unique_ptr<Stream> inner,
                                          std::string_view title,
                                          bool implicit_tls) {
  auto watched =
      std::make_unique<WatchedStream>(*this, title, std::move(inner));
  watched->begin(implicit_tls);
  return watched;
}

void SessionLog::write(const std::shared_ptr<Part>& part,
                       std::string_view octets) {
  const std::lock_guard lock(mutex_);
  const auto me = std::this_thread::get_id();
  part->thread = me;
  if (speaker_ == std::thread::id()) speaker_ = me;
  const auto at = std::find(waiting_.begin(), waiting_.end(), part);
  if (speaker_ != me) {
    if (at == waiting_.end()) waiting_.push_back(part);
    part->held += octets;
    // A long body must not fill memory: then it comes between.
    if (part->held.size() < kWaiting) return;
    put(part, std::exchange(part->held, {}));
    return;
  }
  if (at != waiting_.end()) {
    waiting_.erase(at);
    put(part, std::exchange(part->held, {}));
  }
  put(part, octets);
}

void SessionLog::put(const std::shared_ptr<Part>& part,
                     std::string_view octets) {
  std::string text;
  if (last_ != part) {
    text = "# " + part->title + (part->begun ? ", again\n" : "\n");
    part->begun = true;
    last_ = part;
  }
  text += octets;
  // A log that cannot be written is given up, and the mail goes on.
  if (!broken_) broken_ = !sink_.write(text);
}

void SessionLog::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!broken_) broken_ = !sink_.write("# " + printable(text) + "\n");
}

void SessionLog::end_turn() {
  const std::lock_guard lock(mutex_);
  const auto me = std::this_thread::get_id();
  for (const auto& part : waiting_) {
    if (part->thread == me) part->thread = {};
  }
  if (speaker_ == me) hand_over();
}

// First those who have said all there is to say; then the word goes to whoever
// waits longest.
void SessionLog::hand_over() {
  speaker_ = {};
  std::vector<std::shared_ptr<Part>> still_talking;
  for (const auto& part : std::exchange(waiting_, {})) {
    if (part->thread == std::thread::id()) {
      put(part, std::exchange(part->held, {}));
    } else {
      still_talking.push_back(part);
    }
  }
  if (still_talking.empty()) return;
  speaker_ = still_talking.front()->thread;
  for (const auto& part : still_talking) {
    if (part->thread == speaker_) {
      put(part, std::exchange(part->held, {}));
    } else {
      waiting_.push_back(part);
    }
  }
}

}  // namespace mailtool::app
