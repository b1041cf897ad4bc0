/// \file
/// Verification of one message: DKIM, ARC, S/MIME, what others claim to have
/// found, and the way it came.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/delivery_path.h"
#include "app/json.h"
#include "app/verify_smime.h"
#include "mailtool/mime/authentication_results.h"
#include "mailtool/signing/arc.h"
#include "mailtool/signing/dkim.h"

namespace mailtool::app {

/// All text in it is the message's or a certificate's.
struct Verification {
  std::vector<std::string> from_domains;  ///< lower case, each once
  signing::DkimReport dkim;
  signing::ArcReport arc;
  SignedParts smime;
  std::vector<mime::AuthenticationResults> claims;  ///< the newest first
  std::size_t claims_left_out = 0;                  ///< beyond kMaxClaims
  DeliveryPath path;
  /// The header was longer than what is kept of it: signatures over what was
  /// cut off fail.
  bool header_cut_off = false;
};

inline constexpr std::size_t kMaxClaims = 50;

/// Verifies message after message. Keys are asked for once, certificates read
/// when the first S/MIME signature is met.
class MessageVerifier {
 public:
  /// `keys` outlives it; `ca_file` is that of --tls-ca, "" for the system's
  /// store; `now` is seconds since 1970.
  MessageVerifier(signing::KeySource& keys, std::string ca_file,
                  std::int64_t now);

  /// Reads the body once for DKIM and ARC, and signed parts once more. Fails
  /// with interrupted, timed_out (the whole run), no_input or config (the CA
  /// file), and as the input does; what is wrong with the message is a result.
  Result<Verification> verify(const VerifyInput& message);

 private:
  signing::CachedKeys keys_;
  LazyTrust trust_;
  std::int64_t now_;
};

/// For people, through printable(). Ends with LF.
Result<void> write_verification(const Verification& done, Sink& out);

/// One JSON object, as a value.
void write_json(const Verification& done, JsonWriter& json);

}  // namespace mailtool::app
