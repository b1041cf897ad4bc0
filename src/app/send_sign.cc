#include "app/send_sign.h"

#include "app/dkim_options.h"
#include "app/sender_identity.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxSigners = 100;  // that are remembered

}  // namespace

Result<const signing::DkimSigner*> MessageSigner::signer(
    const std::string& from_domain) {
  auto known = signers_.find(from_domain);
  if (known == signers_.end()) {
    auto made = dkim_signer(invocation_, from_domain);
    if (!made) return std::move(made).error();
    if (signers_.size() == kMaxSigners) signers_.clear();
    known = signers_.emplace(from_domain, std::move(*made)).first;
  }
  const auto& signer = known->second;
  return signer ? &*signer : nullptr;
}

Result<void> MessageSigner::sign(OutgoingMessage& message) {
  auto found = signer(message.from_domain);
  if (!found) return std::move(found).error();
  if (*found == nullptr) return {};
  if (auto settled = message.content->settle(); !settled) return settled;
  const auto source = message.content->source();
  auto fields = (*found)->sign(*source, local_now().seconds);
  if (!fields) return std::move(fields).error().at("DKIM");
  message.content->sign(std::move(*fields));
  return {};
}

Result<std::vector<std::string>> MessageSigner::identities(
    const std::string& from_domain) {
  auto found = signer(from_domain);
  if (!found) return std::move(found).error();
  std::vector<std::string> names;
  if (*found == nullptr) return names;
  for (const auto& identity : (*found)->identities()) {
    const bool rsa = identity.key.type() == signing::KeyType::rsa;
    auto name = identity.selector + "._domainkey." + identity.domain +
                (rsa ? " (rsa-sha256)" : " (ed25519-sha256)");
    const auto weakness = identity.key.weakness();
    if (!weakness.empty()) name += "; " + weakness;
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace mailtool::app
