#include "mailtool/signing/key_record.h"

#include "mailtool/base/ascii.h"
#include "mailtool/signing/tag_list.h"
#include "signing/tag_base64.h"

namespace mailtool::signing {
namespace {

Problem permanent(std::string reason) {
  return {Verdict::permerror, std::move(reason)};
}

bool lists(std::string_view value, std::string_view word) {
  for (const auto item : colon_list(value)) {
    if (iequals(item, word)) return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(KeyType type) noexcept {
  return type == KeyType::rsa ? "rsa" : "ed25519";
}

std::optional<Problem> read_key_record(std::string_view text,
                                       KeyRecord& record) {
  const auto not_a_key = [](std::string_view why) {
    return Problem{Verdict::neutral, "no key record: " + std::string(why)};
  };
  if (text.size() > kMaxKeyRecord)
    return not_a_key("over " + std::to_string(kMaxKeyRecord) + " octets");
  const auto tags = TagList::parse(text);
  if (!tags) return not_a_key(tags.error().what);
  // v= may be absent; where it stands it stands first.
  if (const auto* version = tags->find("v");
      version != nullptr &&
      (version != &tags->tags().front() || version->value != "DKIM1")) {
    return not_a_key("it does not begin with v=DKIM1");
  }
  const auto* key = tags->find("p");
  if (key == nullptr) return not_a_key("p= is missing");

  if (const auto* type = tags->find("k"); type != nullptr) {
    if (iequals(type->value, "ed25519")) {
      record.type = KeyType::ed25519;
    } else if (!iequals(type->value, "rsa")) {
      return permanent("the key is of an unknown type");
    }
  }
  if (const auto* flags = tags->find("t"); flags != nullptr) {
    record.testing = lists(flags->value, "y");
    record.same_domain = lists(flags->value, "s");
  }
  if (key->value.empty()) return permanent("the key has been revoked");
  if (const auto* hashes = tags->find("h");
      hashes != nullptr && !lists(hashes->value, "sha256")) {
    return permanent("the key is not for SHA-256");
  }
  if (const auto* services = tags->find("s");
      services != nullptr && !lists(services->value, "*") &&
      !lists(services->value, "email")) {
    return permanent("the key is not for mail");
  }
  auto octets = decode_tag_base64(key->value);
  if (!octets) return permanent("the key is not in base64");
  record.key = std::move(*octets);
  return std::nullopt;
}

}  // namespace mailtool::signing
