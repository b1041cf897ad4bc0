/// \file
/// The tags of a DKIM-Signature (RFC 6376 section 3.5), an
/// ARC-Message-Signature and an ARC-Seal (RFC 8617 section 4.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/signing/canonical.h"
#include "mailtool/signing/verdict.h"

namespace mailtool::signing {

enum class Algorithm : std::uint8_t {
  unknown,
  rsa_sha1,  ///< never accepted: RFC 8301 section 3.1
  rsa_sha256,
  ed25519_sha256,
};

enum class SignatureKind : std::uint8_t { dkim, arc_message, arc_seal };

struct Signature {
  Algorithm algorithm = Algorithm::unknown;
  std::string algorithm_name;  ///< a=, lower case, as written
  std::string domain;          ///< d=, lower case
  std::string selector;        ///< s=, lower case
  std::string identity;        ///< i= of DKIM: "@" and d= when it is absent
  unsigned instance = 0;       ///< i= of ARC: 1..50
  std::string chain;           ///< cv= of a seal: "none", "pass", "fail"
  Canonicalization header = Canonicalization::simple;
  Canonicalization body = Canonicalization::simple;
  std::vector<std::string> fields;          ///< h=, lower case, in order
  std::string body_hash;                    ///< bh=, octets
  std::string octets;                       ///< b=
  std::optional<std::uint64_t> body_limit;  ///< l=; UINT64_MAX stands for more
  std::optional<std::int64_t> signed_at;    ///< t=, seconds since 1970
  std::optional<std::int64_t> expires_at;   ///< x=
  /// Where the value of b= stands in the value of the field.
  std::size_t b_begin = 0;
  std::size_t b_end = 0;
};

/// Longest h= that is followed, in names.
inline constexpr std::size_t kMaxSignedFields = 1000;

/// Reads the value of a field, folded or not. What hinders its use is
/// returned; `signature` then holds what could be read. Time is not judged.
[[nodiscard]] std::optional<Problem> read_signature(std::string_view value,
                                                    SignatureKind kind,
                                                    Signature& signature);

/// The same field value with b= emptied, as it is signed (section 3.7).
[[nodiscard]] std::string without_signature(std::string_view value,
                                            const Signature& signature);

}  // namespace mailtool::signing
