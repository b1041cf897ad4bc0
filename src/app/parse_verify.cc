#include "app/parse_verify.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

using mime::Structure;

std::vector<signing::HeaderField> header_of(const Structure& structure) {
  std::vector<signing::HeaderField> header;
  const auto& top = structure.parts[0];
  header.reserve(top.field_count);
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    // The name with the blanks before the colon, which stands before the value.
    const auto name =
        structure.whole(field).substr(0, field.value - field.text - 1);
    header.push_back({name, structure.value(field)});
  }
  return header;
}

std::vector<std::string> domains_of(const std::vector<std::string>& addresses) {
  std::vector<std::string> domains;
  for (const auto& address : addresses) {
    // A mailbox without a domain stays: no signer is aligned with it.
    const auto at = address.rfind('@');
    domains.push_back(at == address.npos ? "" : address.substr(at + 1));
  }
  std::sort(domains.begin(), domains.end());
  domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
  return domains;
}

void read_claims(const Structure& structure, Verification& done) {
  const auto& top = structure.parts[0];
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    if (field.id != mime::FieldId::authentication_results) continue;
    if (done.claims.size() == kMaxClaims) {
      ++done.claims_left_out;
      continue;
    }
    done.claims.push_back(
        mime::parse_authentication_results(structure.value(field)));
  }
}

bool was_cut_off(const Structure& structure) {
  const auto met = [&](mime::DefectRule rule) {
    return structure.defect_counts[static_cast<std::size_t>(rule)] > 0;
  };
  return met(mime::DefectRule::header_cut_off) ||
         met(mime::DefectRule::fields_cut_off);
}

}  // namespace

MessageVerifier::MessageVerifier(signing::KeySource& keys, std::string ca_file,
                                 std::int64_t now)
    : keys_(keys), trust_(std::move(ca_file)), now_(now) {}

Result<Verification> MessageVerifier::verify(const VerifyInput& message) {
  const auto& structure = message.structure;
  const auto& top = structure.parts[0];
  Verification done;
  done.from_domains = domains_of(from_addresses(structure, top));
  done.header_cut_off = was_cut_off(structure);
  read_claims(structure, done);
  done.path = delivery_path(structure);

  const auto header = header_of(structure);
  signing::BodyHashes bodies;
  const signing::DkimCheck dkim(header, done.from_domains, now_, bodies);
  const signing::ArcCheck arc(header, done.from_domains, now_, bodies);
  if (bodies.wanted()) {
    auto hashed = message.input.copy(message.offset + top.body.offset,
                                     top.body.length, bodies);
    if (hashed) hashed = bodies.finish();
    if (!hashed) return std::move(hashed).error();
  }
  auto dkim_report = dkim.report(bodies, keys_);
  if (!dkim_report) return std::move(dkim_report).error();
  done.dkim = std::move(*dkim_report);
  auto arc_report = arc.report(bodies, keys_);
  if (!arc_report) return std::move(arc_report).error();
  done.arc = std::move(*arc_report);

  auto smime = verify_signed_parts(message, trust_, now_);
  if (!smime) return std::move(smime).error();
  done.smime = std::move(*smime);
  return done;
}

}  // namespace mailtool::app
