/// \file
/// DkimSigner: makes the DKIM-Signature fields of a message. RFC 6376,
/// RFC 8301, RFC 8463.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/signing/canonical.h"
#include "mailtool/signing/signing_key.h"

namespace mailtool::signing {

/// Octets of header that a message to be signed may have.
inline constexpr std::size_t kMaxHeaderToSign = std::size_t{1} << 20;

/// A key and where its public half stands: SELECTOR._domainkey.DOMAIN.
struct DkimIdentity {
  std::string domain;    ///< d=, with A-labels
  std::string selector;  ///< s=, with A-labels
  SigningKey key;
};

struct DkimSignerOptions {
  Canonicalization header = Canonicalization::relaxed;
  Canonicalization body = Canonicalization::relaxed;
  /// Seconds from t= to x=; none: the signature does not expire.
  std::optional<std::uint32_t> valid_for = {};
};

/// Signs any number of messages, each with all of its keys.
///
/// Signed are From, what is shown of a message or answered to, what says how
/// its body is read, and the Resent- and List- fields (section 5.4.1). The
/// fields that a message has once at most are named once more than they occur,
/// so that none can be added unseen (section 5.4.2 and 8.15).
class DkimSigner {
 public:
  static constexpr std::size_t kMaxKeys = 10;

  /// Fails with config: no key or more than kMaxKeys, no domain name, a name
  /// of the key longer than DNS takes, one key's name used twice.
  static Result<DkimSigner> make(std::vector<DkimIdentity> identities,
                                 DkimSignerOptions options = {});

  /// Reads a finished message to its end, once, and returns the fields to put
  /// in front of it: a DKIM-Signature for each key, in their order, folded at
  /// 78 characters where there is a place to, each with CRLF at its end.
  /// `now` is seconds since 1970. Lines end in CRLF; LF counts as CRLF. What
  /// is signed must reach the server as it is: sign last, and what is 7 bit
  /// (section 5.3). Memory: the header, and 64 KiB a canonicalization.
  ///
  /// Fails with bad_input on a header that cannot be signed: without From,
  /// with a line that is no field, above kMaxHeaderToSign; or as `message` and
  /// SigningKey::sign do.
  [[nodiscard]] Result<std::string> sign(Source& message,
                                         std::int64_t now) const;

  [[nodiscard]] const std::vector<DkimIdentity>& identities() const {
    return identities_;
  }

 private:
  DkimSigner(std::vector<DkimIdentity> identities, DkimSignerOptions options)
      : identities_(std::move(identities)), options_(options) {}

  std::vector<DkimIdentity> identities_;
  DkimSignerOptions options_;
};

}  // namespace mailtool::signing
