/// \file
/// SCRAM, the server's side: RFC 5802, RFC 7677; channel binding RFC 5056,
/// 5929 and 9266.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/stream.h"
#include "mailtool/sasl/scram.h"

namespace mailtool::sasl {

/// What a server keeps of a password (RFC 5802 section 3).
struct ScramKeys {
  std::string salt;  ///< octets; never empty
  std::uint64_t iterations = kMinIterations;
  std::string stored_key;
  std::string server_key;
};

/// nullopt where the password holds what SASLprep prohibits: nobody logs in
/// with it by SCRAM.
[[nodiscard]] std::optional<ScramKeys> derive_scram_keys(
    ScramHash hash, const Secret& password, std::string salt,
    std::uint64_t iterations = kMinIterations);

/// For a name that nobody has: its salt is the same each time, as one would be
/// that was kept, and no proof fits. `secret`: octets nobody can guess.
[[nodiscard]] ScramKeys decoy_scram_keys(ScramHash hash,
                                         std::string_view secret,
                                         std::string_view name);

/// One exchange. Messages are those of RFC 5802 section 7, not in base64.
class ScramServer {
 public:
  struct Parameters {
    ScramHash hash = ScramHash::sha256;
    bool plus = false;  ///< the client chose a mechanism with -PLUS
    bool offers_plus = false;
    std::vector<ChannelBinding> bindings = {};  ///< of the connection
    /// Printable, without comma; empty: 24 octets from the system's generator.
    std::string nonce = {};
  };
  explicit ScramServer(Parameters parameters) : p_(std::move(parameters)) {}

  /// The client-first-message. Fails with protocol; with insecure where the
  /// client thinks that binding is not offered though it is, or binds to what
  /// there is not; with system.
  Result<void> begin(std::string_view client_first);
  /// As the client gave them. \pre begin()
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& authzid() const { return authzid_; }
  /// The server-first-message. `keys` are those of name(). \pre begin()
  [[nodiscard]] std::string challenge(ScramKeys keys);
  /// Of the client-final-message: the server-final-message, which proves that
  /// the server knows the password. Fails with protocol; with insecure where the
  /// binding is another; with no_auth where the proof is wrong, or there is no
  /// such user. \pre challenge()
  Result<std::string> finish(std::string_view client_final);

 private:
  Result<void> read_gs2_header(std::string_view header);

  Parameters p_;
  std::string name_;
  std::string authzid_;
  std::string gs2_header_;
  std::string bound_;  // the octets of the binding; empty: none
  std::string nonce_;  // the client's and ours
  std::string client_first_bare_;
  std::string server_first_;
  ScramKeys keys_;
};

}  // namespace mailtool::sasl
