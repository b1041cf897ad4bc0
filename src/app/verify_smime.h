/// \file
/// The signed parts of a message, found and checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/parse_input.h"
#include "mailtool/mime/structure.h"
#include "mailtool/signing/smime.h"

namespace mailtool::app {

/// The message to check, as the parser left it. All outlive the check.
struct VerifyInput {
  const mime::Structure& structure;
  const RandomAccess& input;
  std::uint64_t offset = 0;  ///< of the message in the input
};

struct SignedPart {
  std::string part;  ///< id of the multipart/signed or of the opaque part
  /// It is the whole body. Otherwise there is more, which nobody has signed.
  bool whole_message = false;
  signing::SmimeResult result;
};

struct SignedParts {
  std::vector<SignedPart> parts;
  std::size_t not_checked = 0;  ///< beyond kMaxSignedParts
};

inline constexpr std::size_t kMaxSignedParts = 10;

/// What is to be trusted, read when the first signature is met.
class LazyTrust {
 public:
  /// As SmimeTrust::load.
  explicit LazyTrust(std::string ca_file) : ca_file_(std::move(ca_file)) {}
  Result<const signing::SmimeTrust*> get();

 private:
  std::string ca_file_;
  std::vector<signing::SmimeTrust> loaded_;  // none or one
};

/// Checks each multipart/signed and application/pkcs7-mime against the From of
/// the message that it is in. Fails as the input or the trust does.
Result<SignedParts> verify_signed_parts(const VerifyInput& message,
                                        LazyTrust& trust, std::int64_t now);

/// The addresses of all From fields of the message whose root is `part`:
/// lower case, each once, sorted.
[[nodiscard]] std::vector<std::string> from_addresses(
    const mime::Structure& structure, const mime::Part& part);

}  // namespace mailtool::app
