#include "mailtool/signing/signature.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/signing/arc.h"
#include "mailtool/signing/tag_list.h"
#include "signing/domain.h"
#include "signing/tag_base64.h"

namespace mailtool::signing {
namespace {

using MaybeProblem = std::optional<Problem>;

Problem syntax(std::string reason) {
  return {Verdict::neutral, std::move(reason)};
}

Problem missing(std::string_view tag) {
  return syntax("the tag " + std::string(tag) + "= is missing");
}

Problem malformed(std::string_view tag) {
  return syntax("the tag " + std::string(tag) + "= is malformed");
}

// sig-a-tag-alg = sig-a-tag-k "-" sig-a-tag-h
Algorithm algorithm_of(std::string_view name) {
  if (name == "rsa-sha256") return Algorithm::rsa_sha256;
  if (name == "ed25519-sha256") return Algorithm::ed25519_sha256;
  if (name == "rsa-sha1") return Algorithm::rsa_sha1;
  return Algorithm::unknown;
}

std::optional<Canonicalization> canonicalization_of(std::string_view name) {
  if (iequals(name, "simple")) return Canonicalization::simple;
  if (iequals(name, "relaxed")) return Canonicalization::relaxed;
  return std::nullopt;
}

bool all_digits(std::string_view text, std::size_t at_most) {
  return !text.empty() && text.size() <= at_most &&
         std::all_of(text.begin(), text.end(), is_digit);
}

// Reads the tags of one field one after the other into a Signature.
class Reader {
 public:
  Reader(const TagList& tags, Signature& into) : tags_(tags), into_(into) {}

  // What a report names a signature by is read first, so that a signature
  // which cannot be used has a name too.
  MaybeProblem read(SignatureKind kind) {
    const auto algorithm = read_algorithm();
    const auto domain = read_domain("d", into_.domain);
    const auto selector = read_domain("s", into_.selector);
    const auto instance =
        kind == SignatureKind::dkim ? MaybeProblem{} : read_instance();
    for (const auto& problem : {instance, domain, selector, algorithm}) {
      if (problem) return problem;
    }
    if (auto problem = read_octets("b", into_.octets)) return problem;
    into_.b_begin = tags_.find("b")->begin;
    into_.b_end = tags_.find("b")->end;
    if (auto problem = read_time("t", into_.signed_at)) return problem;
    return kind == SignatureKind::arc_seal ? read_seal() : read_message(kind);
  }

 private:
  MaybeProblem read_algorithm() {
    const auto* tag = tags_.find("a");
    if (tag == nullptr) return missing("a");
    into_.algorithm_name = lower(tag->value);
    into_.algorithm = algorithm_of(into_.algorithm_name);
    if (into_.algorithm == Algorithm::rsa_sha1)
      return Problem{Verdict::policy, "SHA-1 proves nothing any more"};
    if (into_.algorithm == Algorithm::unknown)
      return syntax("the algorithm is not known");
    return std::nullopt;
  }

  MaybeProblem read_domain(std::string_view name, std::string& to) {
    const auto* tag = tags_.find(name);
    if (tag == nullptr) return missing(name);
    to = lower(tag->value);
    if (!is_domain(to)) return malformed(name);
    return std::nullopt;
  }

  // position = 1*2DIGIT ; 1 - 50   (RFC 8617 section 4.1.1 to 4.1.3)
  MaybeProblem read_instance() {
    const auto* tag = tags_.find("i");
    if (tag == nullptr) return missing("i");
    const auto number = all_digits(tag->value, 2)
                            ? parse_number(tag->value, kMaxArcSets)
                            : std::nullopt;
    if (!number || *number == 0) return malformed("i");
    into_.instance = static_cast<unsigned>(*number);
    return std::nullopt;
  }

  MaybeProblem read_octets(std::string_view name, std::string& to) {
    const auto* tag = tags_.find(name);
    if (tag == nullptr) return missing(name);
    auto octets = decode_tag_base64(tag->value);
    if (!octets)
      return syntax("the tag " + std::string(name) + "= is not in base64");
    to = std::move(*octets);
    return std::nullopt;
  }

  // 1*12DIGIT
  MaybeProblem read_time(std::string_view name,
                         std::optional<std::int64_t>& to) {
    const auto* tag = tags_.find(name);
    if (tag == nullptr) return std::nullopt;
    if (!all_digits(tag->value, 12)) return malformed(name);
    to = static_cast<std::int64_t>(*parse_number(tag->value));
    return std::nullopt;
  }

  MaybeProblem read_seal() {
    // RFC 8617 section 4.1.3: a seal covers the ARC fields and no others.
    if (tags_.find("h") != nullptr) return syntax("a seal may have no h=");
    const auto* chain = tags_.find("cv");
    if (chain == nullptr) return missing("cv");
    into_.chain = lower(chain->value);
    if (into_.chain != "none" && into_.chain != "pass" &&
        into_.chain != "fail") {
      return malformed("cv");
    }
    into_.header = Canonicalization::relaxed;
    return std::nullopt;
  }

