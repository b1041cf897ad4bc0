#include "private_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <cstring>
#include <stdexcept>

#include "signer.h"

namespace mailtool::signing::test {
namespace {

template <class Write>
std::string pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  if (write(memory) != 1) throw std::runtime_error("libcrypto");
  char* octets = nullptr;
  const auto size = BIO_get_mem_data(memory, &octets);
  std::string text(octets, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

const EVP_CIPHER* cipher(const char* password) {
  return password ? EVP_aes_128_cbc() : nullptr;
}

int size_of(const char* password) {
  return password ? static_cast<int>(std::strlen(password)) : 0;
}

const unsigned char* bytes(const char* password) {
  return reinterpret_cast<const unsigned char*>(password);
}

DkimIdentity identity(const SigningKey& key, std::string selector) {
  auto read = signing::SigningKey::read(pkcs8(key.key.get()));
  if (!read) throw std::runtime_error(read.error().one_line());
  return {"sender.example", std::move(selector), *read};
}

}  // namespace

std::string pkcs8(EVP_PKEY* key, const char* password) {
  return pem([&](BIO* to) {
    return PEM_write_bio_PKCS8PrivateKey(to, key, cipher(password), password,
                                         size_of(password), nullptr, nullptr);
  });
}

std::string traditional(EVP_PKEY* key, const char* password) {
  return pem([&](BIO* to) {
    return PEM_write_bio_PrivateKey_traditional(
        to, key, cipher(password), bytes(password), size_of(password), nullptr,
        nullptr);
  });
}

std::string public_pem(EVP_PKEY* key) {
  return pem([&](BIO* to) { return PEM_write_bio_PUBKEY(to, key); });
}

std::string mismatched_rsa() {
  const char* names[] = {
      OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
      OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
      OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
      OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
  std::vector<BIGNUM*> numbers;
  auto* build = OSSL_PARAM_BLD_new();
  for (const auto* name : names) {
    // The modulus of one key, all else of another.
    const auto& key = numbers.empty() ? rsa_key(1024) : rsa_key(1032);
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key.key.get(), name, &number) != 1)
      throw std::runtime_error("libcrypto");
    OSSL_PARAM_BLD_push_BN(build, name, number);
    numbers.push_back(number);
  }
  auto* parameters = OSSL_PARAM_BLD_to_param(build);
  auto* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) != 1)
    throw std::runtime_error("libcrypto");
  auto text = pkcs8(key);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(build);
  for (auto* number : numbers) BN_free(number);
  return text;
}

DkimIdentity rsa_identity() { return identity(rsa_key(), "rsa"); }

DkimIdentity ed25519_identity() { return identity(ed25519_key(), "ed"); }

DkimSigner signer_of(std::vector<DkimIdentity> identities,
                     DkimSignerOptions options) {
  auto signer = DkimSigner::make(std::move(identities), options);
  if (!signer) throw std::runtime_error(signer.error().one_line());
  return *signer;
}

}  // namespace mailtool::signing::test
