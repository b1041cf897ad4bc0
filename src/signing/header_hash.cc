#include "signing/header_hash.h"

#include "mailtool/base/ascii.h"
#include "mailtool/signing/dkim.h"
#include "signing/digest.h"

namespace mailtool::signing {

HeaderIndex::HeaderIndex(std::span<const HeaderField> header)
    : header_(header) {
  for (std::size_t i = 0; i < header.size(); ++i)
    names_[lower(trim(header[i].name))].push_back(i);
}

std::span<const std::size_t> HeaderIndex::named(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return {};
  return found->second;
}

std::optional<Problem> header_hash(const HeaderIndex& header, std::size_t own,
                                   const Signature& signature,
                                   Digest256& hash) {
  Digest digest;
  std::size_t octets = 0;
  // Fields of each name that no earlier mention in h= has taken.
  std::map<std::string_view, std::span<const std::size_t>> left;
  for (const auto& name : signature.fields) {
    auto& fields = left.try_emplace(name, header.named(name)).first->second;
    // A signature cannot sign itself, whatever h= says.
    if (!fields.empty() && fields.back() == own)
      fields = fields.first(fields.size() - 1);
    if (fields.empty()) continue;
    const auto& field = header[fields.back()];
    fields = fields.first(fields.size() - 1);
    octets += field.name.size() + field.value.size();
    if (octets > kMaxSignedHeader)
      return Problem{Verdict::permerror, "it covers more than " +
                                             std::to_string(kMaxSignedHeader) +
                                             " octets of header"};
    digest.update(canonical_field(signature.header, field));
    digest.update("\r\n");
  }
  const auto emptied = without_signature(header[own].value, signature);
  const auto done = digest.so_far(
      canonical_field(signature.header, {header[own].name, emptied}));
  if (!done) return Problem{Verdict::temperror, "SHA-256 failed"};
  hash = *done;
  return std::nullopt;
}

}  // namespace mailtool::signing
