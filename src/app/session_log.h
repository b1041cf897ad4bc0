/// \file
/// SessionLog: the dialogues of many sessions in one log, -v or --transcript,
/// such that each can be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"

namespace mailtool::app {

/// Sessions of one thread write as they go, a comment naming the session
/// wherever another one had the word before. While a thread has the word, what
/// sessions of other threads say waits, up to kWaiting octets each; a thread
/// gives the word up with end_turn().
///
/// Safe to use from many threads.
class SessionLog {
 public:
  static constexpr std::size_t kWaiting = 64 * 1024;

  /// `sink` outlives the log. With `elide_after` as Transcript.
  SessionLog(Sink& sink, std::size_t elide_after)
      : sink_(sink), elide_after_(elide_after) {}
  SessionLog(const SessionLog&) = delete;
  SessionLog& operator=(const SessionLog&) = delete;

  /// `inner` with its dialogue in the log, below `title`: "smtp://mail.example
  /// at 192.0.2.1:25". The log outlives the stream.
  std::unique_ptr<Stream> watch(std::unique_ptr<Stream> inner,
                                std::string_view title, bool implicit_tls);

  /// One comment that belongs to no session.
  void note(std::string_view text);

  /// The calling thread has no more to say for now: what waits is written.
  void end_turn();

 private:
  class Session;
  class WatchedStream;
  friend class Session;

  void write(Session& session, std::string_view octets);
  void leave(Session& session);
  void put(Session& session, std::string_view octets);
  void hand_over();

  Sink& sink_;
  std::size_t elide_after_;
  std::mutex mutex_;
  std::thread::id speaker_;            // none: nobody has the word
  const Session* last_ = nullptr;      // whose line was written last
  std::vector<Session*> waiting_;      // with octets of their own to write
  bool broken_ = false;
};

}  // namespace mailtool::app
