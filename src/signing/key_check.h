// One signature value against the key that its domain publishes.
#pragma once

#include <string>
#include <vector>

#include "mailtool/signing/body_hash.h"
#include "mailtool/signing/dkim.h"

namespace mailtool::signing {

// Several key records at one name are tried one after the other, up to this
// many (RFC 6376 section 6.1.2 item 4).
inline constexpr std::size_t kMaxKeyRecords = 4;

// Sets verdict, reason, warnings and key_bits of `result`, whose signature has
// been read, by the hash that b= must be the signature of. Fails as `keys`.
Result<void> check_key(const Digest256& hash, KeySource& keys,
                       DkimResult& result);

}  // namespace mailtool::signing
