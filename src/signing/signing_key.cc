#include "mailtool/signing/signing_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "mailtool/base/base64.h"
#include "mailtool/base/secret.h"
#include "mailtool/signing/dkim.h"
#include "mailtool/signing/tag_list.h"
#include "signing/public_key.h"

namespace mailtool::signing {
namespace {

constexpr std::size_t kEd25519Octets = 32;
constexpr unsigned kCommonRsaBits = 4096;  // RFC 8301 section 3.2

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* memory) const { BIO_free(memory); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;

const unsigned char* bytes(const void* octets) {
  return static_cast<const unsigned char*>(octets);
}

Error unusable(std::string what) {
  return Error{ErrorKind::config, std::move(what)};
}

Error with_command(Error error) {
  return std::move(error).with_hint(
      "make one with: openssl genpkey -algorithm RSA -pkeyopt "
      "rsa_keygen_bits:2048 -out FILE");
}

// libcrypto asks for a password only where a key is encrypted.
int note_encrypted(char*, int, int, void* encrypted) {
  *static_cast<bool*>(encrypted) = true;
  return -1;
}

bool holds(std::string_view text, std::string_view piece) {
  return text.find(piece) != text.npos;
}

Result<PrivateKey> read_pem(std::string_view text) {
  const std::unique_ptr<BIO, FreeKey> memory(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!memory) return Error{ErrorKind::system, "out of memory"};
  bool encrypted = false;
  PrivateKey key(PEM_read_bio_PrivateKey(memory.get(), nullptr, note_encrypted,
                                         &encrypted));
  ERR_clear_error();
  if (key) return key;
  if (encrypted) {
    return unusable("the key is encrypted")
        .with_hint("remove its password: openssl pkey -in FILE -out NEWFILE");
  }
  if (holds(text, "-BEGIN OPENSSH PRIVATE KEY-"))
    return with_command(unusable("this is a key of OpenSSH"));
  if (holds(text, "PRIVATE KEY-")) return unusable("the key is damaged");
  if (holds(text, "PUBLIC KEY-"))
    return unusable("this is a public key; the private one signs");
  return with_command(unusable("there is no private key in it"));
}

// The 32 octets that RFC 8032 section 5.1.5 makes a key of; behind them may be
// its public half.
Result<PrivateKey> read_base64(std::string_view text) {
  auto packed = without_white_space(text);
  auto octets = base64_decode(packed);
  wipe(packed);
  if (!octets || (octets->size() != kEd25519Octets &&
                  octets->size() != 2 * kEd25519Octets)) {
    if (octets) wipe(*octets);
    return with_command(unusable("there is no private key in it"));
  }
  PrivateKey key(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, bytes(octets->data()), kEd25519Octets));
  const auto claimed = octets->substr(kEd25519Octets);
  wipe(*octets);
  ERR_clear_error();
  if (!key) return unusable("the key is damaged");
  unsigned char raw[kEd25519Octets];
  std::size_t size = sizeof raw;
  const bool known = EVP_PKEY_get_raw_public_key(key.get(), raw, &size) == 1 &&
                     size == sizeof raw;
  if (!known ||
      (!claimed.empty() &&
       claimed != std::string_view(reinterpret_cast<char*>(raw), sizeof raw))) {
    return unusable("the two halves of the key do not fit each other");
  }
  return key;
}

// The octets of p=.
std::string public_half(EVP_PKEY* key, KeyType type) {
  if (type == KeyType::ed25519) {
    std::string raw(kEd25519Octets, '\0');
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(
            key, reinterpret_cast<unsigned char*>(raw.data()), &size) != 1)
      return {};
    return raw;
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return {};
  std::string octets(reinterpret_cast<char*>(der),
                     static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return octets;
}

bool sign_rsa(EVP_PKEY* key, const Digest256& hash, std::string& signature) {
  const std::unique_ptr<EVP_PKEY_CTX, FreeKey> context(
      EVP_PKEY_CTX_new(key, nullptr));
  std::size_t size = signature.size();
  const bool made =
      context && EVP_PKEY_sign_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_sign(context.get(),
                    reinterpret_cast<unsigned char*>(signature.data()), &size,
                    hash.data(), hash.size()) == 1;
  signature.resize(made ? size : 0);
  return made;
}

bool sign_ed25519(EVP_PKEY* key, const Digest256& hash,
                  std::string& signature) {
  const std::unique_ptr<EVP_MD_CTX, FreeKey> context(EVP_MD_CTX_new());
  std::size_t size = signature.size();
  const bool made =
      context &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
      EVP_DigestSign(context.get(),
                     reinterpret_cast<unsigned char*>(signature.data()), &size,
                     hash.data(), hash.size()) == 1;
  signature.resize(made ? size : 0);
  return made;
}

}  // namespace

struct SigningKey::Halves {
  PrivateKey secret;
  PublicKey open;
  std::string octets;  // of p=
};

SigningKey::SigningKey(std::shared_ptr<const Halves> halves)
    : halves_(std::move(halves)), bits_(halves_->open.bits()) {
  if (EVP_PKEY_get_base_id(halves_->secret.get()) == EVP_PKEY_ED25519)
    type_ = KeyType::ed25519;
}

Result<SigningKey> SigningKey::read(std::string_view text) {
  if (text.size() > kMaxKeyFile) return unusable("too large for a key");
  auto key = holds(text, "-----BEGIN") ? read_pem(text) : read_base64(text);
  if (!key) return std::move(key).error();
  const int id = EVP_PKEY_get_base_id(key->get());
  if (id != EVP_PKEY_RSA && id != EVP_PKEY_ED25519)
    return with_command(unusable("the key is neither RSA nor Ed25519"));
  const auto type = id == EVP_PKEY_RSA ? KeyType::rsa : KeyType::ed25519;
  auto halves = std::make_shared<Halves>();
  halves->octets = public_half(key->get(), type);
  halves->secret = std::move(*key);
  // A key is good when the check of signatures takes its public half.
  KeyRecord record;
  record.type = type;
  record.key = halves->octets;
  if (const auto problem = halves->open.load(record))
    return unusable(problem->reason);
  return SigningKey(std::move(halves));
}

Algorithm SigningKey::algorithm() const noexcept {
  return type_ == KeyType::rsa ? Algorithm::rsa_sha256
                               : Algorithm::ed25519_sha256;
}

std::string SigningKey::weakness() const {
  if (type_ != KeyType::rsa) return {};
  const auto size = "a key of " + std::to_string(bits_) + " bits ";
  if (bits_ < kGoodRsaBits)
    return size + "is weak: use " + std::to_string(kGoodRsaBits);
  if (bits_ > kCommonRsaBits) return size + "is more than many can check";
  return {};
}

std::string SigningKey::record() const {
  return "v=DKIM1; k=" + std::string(to_string(type_)) +
         "; p=" + base64_encode(halves_->octets);
}

Result<std::string> SigningKey::sign(const Digest256& hash) const {
  auto* key = halves_->secret.get();
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  const bool made = type_ == KeyType::rsa ? sign_rsa(key, hash, signature)
                                          : sign_ed25519(key, hash, signature);
  ERR_clear_error();
  if (!made) return Error{ErrorKind::internal, "libcrypto cannot sign"};
  // A wrong signature costs the message its good name, and one made with a
  // damaged key may give the key away.
  if (!halves_->open.verify(hash, signature))
    return unusable("the two halves of the key do not fit each other");
  return signature;
}

}  // namespace mailtool::signing
