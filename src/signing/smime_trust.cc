#include "signing/smime_trust.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "mailtool/base/printable.h"

namespace mailtool::signing {
namespace {

constexpr int kMaxChain = 10;
// RSA of 1024 bits or more, no MD5, no SHA-1 below the root.
constexpr int kSecurityLevel = 1;

struct FreeContext {
  void operator()(X509_STORE_CTX* context) const {
    X509_STORE_CTX_free(context);
  }
};

std::string words_for(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "the certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate is not valid yet";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the signer vouches for itself";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "no authority that is trusted here vouches for it";
    case X509_V_ERR_INVALID_PURPOSE:
      return "the certificate is not for signing mail";
    default: return X509_verify_cert_error_string(error);
  }
}

}  // namespace

SmimeTrust::SmimeTrust(std::unique_ptr<Store> store)
    : store_(std::move(store)) {}
SmimeTrust::~SmimeTrust() = default;
SmimeTrust::SmimeTrust(SmimeTrust&&) noexcept = default;
SmimeTrust& SmimeTrust::operator=(SmimeTrust&&) noexcept = default;

Result<SmimeTrust> SmimeTrust::load(const std::string& ca_file) {
  auto made = std::make_unique<Store>();
  made->store.reset(X509_STORE_new());
  if (!made->store) return Error{ErrorKind::system, "no memory"};
  ERR_clear_error();
  const int loaded =
      ca_file.empty()
          ? X509_STORE_set_default_paths(made->store.get())
          : X509_STORE_load_file(made->store.get(), ca_file.c_str());
  const auto library = ERR_GET_LIB(ERR_peek_error());
  ERR_clear_error();
  if (loaded != 1) {
    if (ca_file.empty())
      return Error{ErrorKind::config, "the system's certificates are unusable"};
    if (library == ERR_LIB_SYS)
      return Error{ErrorKind::no_input,
                   "cannot read the certificates in " + printable(ca_file)};
    return Error{ErrorKind::config,
                 "no certificates in PEM in " + printable(ca_file)};
  }
  return SmimeTrust(std::move(made));
}

std::string distrust(const SmimeTrust& trust, X509* signer,
                     STACK_OF(X509) * others, std::int64_t now) {
  const std::unique_ptr<X509_STORE_CTX, FreeContext> context(
      X509_STORE_CTX_new());
  if (!context ||
      X509_STORE_CTX_init(context.get(), trust.store().store.get(), signer,
                          others) != 1 ||
      X509_STORE_CTX_set_default(context.get(), "smime_sign") != 1) {
    ERR_clear_error();
    return "the certificate could not be checked";
  }
  auto* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(now));
  X509_VERIFY_PARAM_set_depth(rules, kMaxChain);
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  const bool holds = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return holds ? "" : words_for(X509_STORE_CTX_get_error(context.get()));
}

}  // namespace mailtool::signing
