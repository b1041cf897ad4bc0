/// \file
/// Stream: the door to one server. Owned by base, implemented by net over
/// sockets and TLS, and by the tests over a dialogue file.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool {

/// Octets that tie an authentication to one TLS connection (RFC 5056).
struct ChannelBinding {
  std::string type;    ///< "tls-exporter" (RFC 9266), "tls-server-end-point"
  std::string octets;  ///< RFC 5929; never empty
};

/// What TLS settled, once it has.
struct TlsInfo {
  std::string version;  ///< "TLSv1.3"
  std::string cipher;   ///< "TLS_AES_256_GCM_SHA384"
  std::vector<ChannelBinding> bindings;  ///< preferred first; may be empty
  bool client_certificate = false;       ///< one was asked for and sent
};

/// A reliable, ordered octet stream to one server.
///
/// The protocol clients see nothing else, so they can be tested and fuzzed
/// without a socket, a thread or a clock.
///
/// Every call may fail with timed_out, disconnected, unreachable or
/// interrupted. After any failure the stream is dead: the only legal call left
/// is the destructor.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Reads 1..into.size() octets, blocking until some arrive.
  /// Returns 0 only at end of stream, on a clean close by the peer. A TLS
  /// connection cut without close_notify fails with disconnected instead.
  virtual Result<std::size_t> read_some(std::span<char> into) = 0;

  /// True when a read_some() now would not wait: octets, or the end of the
  /// stream, are there. May say false where it cannot tell without waiting.
  [[nodiscard]] virtual bool readable() { return false; }

  /// Waits until read_some() would not wait, but no longer than `budget`: false
  /// when nothing came, and the stream lives on. The deadline of set_deadline()
  /// is not asked. After interrupted, here alone, a good-bye may still be
  /// written. A stream that cannot wait does as readable().
  virtual Result<bool> await_readable(std::chrono::milliseconds budget) {
    (void)budget;
    return readable();
  }

  /// Writes all octets, or fails; a partial write is never reported.
  virtual Result<void> write_all(std::string_view octets) = 0;

  /// As write_all, for octets that hold a secret. `shown` stands for them in
  /// every log and transcript: "AUTH PLAIN ****\r\n".
  virtual Result<void> write_secret(std::string_view octets,
                                    std::string_view shown) {
    (void)shown;
    return write_all(octets);
  }

  /// Upgrades in place, under the TLS policy the stream was dialled with.
  /// Fails with untrusted, insecure, protocol (not TLS) or as every call.
  /// \pre every octet read so far has been consumed; a caller that still holds
  ///   some must treat them as an attack and close (cf. RFC 3207 section 4.2).
  virtual Result<void> start_tls() = 0;

  /// What TLS settled; nullopt while the stream is in clear text.
  [[nodiscard]] virtual std::optional<TlsInfo> tls() const = 0;

  /// All following calls together must be done within `budget` from now, until
  /// the next set_deadline; but a write has `budget` anew whenever the peer takes
  /// octets of it. The deadline of the whole run, if any, still holds.
  virtual void set_deadline(std::chrono::milliseconds budget) = 0;
};

}  // namespace mailtool
