/// \file
/// SessionLog: the dialogues of many sessions in one log, -v or --transcript,
/// such that each can be read.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"

namespace mailtool::app {

/// One thread at a time has the word: what its sessions say is written as it
/// is said. What sessions of others say waits, up to kWaiting octets each,
/// until the word comes to them; a thread gives it up with end_turn(). Before
/// a session's first line, and wherever another one spoke in between, a comment
/// names it.
///
/// Safe to use from many threads.
class SessionLog {
 public:
  static constexpr std::size_t kWaiting = 64 * 1024;

  /// `sink` outlives the log. With `elide_after` as Transcript.
  SessionLog(Sink& sink, std::size_t elide_after)
      : sink_(sink), elide_after_(elide_after) {}
  ~SessionLog();
  SessionLog(const SessionLog&) = delete;
  SessionLog& operator=(const SessionLog&) = delete;

  /// `inner` with its dialogue in the log, below `title`: "smtp://mail.example
  /// at 192.0.2.1:25". The log outlives the stream.
  std::unique_ptr<Stream> watch(std::unique_ptr<Stream> inner,
                                std::string_view title, bool implicit_tls);

  /// One comment that belongs to no session.
  void note(std::string_view text);

  /// The calling thread has no more to say for now.
  void end_turn();

 private:
  class Session;
  class WatchedStream;

  struct Part {
    std::string title;
    std::string held;        // waits for the word
    std::thread::id thread;  // that spoke last; none: its turn is over
    bool begun = false;      // the title has been written
  };

  void write(const std::shared_ptr<Part>& part, std::string_view octets);
  void put(const std::shared_ptr<Part>& part, std::string_view octets);
  void hand_over();

  Sink& sink_;
  std::size_t elide_after_;
  std::mutex mutex_;
  std::thread::id speaker_;           // none: nobody has the word
  std::shared_ptr<const Part> last_;  // whose line was written last
  std::vector<std::shared_ptr<Part>> waiting_;
  bool broken_ = false;
};

}  // namespace mailtool::app
