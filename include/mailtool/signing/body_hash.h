/// \file
/// BodyHashes: SHA-256 over canonical bodies, all that are wanted in one pass.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mailtool/base/sink.h"
#include "mailtool/signing/canonical.h"

namespace mailtool::signing {

using Digest256 = std::array<unsigned char, 32>;

/// The hash of a body, or of its first octets.
struct BodyHash {
  Digest256 digest{};
  std::uint64_t octets = 0;  ///< of the canonical body as a whole
  bool too_short = false;    ///< the limit lies beyond its end
};

/// First want() for each signature, then write() the body, then finish(), then
/// hash(). Costs at most one hash a canonicalization, however many limits are
/// wanted: the running hash is copied where a limit lies.
class BodyHashes : public Sink {
 public:
  BodyHashes();
  ~BodyHashes() override;
  BodyHashes(const BodyHashes&) = delete;
  BodyHashes& operator=(const BodyHashes&) = delete;

  /// `limit`: octets of the canonical body that count (the l= tag).
  void want(Canonicalization kind, std::optional<std::uint64_t> limit);
  /// True when there is anything to hash: without, the body need not be read.
  [[nodiscard]] bool wanted() const noexcept;

  Result<void> write(std::string_view octets) override;
  /// Fails with internal only where libcrypto does.
  Result<void> finish();

  /// \pre finish() succeeded, and this was wanted.
  [[nodiscard]] BodyHash hash(Canonicalization kind,
                              std::optional<std::uint64_t> limit) const;

 private:
  struct Stream;  // one canonicalization
  std::array<std::unique_ptr<Stream>, 2> streams_;
};

}  // namespace mailtool::signing
