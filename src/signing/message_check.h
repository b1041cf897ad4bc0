// What DKIM-Signature and ARC-Message-Signature have in common.
#pragma once

#include "mailtool/signing/dkim.h"
#include "signing/header_hash.h"

namespace mailtool::signing {

// Reads the field at `field` and judges its times. Where it can go on, the
// verdict stays none and the body hash is wanted.
DkimResult begin_check(std::span<const HeaderField> header, std::size_t field,
                       SignatureKind kind,
                       std::span<const std::string> from_domains,
                       std::int64_t now, BodyHashes& bodies);

// Brings a result whose verdict is none to its end. Fails as `keys` does.
Result<void> end_check(const HeaderIndex& header, const BodyHashes& bodies,
                       KeySource& keys, DkimResult& result);

}  // namespace mailtool::signing
