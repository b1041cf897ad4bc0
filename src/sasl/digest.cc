#include "sasl/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace mailtool::sasl {
namespace {

const EVP_MD* algorithm(Digest digest) {
  switch (digest) {
    case Digest::md5: return EVP_md5();
    case Digest::sha1: return EVP_sha1();
    case Digest::sha256: return EVP_sha256();
  }
  return nullptr;
}

const unsigned char* bytes(std::string_view octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

using Buffer = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string take(Buffer& buffer, unsigned size) {
  std::string octets(reinterpret_cast<const char*>(buffer.data()), size);
  OPENSSL_cleanse(buffer.data(), buffer.size());
  return octets;
}

}  // namespace

std::optional<std::string> hash(Digest digest, std::string_view octets) {
  Buffer out;
  unsigned size = 0;
  if (EVP_Digest(octets.data(), octets.size(), out.data(), &size,
                 algorithm(digest), nullptr) != 1) {
    return std::nullopt;
  }
  return take(out, size);
}

std::optional<std::string> hmac(Digest digest, std::string_view key,
                                std::string_view octets) {
  Buffer out;
  unsigned size = 0;
  if (HMAC(algorithm(digest), key.data(), static_cast<int>(key.size()),
           bytes(octets), octets.size(), out.data(), &size) == nullptr) {
    return std::nullopt;
  }
  return take(out, size);
}

std::optional<std::string> salted_password(Digest digest,
                                           std::string_view password,
                                           std::string_view salt,
                                           std::uint64_t iterations) {
  Buffer out;
  const auto* md = algorithm(digest);
  const int size = EVP_MD_get_size(md);
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        bytes(salt), static_cast<int>(salt.size()),
                        static_cast<int>(iterations), md, size,
                        out.data()) != 1) {
    return std::nullopt;
  }
  return take(out, static_cast<unsigned>(size));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> random_octets(std::size_t count) {
  std::string octets(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()),
                 static_cast<int>(count)) != 1) {
    return std::nullopt;
  }
  return octets;
}

std::string lower_hex(std::string_view octets) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(octets.size() * 2);
  for (const char c : octets) {
    const auto value = static_cast<unsigned char>(c);
    hex += kDigits[value >> 4];
    hex += kDigits[value & 15];
  }
  return hex;
}

}  // namespace mailtool::sasl