  MaybeProblem read_message(SignatureKind kind) {
    const bool dkim = kind == SignatureKind::dkim;
    if (dkim) {
      const auto* version = tags_.find("v");
      if (version == nullptr) return missing("v");
      if (version->value != "1") return syntax("the version is not known");
    }
    if (auto problem = read_canonicalization()) return problem;
    if (auto problem = read_octets("bh", into_.body_hash)) return problem;
    if (into_.body_hash.size() != 32)
      return syntax("the tag bh= is no SHA-256 hash");
    if (auto problem = read_limit()) return problem;
    if (auto problem = read_time("x", into_.expires_at)) return problem;
    if (into_.signed_at && into_.expires_at &&
        *into_.expires_at <= *into_.signed_at) {
      return syntax("it expires before it was made");
    }
    if (auto problem = read_query()) return problem;
    if (dkim) {
      if (auto problem = read_identity()) return problem;
    }
    return read_fields(kind);
  }

  // c= header [ "/" body ]; the default is simple for both
  MaybeProblem read_canonicalization() {
    const auto* tag = tags_.find("c");
    if (tag == nullptr) return std::nullopt;
    const auto slash = tag->value.find('/');
    const auto header = canonicalization_of(tag->value.substr(0, slash));
    const auto body = slash == tag->value.npos
                          ? Canonicalization::simple
                          : canonicalization_of(tag->value.substr(slash + 1));
    if (!header || !body) return syntax("the canonicalization is not known");
    into_.header = *header;
    into_.body = *body;
    return std::nullopt;
  }

  // 1*76DIGIT. What does not fit is beyond the end of any body.
  MaybeProblem read_limit() {
    const auto* tag = tags_.find("l");
    if (tag == nullptr) return std::nullopt;
    if (!all_digits(tag->value, 76)) return malformed("l");
    into_.body_limit = parse_number(tag->value).value_or(UINT64_MAX);
    return std::nullopt;
  }

  MaybeProblem read_query() {
    const auto* tag = tags_.find("q");
    if (tag == nullptr) return std::nullopt;
    for (const auto method : colon_list(tag->value)) {
      if (iequals(method, "dns/txt")) return std::nullopt;
    }
    return syntax("the key is not to be asked for in DNS");
  }

  // i= [ Local-part ] "@" domain-name: d= or below it
  MaybeProblem read_identity() {
    const auto* tag = tags_.find("i");
    if (tag == nullptr) {
      into_.identity = "@" + into_.domain;
      return std::nullopt;
    }
    into_.identity = without_white_space(tag->value);
    const auto at = into_.identity.rfind('@');
    if (at == std::string::npos) return malformed("i");
    const auto domain = std::string_view(into_.identity).substr(at + 1);
    if (!is_domain(domain)) return malformed("i");
    if (!iequals(domain, into_.domain) && !is_below(domain, into_.domain))
      return syntax("i= is not below d=");
    return std::nullopt;
  }

  // hdr-name *( [FWS] ":" [FWS] hdr-name )
  MaybeProblem read_fields(SignatureKind kind) {
    const auto* tag = tags_.find("h");
    if (tag == nullptr) return missing("h");
    bool from = false;
    for (const auto name : colon_list(tag->value)) {
      const bool ftext = std::all_of(name.begin(), name.end(), [](char c) {
        return c > 0x20 && c < 0x7f;
      });
      if (name.empty() || !ftext) return malformed("h");
      if (into_.fields.size() == kMaxSignedFields)
        return syntax("the tag h= names too many fields");
      into_.fields.push_back(lower(name));
      from = from || into_.fields.back() == "from";
      // RFC 8617 section 4.1.2.
      if (kind == SignatureKind::arc_message &&
          into_.fields.back() == "arc-seal") {
        return syntax("h= may not name ARC-Seal");
      }
    }
    if (!from) return Problem{Verdict::permerror, "From is not signed"};
    return std::nullopt;
  }

  const TagList& tags_;
  Signature& into_;
};

}  // namespace

std::optional<Problem> read_signature(std::string_view value,
                                      SignatureKind kind,
                                      Signature& signature) {
  signature = {};
  const auto tags = TagList::parse(value);
  if (!tags) return syntax(tags.error().what);
  return Reader(*tags, signature).read(kind);
}

std::string without_signature(std::string_view value,
                              const Signature& signature) {
  std::string emptied(value.substr(0, signature.b_begin));
  emptied += value.substr(signature.b_end);
  return emptied;
}

}  // namespace mailtool::signing
