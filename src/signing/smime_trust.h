// The store behind SmimeTrust, and what it says of one certificate.
#pragma once

#include <openssl/x509_vfy.h>

#include <cstdint>
#include <memory>
#include <string>

#include "mailtool/signing/smime.h"

namespace mailtool::signing {

struct SmimeTrust::Store {
  struct Free {
    void operator()(X509_STORE* one) const { X509_STORE_free(one); }
  };
  std::unique_ptr<X509_STORE, Free> store;
};

// "" when a chain for signing mail leads from `signer`, by way of `others`, to
// an authority, all valid at `now`; else why not.
[[nodiscard]] std::string distrust(const SmimeTrust& trust, X509* signer,
                                   STACK_OF(X509) * others, std::int64_t now);

}  // namespace mailtool::signing
