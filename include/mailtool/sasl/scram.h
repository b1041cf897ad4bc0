/// \file
/// SCRAM, the client's side: RFC 5802, RFC 7677; channel binding RFC 5056,
/// 5929 and 9266.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "mailtool/base/secret.h"
#include "mailtool/base/stream.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::sasl {

/// Bounds on the iteration count, checked before anything is hashed: below, a
/// stolen proof is cheap to guess; above, a server could keep us busy for ever.
inline constexpr std::uint64_t kMinIterations = 4'096;  // RFC 5802, 7677
inline constexpr std::uint64_t kMaxIterations = 10'000'000;

enum class ScramHash : std::uint8_t { sha1, sha256 };

/// How a SCRAM client speaks of channel binding: the gs2-cbind-flag.
enum class BindingFlag : std::uint8_t {
  none,         ///< "n": we cannot, or would not
  not_offered,  ///< "y": we could, and the server did not offer it
  bound,        ///< "p=": the -PLUS mechanisms
};

struct ScramParameters {
  ScramHash hash = ScramHash::sha256;
  std::string user;
  std::string authzid;
  const Secret* password = nullptr;  ///< outlives the mechanism
  BindingFlag flag = BindingFlag::none;
  ChannelBinding binding;  ///< for BindingFlag::bound
  /// Printable, without comma; empty: 24 octets from the system's generator.
  std::string nonce;
};

[[nodiscard]] std::unique_ptr<Mechanism> make_scram(ScramParameters parameters);

}  // namespace mailtool::sasl
