#include "app/parse_verify.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using signing::Alignment;
using signing::DkimResult;
using signing::Verdict;

// Longest foreign text in one place of a line.
constexpr std::size_t kShown = 200;
constexpr std::size_t kShownNames = 30;

std::string shown(std::string_view text) { return printable(text, kShown); }

std::string padded(std::string_view text, std::size_t width) {
  std::string column(text);
  if (column.size() < width) column.append(width - column.size(), ' ');
  return column;
}

std::string_view words_for(Alignment alignment) {
  switch (alignment) {
    case Alignment::none: return "not the domain of From";
    case Alignment::signer_below: return "below the domain of From";
    case Alignment::signer_above: return "above the domain of From";
    case Alignment::exact: return "the domain of From";
  }
  return "";
}

// "example.org (selector s, rsa-sha256, 2048 bits)"
std::string signer_of(const DkimResult& result) {
  const auto& signature = result.signature;
  if (signature.domain.empty()) return "?";
  auto text = shown(signature.domain) + " (selector " +
              shown(signature.selector) + ", " +
              shown(signature.algorithm_name);
  if (result.key_bits > 0)
    text += ", " + std::to_string(result.key_bits) + " bits";
  return text + ")";
}

std::string reason_of(std::string_view reason) {
  return reason.empty() ? "" : ": " + shown(reason);
}

std::string names_of(const std::vector<std::string>& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i == kShownNames)
      return text + ", and " + std::to_string(fields.size() - i) + " more";
    text += (i == 0 ? "" : ", ") + shown(fields[i]);
  }
  return text;
}

void add_dkim(const DkimResult& result, std::string& text) {
  constexpr std::string_view kIndent = "             ";
  text += "  " + padded(to_string(result.verdict), 10) + " " +
          signer_of(result) + reason_of(result.reason) + "\n";
  const auto& signature = result.signature;
  if (!signature.domain.empty()) {
    text += kIndent;
    text += "signer is ";
    text += words_for(result.alignment);
    if (!signature.identity.empty()) {
      text += "; for " + shown(signature.identity);
    }
    text += "\n";
  }
  if (!signature.fields.empty()) {
    text += kIndent;
    text += "covers " + names_of(signature.fields) + "\n";
  }
  for (const auto& warning : result.warnings) {
    text += kIndent;
    text += "beware: " + shown(warning) + "\n";
  }
}

std::string dkim_text(const signing::DkimReport& report) {
  if (report.results.empty()) return "DKIM: none\n";
  std::string text = "DKIM:\n";
  for (const auto& result : report.results) add_dkim(result, text);
  if (report.not_checked > 0)
    text += "  not checked: " + std::to_string(report.not_checked) +
            " more signatures\n";
  return text;
}

std::string arc_text(const signing::ArcReport& report) {
  auto text = "ARC: " + std::string(to_string(report.verdict)) +
              reason_of(report.reason);
  if (report.verdict == Verdict::pass) {
    text += report.oldest_pass == 0 ? ", unchanged since the first seal"
                                    : ", unchanged since seal " +
                                          std::to_string(report.oldest_pass);
  }
  text += "\n";
  for (const auto& set : report.instances) {
    text += "  " + padded(std::to_string(set.instance), 3) + "seal " +
            padded(to_string(set.seal.verdict), 10) + "message " +
            padded(to_string(set.message_signature.verdict), 10) +
            signer_of(set.seal) + "\n";
  }
  return text;
}

std::string day(std::int64_t seconds) {
  return mime::to_rfc3339({seconds, 0, true}).substr(0, 10);
}

void add_signer(const signing::SmimeSigner& signer, std::string& text) {
  text += "        by " + shown(signer.subject);
  for (const auto& address : signer.addresses)
    text += " <" + shown(address) + ">";
  text += ", " + shown(signer.digest);
  if (signer.signed_at != 0) text += ", says on " + day(signer.signed_at);
  text += "\n        certificate by " + shown(signer.issuer) + ", " +
          day(signer.valid_from) + " to " + day(signer.valid_to);
  text += signer.trusted ? "\n"
                         : "; not trusted" + reason_of(signer.distrust) + "\n";
}

