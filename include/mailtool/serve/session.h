/// \file
/// Session: a server's side of one connection, without I/O.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/stream.h"

namespace mailtool::serve {

/// What a session waits for.
enum class Wait : std::uint8_t {
  octets,   ///< what the client sends: feed()
  room,     ///< what it wrote to be sent: more()
  verdict,  ///< what it stored to be durable: settled()
  tls,      ///< a handshake: secured()
  delay,    ///< delay() to pass: elapsed(). What came with it is sent after it
  close,    ///< nothing: what it wrote is the last
};

/// What the octets are that come next.
struct Upcoming {
  enum class Kind : std::uint8_t {
    command,  ///< a line, of which some may have come
    rest,     ///< the rest of one, behind a literal
    secret,   ///< a line of a login
    octets,   ///< of a message, or of a literal
  };
  Kind kind = Kind::command;
  /// How many at most, where they are `octets`; UINT64_MAX: in lines, the last
  /// of which tells that it is.
  std::uint64_t octets = 0;
};

/// Why a server ends a session.
enum class Dismissal : std::uint8_t {
  silence,   ///< the client has said nothing for too long
  shutdown,  ///< the server itself ends
};

/// Octets in, octets out. Never fails: what a client does wrong is answered.
/// All that is to be sent is appended to `out`.
class Session {
 public:
  virtual ~Session() = default;

  /// The greeting, once, before all else.
  virtual void begin(std::string& out) = 0;
  /// Takes what the client sent, and returns how many octets were used: all of
  /// them, unless it waits for something else now. What is left is fed again
  /// when it waits for octets; behind Wait::tls it is thrown away, since it
  /// came in clear text (RFC 3207 section 6). \pre wait() == Wait::octets
  virtual std::size_t feed(std::string_view octets, std::string& out) = 0;
  /// What would be fed next.
  [[nodiscard]] virtual Upcoming upcoming() const { return {}; }
  /// The next portion of a long answer. \pre wait() == Wait::room
  virtual void more(std::string& out) = 0;
  /// \pre wait() == Wait::verdict
  virtual void settled(std::string& out) = 0;
  /// \pre wait() == Wait::tls; or before begin(), where TLS came first
  virtual void secured(const TlsInfo& tls, std::string& out) = 0;
  /// How long it waits. \pre wait() == Wait::delay
  [[nodiscard]] virtual std::chrono::milliseconds delay() const {
    return std::chrono::milliseconds(0);
  }
  /// \pre wait() == Wait::delay
  virtual void elapsed(std::string& out) { (void)out; }
  /// Something of what it serves has changed, by another session or program: of
  /// use to one that IDLEs. Called while it waits for octets.
  virtual void changed(std::string& out) { (void)out; }
  /// The longest silence of the client that is borne as things stand.
  [[nodiscard]] virtual std::chrono::milliseconds patience() const {
    return std::chrono::minutes(30);
  }
  /// A word of farewell, where the protocol has one. Nothing is kept of what is
  /// under way. It waits for Wait::close then. \pre wait() == Wait::octets
  virtual void dismiss(Dismissal why, std::string& out) = 0;

  [[nodiscard]] Wait wait() const { return wait_; }

 protected:
  Wait wait_ = Wait::octets;
};

}  // namespace mailtool::serve
