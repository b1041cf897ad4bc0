#include "app/parse_verify.h"

namespace mailtool::app {
namespace {

using signing::DkimResult;

// RFC 3339; null where the year has more than four digits.
void time_field(JsonWriter& json, std::string_view name,
                std::optional<std::int64_t> seconds) {
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (!seconds || *seconds >= kYear10000) {
    json.null_field(name);
  } else {
    json.field(name, mime::to_rfc3339({*seconds, 0, true}));
  }
}

void text_field(JsonWriter& json, std::string_view name,
                const std::string& text) {
  if (text.empty()) {
    json.null_field(name);
  } else {
    json.field(name, text);
  }
}

void list_field(JsonWriter& json, std::string_view name,
                const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

// What a DKIM-Signature, an ARC-Message-Signature and a seal have in common.
void begin_signature(JsonWriter& json, const DkimResult& result) {
  const auto& signature = result.signature;
  json.begin_object().field("result", to_string(result.verdict));
  text_field(json, "reason", result.reason);
  text_field(json, "domain", signature.domain);
  text_field(json, "selector", signature.selector);
  text_field(json, "algorithm", signature.algorithm_name);
  json.field("key_bits", result.key_bits);
  time_field(json, "signed_at", signature.signed_at);
  list_field(json, "warnings", result.warnings);
}

void message_signature(JsonWriter& json, const DkimResult& result) {
  const auto& signature = result.signature;
  begin_signature(json, result);
  text_field(json, "identity", signature.identity);
  json.field("alignment", to_string(result.alignment));
  json.field("canonicalization", std::string(to_string(signature.header)) +
                                     "/" +
                                     std::string(to_string(signature.body)));
  list_field(json, "signed_fields", signature.fields);
  json.field("body_limit", signature.body_limit);
  time_field(json, "expires_at", signature.expires_at);
  json.end_object();
}

void dkim(JsonWriter& json, const signing::DkimReport& report) {
  json.key("dkim").begin_array();
  for (const auto& result : report.results) message_signature(json, result);
  json.end_array();
  json.field("dkim_not_checked", std::uint64_t{report.not_checked});
}

void arc(JsonWriter& json, const signing::ArcReport& report) {
  json.key("arc").begin_object().field("result", to_string(report.verdict));
  text_field(json, "reason", report.reason);
  json.field("oldest_pass", report.oldest_pass);
  json.key("instances").begin_array();
  for (const auto& set : report.instances) {
    json.begin_object().field("instance", set.instance);
    json.key("seal");
    begin_signature(json, set.seal);
    text_field(json, "chain", set.seal.signature.chain);
    json.end_object();
    json.key("message_signature");
    message_signature(json, set.message_signature);
    json.end_object();
  }
  json.end_array().end_object();
}

void signer(JsonWriter& json, const signing::SmimeSigner& signer) {
  json.begin_object().field("subject", signer.subject);
  json.field("issuer", signer.issuer);
  list_field(json, "addresses", signer.addresses);
  json.field("digest", signer.digest);
  time_field(json, "valid_from", signer.valid_from);
  time_field(json, "valid_to", signer.valid_to);
  time_field(
      json, "signed_at",
      signer.signed_at == 0 ? std::nullopt : std::optional(signer.signed_at));
  json.field("trusted", signer.trusted);
  text_field(json, "distrust", signer.distrust);
  json.end_object();
}

void smime(JsonWriter& json, const SignedParts& signed_parts) {
  json.key("signed_parts").begin_array();
  for (const auto& part : signed_parts.parts) {
    json.begin_object().field("part", part.part);
    json.field("whole_message", part.whole_message);
    json.field("result", to_string(part.result.verdict));
    text_field(json, "reason", part.result.reason);
    json.key("signers").begin_array();
    for (const auto& one : part.result.signers) signer(json, one);
    json.end_array().end_object();
  }
  json.end_array();
  json.field("signed_parts_not_checked",
             std::uint64_t{signed_parts.not_checked});
}

void claim(JsonWriter& json, const mime::AuthenticationResults& claim) {
  json.begin_object();
  text_field(json, "authserv_id", claim.authserv_id);
  json.key("methods").begin_array();
  for (const auto& method : claim.methods) {
    json.begin_object().field("method", method.method);
    json.field("result", method.result);
    text_field(json, "reason", method.reason);
    json.key("properties").begin_array();
    for (const auto& property : method.properties) {
      json.begin_object().field("type", property.type);
      json.field("name", property.name).field("value", property.value);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().field("malformed", claim.malformed).end_object();
}

void hop(JsonWriter& json, const Hop& hop) {
  json.begin_object();
  text_field(json, "from", hop.from);
  text_field(json, "ip", hop.ip);
  text_field(json, "by", hop.by);
  text_field(json, "with", hop.with);
  json.key("tls");
  if (hop.tls == HopTls::not_told) {
    json.null();
  } else {
    json.value(hop.tls == HopTls::yes);
  }
  json.key("date");
  if (hop.date) {
    json.value(mime::to_rfc3339(*hop.date));
  } else {
    json.null();
  }
  json.field("delay_seconds", hop.delay).end_object();
}

void path(JsonWriter& json, const DeliveryPath& path) {
  json.key("path").begin_array();
  for (const auto& one : path.hops) hop(json, one);
  json.end_array();
  json.field("path_left_out", std::uint64_t{path.left_out});
  json.field("path_seconds", path.total);
}

}  // namespace

void write_json(const Verification& done, JsonWriter& json) {
  json.begin_object();
  list_field(json, "from_domains", done.from_domains);
  dkim(json, done.dkim);
  arc(json, done.arc);
  smime(json, done.smime);
  json.key("authentication_results").begin_array();
  for (const auto& one : done.claims) claim(json, one);
  json.end_array();
  path(json, done.path);
  json.field("header_cut_off", done.header_cut_off).end_object();
}

}  // namespace mailtool::app