std::string smime_text(const SignedParts& signed_parts) {
  if (signed_parts.parts.empty()) return "Signed parts: none\n";
  std::string text = "Signed parts:\n";
  for (const auto& part : signed_parts.parts) {
    text += "  part " + part.part +
            (part.whole_message ? "" : " (not the whole message)") + ": " +
            std::string(to_string(part.result.verdict)) +
            reason_of(part.result.reason) + "\n";
    for (const auto& signer : part.result.signers) add_signer(signer, text);
  }
  if (signed_parts.not_checked > 0)
    text += "  not checked: " + std::to_string(signed_parts.not_checked) +
            " more parts\n";
  return text;
}

std::string claim_text(const mime::AuthenticationResults& claim) {
  auto text = "  " +
              (claim.authserv_id.empty() ? "?" : shown(claim.authserv_id)) +
              " claims";
  if (claim.methods.empty()) text += " nothing";
  std::size_t count = 0;
  for (const auto& method : claim.methods) {
    if (count++ == kShownNames) {
      text += ", and more";
      break;
    }
    text += (count == 1 ? " " : ", ") + shown(method.method) + "=" +
            shown(method.result);
    for (const auto& property : method.properties) {
      if (property.type != "header" && property.type != "smtp") continue;
      text += " " + shown(property.type) + "." + shown(property.name) + "=" +
              shown(property.value);
      break;
    }
  }
  return text + "\n";
}

std::string claims_text(const Verification& done) {
  if (done.claims.empty()) return "";
  std::string text = "Authentication-Results, as good as who wrote them:\n";
  for (const auto& claim : done.claims) text += claim_text(claim);
  if (done.claims_left_out > 0)
    text += "  and " + std::to_string(done.claims_left_out) + " more\n";
  return text;
}

std::string hop_text(const Hop& hop, std::size_t number) {
  auto text = "  " + padded(std::to_string(number), 4) +
              padded(hop.date ? mime::to_rfc3339(*hop.date) : "no date", 27) +
              padded(!hop.delay       ? ""
                     : *hop.delay < 0 ? delay_text(*hop.delay) + " (!)"
                                      : "+" + delay_text(*hop.delay),
                     15);
  if (!hop.from.empty() || !hop.ip.empty()) {
    text += shown(hop.from.empty() ? "?" : hop.from);
    if (!hop.ip.empty()) text += " [" + shown(hop.ip) + "]";
    text += " ";
  }
  text += "-> " + (hop.by.empty() ? "?" : shown(hop.by));
  if (!hop.with.empty()) text += ", " + shown(hop.with);
  if (hop.tls == HopTls::yes) text += ", TLS";
  if (hop.tls == HopTls::no) text += ", no TLS";
  return text + "\n";
}

std::string path_text(const DeliveryPath& path) {
  if (path.hops.empty()) return "Path: no Received fields\n";
  std::string text = "Path, the oldest hop first";
  if (path.total) text += ", " + delay_text(*path.total) + " in all";
  text += ":\n";
  for (std::size_t i = 0; i < path.hops.size(); ++i)
    text += hop_text(path.hops[i], i + 1);
  if (path.left_out > 0)
    text += "  and " + std::to_string(path.left_out) + " later hops\n";
  return text;
}

}  // namespace

Result<void> write_verification(const Verification& done, Sink& out) {
  auto text = dkim_text(done.dkim) + arc_text(done.arc) +
              smime_text(done.smime) + claims_text(done) + path_text(done.path);
  if (done.header_cut_off)
    text += "The header is too long to be checked as a whole.\n";
  return out.write(text);
}

}  // namespace mailtool::app
