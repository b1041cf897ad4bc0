#include "mailtool/signing/dkim.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "signing/domain.h"
#include "signing/header_hash.h"
#include "signing/message_check.h"

namespace mailtool::signing {
namespace {

Alignment alignment_with(std::string_view signer, std::string_view from) {
  if (signer.empty() || from.empty()) return Alignment::none;
  if (iequals(signer, from)) return Alignment::exact;
  if (is_below(from, signer)) return Alignment::signer_above;
  if (is_below(signer, from)) return Alignment::signer_below;
  return Alignment::none;
}

}  // namespace

std::string_view to_string(Alignment alignment) noexcept {
  switch (alignment) {
    case Alignment::none: return "none";
    case Alignment::signer_below: return "signer-below";
    case Alignment::signer_above: return "signer-above";
    case Alignment::exact: return "exact";
  }
  return "none";
}

Alignment alignment_of(std::string_view signer,
                       std::span<const std::string> from_domains) {
  if (from_domains.empty()) return Alignment::none;
  auto worst = Alignment::exact;
  for (const auto& from : from_domains)
    worst = std::min(worst, alignment_with(signer, from));
  return worst;
}

DkimCheck::DkimCheck(std::span<const HeaderField> header,
                     std::span<const std::string> from_domains,
                     std::int64_t now, BodyHashes& bodies)
    : header_(header) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!iequals(trim(header[i].name), "DKIM-Signature")) continue;
    if (read_.results.size() == kMaxSignatures) {
      ++read_.not_checked;
      continue;
    }
    read_.results.push_back(
        begin_check(header, i, SignatureKind::dkim, from_domains, now, bodies));
  }
}

Result<DkimReport> DkimCheck::report(const BodyHashes& bodies,
                                     KeySource& keys) const {
  auto report = read_;
  const HeaderIndex index(header_);
  for (auto& result : report.results) {
    if (result.verdict != Verdict::none) continue;
    if (auto ended = end_check(index, bodies, keys, result); !ended)
      return std::move(ended).error();
  }
  return report;
}

}  // namespace mailtool::signing
