#include "signing/digest.h"

namespace mailtool::signing {

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  ok_ =
      context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
}

void Digest::update(std::string_view octets) {
  ok_ = ok_ &&
        EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) == 1;
}

std::optional<Digest256> Digest::so_far(std::string_view last) const {
  if (!ok_) return std::nullopt;
  const std::unique_ptr<EVP_MD_CTX, Free> copy(EVP_MD_CTX_new());
  Digest256 digest;
  unsigned size = 0;
  if (!copy || EVP_MD_CTX_copy_ex(copy.get(), context_.get()) != 1 ||
      EVP_DigestUpdate(copy.get(), last.data(), last.size()) != 1 ||
      EVP_DigestFinal_ex(copy.get(), digest.data(), &size) != 1 ||
      size != digest.size()) {
    return std::nullopt;
  }
  return digest;
}

}  // namespace mailtool::signing
