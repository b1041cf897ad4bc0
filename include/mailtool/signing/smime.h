/// \file
/// S/MIME signatures: RFC 8551, checked by the CMS (RFC 5652) of libcrypto.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::signing {

enum class SmimeVerdict : std::uint8_t {
  pass,         ///< signature, certificate and From agree
  fail,         ///< the content or the signature was changed
  untrusted,    ///< holds, but no authority vouches for the certificate
  mismatch,     ///< holds, but the certificate is not for the From address
  unsupported,  ///< not checked: encrypted, too large, obsolete digest
};

[[nodiscard]] std::string_view to_string(SmimeVerdict verdict) noexcept;

/// One signer. All text is the certificate's: printable() it.
struct SmimeSigner {
  std::string subject;  ///< RFC 2253 form
  std::string issuer;
  std::vector<std::string> addresses;  ///< rfc822Name, emailAddress; as written
  std::string digest;                  ///< "SHA256"
  std::int64_t valid_from = 0;         ///< seconds since 1970
  std::int64_t valid_to = 0;
  std::int64_t signed_at = 0;  ///< as the signer claims; 0: no claim
  bool trusted = false;
  std::string distrust;  ///< why not
};

struct SmimeResult {
  SmimeVerdict verdict = SmimeVerdict::unsupported;
  std::string reason;  ///< in plain words; empty for a pass
  std::vector<SmimeSigner> signers;
};

/// The authorities that are believed. Read once, used for many messages by one
/// thread at a time.
class SmimeTrust {
 public:
  /// `ca_file`: PEM certificates; "" is the system's store. Fails with
  /// no_input or config when the file gives none.
  static Result<SmimeTrust> load(const std::string& ca_file);
  ~SmimeTrust();
  SmimeTrust(SmimeTrust&&) noexcept;
  SmimeTrust& operator=(SmimeTrust&&) noexcept;

  struct Store;
  [[nodiscard]] const Store& store() const { return *store_; }

 private:
  explicit SmimeTrust(std::unique_ptr<Store> store);
  std::unique_ptr<Store> store_;
};

inline constexpr std::size_t kMaxDetachedSignature = std::size_t{1} << 20;
inline constexpr std::size_t kMaxOpaqueSignature = std::size_t{8} << 20;
inline constexpr int kMaxSmimeSigners = 16;
inline constexpr int kMaxSmimeCertificates = 100;

/// Who should have signed, and when it is.
struct SmimeContext {
  std::span<const std::string> from;  ///< every address of From
  std::int64_t now = 0;               ///< seconds since 1970
};

/// multipart/signed: `signature` is the decoded second part, `content` the raw
/// octets of the first, header and body; their line ends may be LF. The content
/// streams: memory does not grow with it. Fails as `content` does.
Result<SmimeResult> verify_detached(std::string_view signature, Source& content,
                                    const SmimeContext& context,
                                    const SmimeTrust& trust);

/// application/pkcs7-mime with smime-type=signed-data: the decoded body, at
/// most kMaxOpaqueSignature octets, of which a few copies are held.
SmimeResult verify_opaque(std::string_view signed_data,
                          const SmimeContext& context, const SmimeTrust& trust);

/// The same mailbox: domain and local part case aside. RFC 8551 section 3 has
/// no rule for the local part, and no user has two that differ in case alone.
[[nodiscard]] bool same_address(std::string_view a,
                                std::string_view b) noexcept;

}  // namespace mailtool::signing
