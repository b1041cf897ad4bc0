// Digest: SHA-256 by libcrypto, which has the processor's instructions for it.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string_view>

#include "mailtool/signing/body_hash.h"

namespace mailtool::signing {

// A running hash. Where libcrypto fails (no memory) finish() has no value.
class Digest {
 public:
  Digest();
  void update(std::string_view octets);
  // The hash of all so far and `last`; updating may go on without `last`.
  [[nodiscard]] std::optional<Digest256> so_far(
      std::string_view last = {}) const;

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
  bool ok_ = false;
};

}  // namespace mailtool::signing
